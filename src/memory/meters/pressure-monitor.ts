import {
  parsePressureOptions,
  type PressureOptions,
  type PressureSteps,
} from '../../domain/meter-options.ts';
import { RingBuffer } from '../ring-buffer.ts';

/** How much a memory is under pressure. */
export const PRESSURE_LEVELS = ['low', 'medium', 'high', 'critical'] as const;
/** One of {@link PRESSURE_LEVELS}. */
export type PressureLevel = (typeof PRESSURE_LEVELS)[number];

/** What a turn was like. */
export interface PressureReading {
  readonly turn: number;
  /** Tokens in the context over what there is room for. */
  readonly utilisation: number;
  readonly faults: number;
  readonly evictions: number;
}

/** What the level is made of; faults and evictions are averages of the window. */
export interface PressureMeasures {
  readonly utilisation: number;
  readonly faultsPerTurn: number;
  readonly evictionsPerTurn: number;
}

/** A change of the level. */
export interface PressureChange {
  readonly turn: number;
  readonly from: PressureLevel;
  readonly to: PressureLevel;
  readonly measures: PressureMeasures;
}

/** Is told of changes; what it throws is counted and changes nothing. */
export type PressureListener = (change: PressureChange) => unknown;

const DEFAULTS = {
  utilisation: { medium: 0.7, high: 0.85, critical: 0.95 },
  faultsPerTurn: { medium: 1, high: 2, critical: 4 },
  evictionsPerTurn: { medium: 5, high: 20, critical: 50 },
  hysteresis: 0.1,
  windowTurns: 5,
} as const;

/**
 * Tells how much a memory is under pressure: the worst of its measures decides. A level is reached at once and left only when
 * all measures are well below it.
 */
export class PressureMonitor {
  readonly #steps: Readonly<Record<keyof PressureMeasures, PressureSteps>>;
  readonly #hysteresis: number;
  readonly #turns: RingBuffer<PressureReading>;
  readonly #listener: PressureListener | null;
  #level: PressureLevel = 'low';
  #listenerFailures = 0;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: PressureOptions = {}, listener: PressureListener | null = null) {
    const parsed = parsePressureOptions(options);
    this.#steps = {
      utilisation: parsed.utilisation ?? DEFAULTS.utilisation,
      faultsPerTurn: parsed.faultsPerTurn ?? DEFAULTS.faultsPerTurn,
      evictionsPerTurn: parsed.evictionsPerTurn ?? DEFAULTS.evictionsPerTurn,
    };
    this.#hysteresis = parsed.hysteresis ?? DEFAULTS.hysteresis;
    this.#turns = new RingBuffer(parsed.windowTurns ?? DEFAULTS.windowTurns);
    this.#listener = listener;
  }

  /** The level as of the latest turn. */
  get level(): PressureLevel {
    return this.#level;
  }

  /** How often the listener threw. */
  get listenerFailures(): number {
    return this.#listenerFailures;
  }

  /** Takes in a turn that is over, and gives the level that it led to. */
  endTurn(reading: PressureReading): PressureLevel {
    this.#turns.push(reading);
    const measures = this.#measures(reading);
    const reached = this.#levelOf(measures, 1);
    const left = this.#levelOf(measures, 1 - this.#hysteresis);
    const from = this.#level;
    const held = Math.min(rankOf(from), rankOf(left));
    const to = PRESSURE_LEVELS[Math.max(rankOf(reached), held)] ?? 'low';
    this.#level = to;
    if (to !== from) this.#tell({ turn: reading.turn, from, to, measures });
    return to;
  }

  #measures({ utilisation }: PressureReading): PressureMeasures {
    const turns = [...this.#turns];
    const mean = (valueOf: (reading: PressureReading) => number): number =>
      turns.reduce((sum, reading) => sum + valueOf(reading), 0) / turns.length;
    return {
      utilisation,
      faultsPerTurn: mean(({ faults }) => faults),
      evictionsPerTurn: mean(({ evictions }) => evictions),
    };
  }

  #levelOf(measures: PressureMeasures, share: number): PressureLevel {
    const levels = [
      levelAt(measures.utilisation, this.#steps.utilisation, share),
      levelAt(measures.faultsPerTurn, this.#steps.faultsPerTurn, share),
      levelAt(measures.evictionsPerTurn, this.#steps.evictionsPerTurn, share),
    ];
    return PRESSURE_LEVELS[Math.max(...levels.map(rankOf))] ?? 'low';
  }

  /** Somebody else's function must not end a turn, nor the process by a promise that nobody waits for. */
  #tell(change: PressureChange): void {
    const count = (): void => {
      this.#listenerFailures += 1;
    };
    try {
      Promise.resolve(this.#listener?.(change)).catch(count);
    } catch {
      count();
    }
  }
}

function levelAt(value: number, steps: PressureSteps, share: number): PressureLevel {
  if (value >= steps.critical * share) return 'critical';
  if (value >= steps.high * share) return 'high';
  return value >= steps.medium * share ? 'medium' : 'low';
}

function rankOf(level: PressureLevel): number {
  return PRESSURE_LEVELS.indexOf(level);
}
