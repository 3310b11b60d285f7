import type { SessionKey } from '../../domain/ids.ts';

/** Sessions remembered at most; the longest known one makes room. */
const MAX_SESSIONS = 1000;

/** Sessions whose calls end workers, kept out for a while so that others are not taken along. */
export class Quarantine {
  readonly #durationMs: number;
  readonly #untilMs = new Map<string, number>();

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  /** Keeps a session out from now on. */
  add(key: SessionKey, nowMs: number): void {
    const name = JSON.stringify([key.tenant, key.sessionId]);
    this.#untilMs.delete(name);
    this.#untilMs.set(name, nowMs + this.#durationMs);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > MAX_SESSIONS && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** Whether calls to a session are refused. */
  holds(key: SessionKey, nowMs: number): boolean {
    // Nearly always there is none, and every call asks.
    if (this.#untilMs.size === 0) return false;
    const name = JSON.stringify([key.tenant, key.sessionId]);
    const untilMs = this.#untilMs.get(name);
    if (untilMs === undefined) return false;
    if (untilMs > nowMs) return true;
    this.#untilMs.delete(name);
    return false;
  }
}
