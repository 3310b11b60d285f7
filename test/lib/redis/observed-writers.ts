import { fork } from 'node:child_process';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { aKey } from '../../../src/testing/index.ts';
import { compiled } from '../processes/compiled.ts';
import type { AppendSeen, History, Told } from './append-history.ts';
import { startSession, type WriterEvents, writeUntil } from './recording-writer.ts';
import type { aRedisStore } from './stores.ts';

/** What a run with faults came to. */
export interface FaultReport {
  readonly faults: number;
  readonly acknowledged: number;
  readonly unknown: number;
  /** Times that the store reported lost history. */
  readonly regressions: number;
  readonly violations: readonly string[];
}

const SESSIONS = 3;
const WRITERS_PER_SESSION = 2;

/** The sessions that all writers share. */
export const KEYS: readonly SessionKey[] = Array.from({ length: SESSIONS }, (_, index) =>
  aKey({ sessionId: `s${index}` }),
);

/** Collects what writers saw. */
export class Observations implements WriterEvents, History {
  readonly told: Told[] = [];
  readonly #appends: Map<string, AppendSeen> = new Map();

  get appends(): readonly AppendSeen[] {
    return [...this.#appends.values()];
  }

  begun(record: string, at: number): Promise<void> {
    const [sessionId = '', writer = ''] = record.split('/');
    const key = aKey({ sessionId });
    this.#appends.set(record, { key, record, writer, begunAt: at, ackedAt: null, position: null });
    return Promise.resolve();
  }

  acked(record: string, at: number, position: number): void {
    const append = this.#appends.get(record);
    if (append !== undefined) this.#appends.set(record, { ...append, ackedAt: at, position });
  }

  regressed(record: string, at: number): void {
    const [sessionId = '', writer = ''] = record.split('/');
    this.told.push({ key: aKey({ sessionId }), writer, at });
  }

  report(faults: number, violations: readonly string[]): FaultReport {
    const acknowledged = this.appends.filter(({ ackedAt }) => ackedAt !== null).length;
    const regressions = this.told.length;
    const unknown = this.appends.length - acknowledged;
    return { faults, acknowledged, unknown, regressions, violations };
  }
}

/** What a writing process is told. */
export interface WritingOrder {
  readonly url: string;
  readonly namespace: string;
  readonly name: string;
  readonly sessionIds: readonly string[];
  readonly commandTimeoutMs?: number;
}

/** What a writing process tells: a record it begins, or where one is. */
export type WritingNews = readonly [record: string, at: number, position: number | null];

/** Starts a process that writes all sessions until it is killed. */
export function startWriter(
  order: Omit<WritingOrder, 'sessionIds'>,
  seen: Observations,
): ReturnType<typeof fork> {
  const whole: WritingOrder = { ...order, sessionIds: KEYS.map(({ sessionId }) => sessionId) };
  const child = fork(compiled('test/lib/redis/writing-process.ts'), [JSON.stringify(whole)], {
    execArgv: [],
  });
  child.on('message', ([record, at, position]: WritingNews) => {
    if (position === null) void seen.begun(record, at);
    else seen.acked(record, at, position);
  });
  return child;
}

/** Creates the sessions. */
export async function startSessions(
  store: ReturnType<typeof aRedisStore>,
  seen: Observations,
): Promise<void> {
  for (const key of KEYS) {
    const record = `${key.sessionId}/start`;
    // In order: they are few.
    await seen.begun(record, 0);
    await startSession(store, key);
    seen.acked(record, 0, 1);
  }
}

/** Writes all sessions from each store until it is over. */
export async function writeFrom(
  stores: readonly ReturnType<typeof aRedisStore>[],
  events: WriterEvents,
  isOver: () => boolean,
): Promise<void> {
  const writers = stores.flatMap((store, from) =>
    KEYS.flatMap((key) =>
      Array.from({ length: WRITERS_PER_SESSION }, (_, index) =>
        writeUntil({ store, key, name: `w${from}-${index}`, events, isOver }),
      ),
    ),
  );
  await Promise.all(writers);
}
