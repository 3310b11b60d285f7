/** How often a worker may end before it stays down, and how long the pauses are. */
export interface RestartLimits {
  /** Ends within the window after which it stays down. */
  readonly intensity: number;
  readonly windowMs: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** How long it stays down before it is tried again. */
  readonly restMs: number;
}

/** What is done about a worker that ended. */
export type RestartVerdict =
  | { readonly kind: 'restart'; readonly pauseMs: number }
  | { readonly kind: 'rest'; readonly restMs: number };

/** Decides whether a worker that ended is started again: the pauses double with each end in the window. */
export class RestartPolicy {
  readonly #limits: RestartLimits;
  #endsAtMs: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** A worker ended. */
  judge(nowMs: number): RestartVerdict {
    const { intensity, windowMs, firstPauseMs, maxPauseMs, restMs } = this.#limits;
    this.#endsAtMs = this.#endsAtMs.filter((atMs) => atMs > nowMs - windowMs);
    const before = this.#endsAtMs.length;
    this.#endsAtMs.push(nowMs);
    if (before >= intensity) {
      this.#endsAtMs = [];
      return { kind: 'rest', restMs };
    }
    return { kind: 'restart', pauseMs: Math.min(maxPauseMs, firstPauseMs * 2 ** before) };
  }
}
