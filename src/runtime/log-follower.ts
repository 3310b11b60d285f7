import { SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { LogMemory } from '../memory/manager/log-memory.ts';
import { decodeRecords } from '../store/codec.ts';
import { historyRegressed, type LogEntry, readLog } from '../store/log-reader.ts';
import type { HistoryPoint, LoadResult, Store } from '../store/store.ts';

/** What a memory is followed with. */
export interface FollowerParts {
  readonly store: Store;
  readonly key: SessionKey;
  /** The life of the session that is meant. */
  readonly lifeId: string;
  readonly memory: LogMemory;
}

type Found = Extract<LoadResult, { readonly kind: 'found' }>;

/**
 * Brings a memory to the end of its session's log. It knows the point of the store's history that it has come to, so that a
 * store that lost history is noticed whatever was recorded since in its place.
 */
export class LogFollower {
  readonly #parts: FollowerParts;
  /** What the memory has taken in is no further than this. */
  #point: HistoryPoint | null = null;
  /** The next records, which the memory has not been given yet. */
  #pending: readonly LogEntry[] = [];

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /**
   * Brings the memory to the end of the log.
   * @throws SESSION_NOT_FOUND, HISTORY_REGRESSED, CORRUPT_RECORD, SCHEMA_TOO_NEW, and what the store throws.
   */
  async follow(state: SessionState): Promise<void> {
    await this.fetch(state);
    await this.advance();
    if (this.#parts.memory.position < state.version) throw historyRegressed(this.#parts.key);
  }

  /** Fetches what was recorded since; {@link advance} gives it to the memory. @throws as {@link follow} */
  async fetch({ fork }: SessionState): Promise<void> {
    const shared = fork?.position ?? 0;
    const { memory } = this.#parts;
    const known = this.#point;
    const loaded = await this.#load(known);
    this.#point = loaded.point;
    const last = shared + loaded.point.version;
    const next = this.#pending.at(-1)?.position ?? memory.position;
    if (last <= next) return;
    const tail = known === null ? null : tailOf(loaded, shared);
    if (tail?.at(0)?.position === next + 1 && tail.at(-1)?.position === last) {
      this.#pending = [...this.#pending, ...tail];
      return;
    }
    await this.advance();
    await this.#readUpTo(last);
    // Pages say whose they are, but not of which past: a loss between two of them shows only in the chain.
    await this.#load(loaded.point);
  }

  /** Gives the memory what was fetched, up to a position. @throws what the store throws */
  async advance(toPosition: number = Number.MAX_SAFE_INTEGER): Promise<void> {
    const { memory } = this.#parts;
    const given = this.#pending.filter(({ position }) => position <= toPosition);
    this.#pending = this.#pending.slice(given.length);
    await memory.absorb(given);
    await memory.settle();
  }

  async #readUpTo(toPosition: number): Promise<void> {
    const { store, key, lifeId, memory } = this.#parts;
    const range = { key, lifeId, fromPosition: memory.position + 1, toPosition };
    for await (const page of readLog(store, range)) await memory.absorb(page);
  }

  async #load(known: HistoryPoint | null): Promise<Found> {
    const { store, key } = this.#parts;
    const loaded = await store.load(known === null ? { key } : { key, known });
    if (loaded.kind === 'found') return loaded;
    if (loaded.kind === 'regressed') throw historyRegressed(key);
    throw new SessionNotFound({ sessionId: key.sessionId });
  }
}

/** What came after the point that was known; null when the store began somewhere else. */
function tailOf({ snapshot, tail }: Found, shared: number): readonly LogEntry[] | null {
  if (snapshot !== null) return null;
  const { firstPosition, records } = tail;
  return decodeRecords(records, firstPosition).map((event, index) => ({
    event,
    position: shared + firstPosition + index,
  }));
}
