import type { SessionKey } from '../../domain/ids.ts';
import type { AppendParams, HistoryPoint, TimeToLive } from '../../store/store.ts';
import { OperationNumbers } from './operation-numbers.ts';

/** One session as the simplest thing that can be compared with a store. */
export interface ModelSession {
  readonly key: SessionKey;
  readonly records: string[];
  /** Last operation of each writer, and where it was recorded: 0 for one to an earlier session of the id. */
  readonly writers: Map<string, { readonly operation: number; readonly position: number }>;
  /** The points that the store named, by version; the model cannot compute hashes. */
  readonly points: Map<number, HistoryPoint>;
  updatedAtMs: number;
  deadlineMs: number;
  slidingMs: number;
  slidesFromMs: number;
}

/** What the model expects of an append. */
export type ModelVerdict =
  | {
      readonly kind: 'ok' | 'duplicate';
      readonly firstPosition: number;
      readonly tail: readonly string[];
    }
  | { readonly kind: 'conflict'; readonly tail: readonly string[] }
  | { readonly kind: 'stale-write' | 'gone' | 'regressed' };

/**
 * The contract of a store as plain lists and maps, written for comparison and not for use: it never forgets writers, and
 * every look-up is a walk.
 */
export class StoreModel {
  readonly operations: OperationNumbers = new OperationNumbers();
  readonly #sessions: Map<string, ModelSession> = new Map();
  readonly #graves: Map<string, ModelSession> = new Map();
  readonly #events: Map<string, number> = new Map();
  #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** Time passes; what expires on the way is gone. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const session of this.#sessions.values()) {
      if (expiryOf(session) <= this.#nowMs) this.remove(session.key);
    }
  }

  /** The living session of a key. */
  find(key: SessionKey): ModelSession | undefined {
    return this.#sessions.get(nameOf(key));
  }

  /** The last session of the key that is gone. */
  findGone(key: SessionKey): ModelSession | undefined {
    return this.#graves.get(nameOf(key));
  }

  /** The living sessions of a tenant, oldest first. */
  sessionsOf(tenant: string): readonly ModelSession[] {
    return [...this.#sessions.values()].filter((session) => session.key.tenant === tenant);
  }

  /** Events ever recorded for a tenant. */
  eventsOf(tenant: string): number {
    return this.#events.get(tenant) ?? 0;
  }

  /** Whether a point is in the session's past. */
  hasPassed(session: ModelSession, point: HistoryPoint): boolean {
    return session.points.get(point.version)?.hash === point.hash;
  }

  /** Whether a point names this life of the session and not an earlier one. */
  isOf(session: ModelSession, point: HistoryPoint): boolean {
    return [...session.points.values()].some(
      ({ incarnation }) => incarnation === point.incarnation,
    );
  }

  /** Removes a session, with a version only while it has so many records; false when there is no such one. */
  remove(key: SessionKey, version?: number): boolean {
    const session = this.find(key);
    if (session === undefined) return false;
    if (version !== undefined && version !== session.records.length) return false;
    this.#sessions.delete(nameOf(key));
    this.#graves.set(nameOf(key), session);
    return true;
  }

  /** Changes the parts given of when a session expires, from now; false when there is none. */
  limitLife(key: SessionKey, timeToLive: Partial<TimeToLive>, mode: 'set' | 'prolong'): boolean {
    const session = this.find(key);
    if (session === undefined) return false;
    const { absoluteMs, slidingMs } = timeToLive;
    const choose = mode === 'set' ? (_: number, next: number): number => next : Math.max;
    if (absoluteMs !== undefined)
      session.deadlineMs = choose(session.deadlineMs, this.#nowMs + (absoluteMs ?? Infinity));
    if (slidingMs !== undefined) {
      session.slidingMs = choose(session.slidingMs, slidingMs ?? Infinity);
      session.slidesFromMs = this.#nowMs;
    }
    this.advance(0);
    return true;
  }

  /** Judges an append and carries it out when it is to be recorded. */
  append(params: AppendParams): ModelVerdict {
    const session = this.find(params.key);
    const refusal =
      session === undefined ? this.#judgeMissing(params) : this.#judge(session, params);
    return refusal ?? this.#record(session ?? this.#create(params), params);
  }

  #judgeMissing({ key, known, write }: AppendParams): ModelVerdict | null {
    const gone = this.findGone(key);
    if (known !== null) return gone === undefined ? { kind: 'regressed' } : { kind: 'gone' };
    const last = gone?.writers.get(write.writer)?.operation ?? 0;
    if (write.operation > last) return null;
    return write.operation === last ? { kind: 'gone' } : { kind: 'stale-write' };
  }

  #judge(session: ModelSession, { known, write, mode }: AppendParams): ModelVerdict | null {
    if (known !== null && !this.isOf(session, known)) return { kind: 'gone' };
    if (known !== null && !this.hasPassed(session, known)) return { kind: 'regressed' };
    const tail = session.records.slice(known?.version ?? 0);
    const last = session.writers.get(write.writer);
    if (last !== undefined && write.operation <= last.operation) {
      return judgeRepeat(write.operation, last, tail);
    }
    return mode === 'expected' && tail.length > 0 ? { kind: 'conflict', tail } : null;
  }

  #create({ key, timeToLive }: AppendParams): ModelSession {
    const session: ModelSession = {
      key,
      records: [],
      writers: new Map(
        [...(this.findGone(key)?.writers ?? [])].map(([name, last]) => [
          name,
          { ...last, position: 0 },
        ]),
      ),
      points: new Map(),
      updatedAtMs: this.#nowMs,
      deadlineMs: this.#nowMs + (timeToLive?.absoluteMs ?? Infinity),
      slidingMs: timeToLive?.slidingMs ?? Infinity,
      slidesFromMs: this.#nowMs,
    };
    this.#sessions.set(nameOf(key), session);
    return session;
  }

  #record(target: ModelSession, { key, known, write, records }: AppendParams): ModelVerdict {
    const session = target;
    const tail = session.records.slice(known?.version ?? 0);
    const firstPosition = session.records.length + 1;
    session.records.push(...records);
    session.writers.set(write.writer, { operation: write.operation, position: firstPosition });
    session.updatedAtMs = this.#nowMs;
    session.slidesFromMs = this.#nowMs;
    this.#events.set(key.tenant, this.eventsOf(key.tenant) + records.length);
    return { kind: 'ok', firstPosition, tail };
  }
}

/** When a session of the model expires; infinity when never. */
export function expiryOf(session: ModelSession | undefined): number {
  if (session === undefined) throw new TypeError('no session that could expire');
  return Math.min(session.deadlineMs, session.slidesFromMs + session.slidingMs);
}

function judgeRepeat(
  operation: number,
  last: { readonly operation: number; readonly position: number },
  tail: readonly string[],
): ModelVerdict {
  if (operation < last.operation) return { kind: 'stale-write' };
  if (last.position === 0) return { kind: 'gone' };
  return { kind: 'duplicate', firstPosition: last.position, tail };
}

function nameOf(key: SessionKey): string {
  return JSON.stringify([key.tenant, key.sessionId]);
}
