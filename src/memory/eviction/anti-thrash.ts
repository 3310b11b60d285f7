import { parseAntiThrashOptions } from '../../domain/eviction-options.ts';
import type { AntiThrashOptions } from '../../domain/eviction-options.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { EvictionWeights } from '../../kernel/working-set/eviction-policy.ts';
import type { ThrashHistory } from './eviction-policy.ts';

/** How old a record may get at least, in turns. */
const MIN_AGE_TURNS = 20;
/** How often old records are looked for, in turns. */
const SWEEP_TURNS = 10;

/** What the kernel has to know of it, a part of its weights. */
export type ThrashWindows = Pick<EvictionWeights, 'penaltyTurns' | 'hardTurns'>;

/**
 * Remembers which pages were loaded or taken out lately, so that they do not go back and forth. What happened excludes a page for
 * its first turns and speaks against its eviction, fading, for some more.
 */
export class AntiThrash implements ThrashHistory {
  readonly windows: ThrashWindows;
  readonly #evictions = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #maxAgeTurns: number;
  #sweptTurn = 0;

  /** @throws INVALID_INPUT naming the option that is wrong. */
  constructor(options: AntiThrashOptions = {}) {
    const parsed = parseAntiThrashOptions(options);
    const { evictionCooldownTurns: evict = 3, faultProtectionTurns: fault = 2 } = parsed;
    const hardEvict = parsed.hardEvictionTurns ?? Math.min(1, evict);
    const hardFault = parsed.hardFaultTurns ?? Math.min(1, fault);
    atMost('hardEvictionTurns', hardEvict, evict);
    atMost('hardFaultTurns', hardFault, fault);
    this.windows = {
      penaltyTurns: { fault, evict },
      hardTurns: { fault: hardFault, evict: hardEvict },
    };
    this.#maxAgeTurns = Math.max(MIN_AGE_TURNS, fault, evict);
  }

  /** How many pages it remembers something of, faults and evictions counted apart. */
  get size(): number {
    return this.#evictions.size + this.#faults.size;
  }

  recordEviction(pageId: string, turn: number): void {
    this.#evictions.set(pageId, turn);
    this.#sweep(turn);
  }

  recordFault(pageId: string, turn: number): void {
    this.#faults.set(pageId, turn);
    this.#sweep(turn);
  }

  /** Whether the page may leave, other than in an emergency. */
  canEvict(pageId: string, turn: number): boolean {
    const { hardTurns } = this.windows;
    return !(
      turnsSince(this.#faults.get(pageId), turn) < hardTurns.fault ||
      turnsSince(this.#evictions.get(pageId), turn) < hardTurns.evict
    );
  }

  /** From 0 to 1: 1 for a page loaded in this turn, a half for one taken out in it, less with every turn. */
  getEvictionPenalty(pageId: string, turn: number): number {
    const { fault, evict } = this.windows.penaltyTurns;
    const sinceFault = turnsSince(this.#faults.get(pageId), turn);
    const sinceEvict = turnsSince(this.#evictions.get(pageId), turn);
    let penalty = 0;
    if (sinceFault < fault) penalty += 1 - sinceFault / fault;
    if (sinceEvict < evict) penalty += 0.5 * (1 - sinceEvict / evict);
    return Math.min(penalty, 1);
  }

  /** Forgets what is older than so many turns; by default 20, or as many as the longest window. */
  cleanupOldHistory(turn: number, maxAgeTurns: number = this.#maxAgeTurns): void {
    for (const history of [this.#evictions, this.#faults]) {
      for (const [pageId, happened] of history) {
        if (turn - happened > maxAgeTurns) history.delete(pageId);
      }
    }
    this.#sweptTurn = turn;
  }

  #sweep(turn: number): void {
    if (turn - this.#sweptTurn >= SWEEP_TURNS) this.cleanupOldHistory(turn);
  }
}

/** What never happened, or will only happen, is infinitely long ago. */
function turnsSince(happened: number | undefined, turn: number): number {
  return happened === undefined || happened > turn ? Infinity : turn - happened;
}

function atMost(field: string, value: number, most: number): void {
  if (value > most)
    throw new InvalidInput({ field: `options.${field}`, expected: `at most ${most}` });
}
