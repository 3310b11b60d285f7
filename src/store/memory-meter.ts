import type { MemorySession } from './memory-session.ts';

/** How much a memory store may hold. */
export interface MemoryBounds {
  readonly maxSessions: number;
  readonly maxBytes: number;
}

/** An amount of what is bounded. */
export interface MemoryAmount {
  readonly bytes: number;
  readonly sessions: number;
  readonly records: number;
}

/** Counts what a memory store holds against its bounds; bytes are estimates. */
export class MemoryMeter {
  readonly #bounds: MemoryBounds;
  #sessions = 0;
  #records = 0;
  #bytes = 0;

  constructor(bounds: MemoryBounds) {
    this.#bounds = bounds;
  }

  /** What is held now, sessions that have expired and were not removed yet included. */
  get held(): MemoryAmount {
    return { bytes: this.#bytes, sessions: this.#sessions, records: this.#records };
  }

  /** The bound that so much more would pass; null when it stays within both. */
  boundPassed(more: {
    readonly bytes: number;
    readonly sessions: number;
  }): { readonly option: keyof MemoryBounds; readonly value: number } | null {
    const { maxSessions, maxBytes } = this.#bounds;
    if (this.#sessions + more.sessions > maxSessions)
      return { option: 'maxSessions', value: maxSessions };
    return this.#bytes + more.bytes > maxBytes ? { option: 'maxBytes', value: maxBytes } : null;
  }

  /** Books memory that belongs to no session. */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Counts a session in. */
  addSession(session: MemorySession, bytes: number): void {
    this.#sessions += 1;
    this.charge(session, bytes);
  }

  /** Books records of a session and their memory. */
  addRecords(session: MemorySession, records: number, bytes: number): void {
    this.#records += records;
    this.charge(session, bytes);
  }

  /** Books memory to a session. */
  charge(session: MemorySession, bytes: number): void {
    const target = session;
    target.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Counts a session out with everything that was booked to it. */
  removeSession(session: MemorySession): void {
    this.#sessions -= 1;
    this.#records -= session.log.length;
    this.#bytes -= session.bytes;
  }
}
