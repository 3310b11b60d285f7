import type { HostStats, WorkerStats } from '../envelope.ts';
import { TURN_CALLS_BOUNDS, TURN_TIME_BOUNDS_MS } from '../figure-buckets.ts';

/** What a worker says of itself. */
export type LifeFigures = Omit<WorkerStats, 'restarts'>;

const FIGURES = [
  'activations',
  'activationBytes',
  'queued',
  'commits',
  'commands',
  'conflicts',
  'retries',
  'failedSnapshots',
  'turnMs',
] as const satisfies readonly (keyof HostStats)[];

const BEATS = 0;
const LOOP_DELAY = 1;
const FIRST_FIGURE = 2;
const FIRST_TIME = FIRST_FIGURE + FIGURES.length;
const FIRST_CALLS = FIRST_TIME + TURN_TIME_BOUNDS_MS.length + 1;
const NUMBERS = FIRST_CALLS + TURN_CALLS_BOUNDS.length + 1;

/**
 * Figures of a worker in memory that both threads see: that it is alive, and how its shard is doing. Reading them wakes nobody,
 * and works while the worker is in an endless loop.
 */
export class Vitals {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Float64Array;
  readonly #beats: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(NUMBERS * 8)) {
    this.buffer = buffer;
    this.#numbers = new Float64Array(buffer);
    this.#beats = new Int32Array(buffer, 0, 1);
  }

  /** How often the event loop of the worker came round. */
  get beats(): number {
    return Atomics.load(this.#beats, BEATS);
  }

  /** Said by the worker, with by how much its event loop is late. */
  beat(loopDelayMs: number): void {
    this.#numbers[LOOP_DELAY] = loopDelayMs;
    Atomics.add(this.#beats, BEATS, 1);
  }

  /** Said by the worker. */
  write(stats: HostStats): void {
    for (const [index, name] of FIGURES.entries())
      this.#numbers[FIRST_FIGURE + index] = stats[name];
    this.#numbers.set(stats.turnTimes, FIRST_TIME);
    this.#numbers.set(stats.turnCalls, FIRST_CALLS);
  }

  /** What the worker wrote last. */
  read(): LifeFigures {
    const [activations, activationBytes, queued, commits, commands, ...others] =
      this.#numbers.subarray(FIRST_FIGURE);
    const [conflicts, retries, failedSnapshots, turnMs] = others;
    return {
      activations: activations ?? 0,
      activationBytes: activationBytes ?? 0,
      queued: queued ?? 0,
      commits: commits ?? 0,
      commands: commands ?? 0,
      conflicts: conflicts ?? 0,
      retries: retries ?? 0,
      failedSnapshots: failedSnapshots ?? 0,
      turnMs: turnMs ?? 0,
      turnTimes: [...this.#numbers.subarray(FIRST_TIME, FIRST_CALLS)],
      turnCalls: [...this.#numbers.subarray(FIRST_CALLS)],
      loopDelayMs: this.#numbers[LOOP_DELAY] ?? 0,
    };
  }
}
