import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { aKey, seededRandom } from '../../../src/testing/index.ts';
import { type AppendSeen, findViolations, type History } from './append-history.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { startSession, type WriterEvents, writeUntil } from './recording-writer.ts';
import { aNamespace, aRedisStore } from './stores.ts';

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
const STORES = 3;
const WRITERS_PER_SESSION = 2;

const CUTS = {
  cutReply: 0.02,
  tearReply: 0.01,
  cutRequest: 0.01,
  delayReply: 0.05,
  maxDelayMs: 10,
};

/** Short, so that a lost answer costs a run little. */
const COMMAND_TIMEOUT_MS = 500;

const KEYS: readonly SessionKey[] = Array.from({ length: SESSIONS }, (_, index) =>
  aKey({ sessionId: `s${index}` }),
);

/** Collects what writers saw. */
class Observations implements WriterEvents, History {
  regressions = 0;
  readonly #appends: Map<string, AppendSeen> = new Map();

  get appends(): readonly AppendSeen[] {
    return [...this.#appends.values()];
  }

  begun(record: string, at: number): void {
    const [sessionId = '', writer = ''] = record.split('/');
    const key = aKey({ sessionId });
    this.#appends.set(record, { key, record, writer, begunAt: at, ackedAt: null, position: null });
  }

  acked(record: string, at: number, position: number): void {
    const append = this.#appends.get(record);
    if (append !== undefined) this.#appends.set(record, { ...append, ackedAt: at, position });
  }

  regressed(): void {
    this.regressions += 1;
  }

  report(faults: number, violations: readonly string[]): FaultReport {
    const acknowledged = this.appends.filter(({ ackedAt }) => ackedAt !== null).length;
    const { regressions } = this;
    const unknown = this.appends.length - acknowledged;
    return { faults, acknowledged, unknown, regressions, violations };
  }
}

/** Writers of several connections on the same sessions while a proxy breaks `cuts` connections. */
export async function runCuts(options: {
  readonly seed: number;
  readonly cuts: number;
}): Promise<FaultReport> {
  const random = seededRandom(options.seed);
  const server = await startPrivateRedis();
  const proxy = await startFaultyProxy(server.port, CUTS, () => random.next());
  const namespace = aNamespace();
  const direct = aRedisStore({ url: server.url, namespace });
  const connection = { commandTimeoutMs: COMMAND_TIMEOUT_MS };
  const stores = Array.from({ length: STORES }, () =>
    aRedisStore({ url: proxy.url, namespace, connection }),
  );
  const seen = new Observations();
  try {
    await startSessions(direct, seen);
    await writeFrom(stores, seen, () => proxy.cuts >= options.cuts);
    return seen.report(proxy.cuts, await findViolations(direct, seen));
  } finally {
    proxy.heal();
    await Promise.all([...stores, direct].map((store) => store.close()));
    await proxy.close();
    await server.close();
  }
}

/** Writers of several connections on the same sessions while the server is killed and started again, `kills` times. */
export async function runServerKills(options: {
  readonly kills: number;
  readonly fsync: 'always' | 'everysec';
  readonly intervalMs: number;
}): Promise<FaultReport> {
  const settings = { appendonly: 'yes', appendfsync: options.fsync };
  const server = await startPrivateRedis({ settings });
  const namespace = aNamespace();
  const connection = { commandTimeoutMs: COMMAND_TIMEOUT_MS };
  const stores = Array.from({ length: STORES }, () =>
    aRedisStore({ url: server.url, namespace, connection }),
  );
  const seen = new Observations();
  // It connects when all is over.
  const last = aRedisStore({ url: server.url, namespace });
  try {
    const first = aRedisStore({ url: server.url, namespace });
    await startSessions(first, seen);
    await first.close();
    let isOver = false;
    const writing = writeFrom(stores, seen, () => isOver);
    for (let kill = 0; kill < options.kills; kill += 1) {
      // In order: a server is killed after it has been up for a while.
      await pause(options.intervalMs);
      await server.kill();
      await server.start();
    }
    await pause(options.intervalMs);
    isOver = true;
    await writing;
    return seen.report(options.kills, await findViolations(last, seen));
  } finally {
    await Promise.all([...stores, last].map((store) => store.close()));
    await server.close();
  }
}

/** Processes that write the same sessions and are killed, `kills` times in all; each that dies is followed by a new one. */
export async function runWriterKills(options: {
  readonly seed: number;
  readonly kills: number;
  readonly processes: number;
}): Promise<FaultReport> {
  const random = seededRandom(options.seed);
  const server = await startPrivateRedis();
  const namespace = aNamespace();
  const store = aRedisStore({ url: server.url, namespace });
  const seen = new Observations();
  let kills = 0;
  const live = async (): Promise<void> => {
    while (kills < options.kills) {
      // In order: the next process takes the place of the one that was killed.
      kills += 1;
      const child = startWriter({ url: server.url, namespace, name: `p${kills}` }, seen);
      await once(child, 'message');
      await pause(random.next() * 300);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  };
  try {
    await startSessions(store, seen);
    await Promise.all(Array.from({ length: options.processes }, live));
    return seen.report(kills, await findViolations(store, seen));
  } finally {
    await store.close();
    await server.close();
  }
}

/** What a writing process is told. */
export interface WritingOrder {
  readonly url: string;
  readonly namespace: string;
  readonly name: string;
  readonly sessionIds: readonly string[];
}

/** What a writing process tells: a record it begins, or where one is. */
export type WritingNews = readonly [record: string, at: number, position: number | null];

function startWriter(
  order: Omit<WritingOrder, 'sessionIds'>,
  seen: Observations,
): ReturnType<typeof fork> {
  const whole: WritingOrder = { ...order, sessionIds: KEYS.map(({ sessionId }) => sessionId) };
  const child = fork(new URL('./writing-process.ts', import.meta.url), [JSON.stringify(whole)], {
    execArgv: ['--import', 'tsx'],
  });
  child.on('message', ([record, at, position]: WritingNews) => {
    if (position === null) seen.begun(record, at);
    else seen.acked(record, at, position);
  });
  return child;
}

async function startSessions(
  store: ReturnType<typeof aRedisStore>,
  seen: Observations,
): Promise<void> {
  for (const key of KEYS) {
    const record = `${key.sessionId}/start`;
    seen.begun(record, 0);
    // In order: they are few.
    await startSession(store, key);
    seen.acked(record, 0, 1);
  }
}

async function writeFrom(
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
