import { setTimeout as pause } from 'node:timers/promises';
import { startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { PagefoldError } from '../../../src/domain/errors.ts';
import type { Store } from '../../../src/store/store.ts';
import { findViolations } from './append-history.ts';
import { type FaultReport, KEYS, Observations, startSessions } from './observed-writers.ts';
import { writeUntil } from './recording-writer.ts';
import { aNamespace, aRedisStore } from './stores.ts';

/** What callers met while the server was away, besides what every run with faults comes to. */
export interface OutageReport extends FaultReport {
  /** Failures of calls while the server was away, by code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Fewest failures that one caller met meanwhile: none hangs. */
  readonly fewestFailures: number;
  /** Bytes by which the heap grew while the server was away. */
  readonly heapGrowth: number;
}

const COMMAND_TIMEOUT_MS = 300;
const CALM_MS = 200;
const THINKING_MS = 20;
const POLL_MS = 20;

/** More callers than may wait for the server write on, while it is away for a time and comes back with what it had. */
export async function runOutage(options: {
  readonly outageMs: number;
  readonly callers: number;
  readonly maxPendingCalls: number;
}): Promise<OutageReport> {
  const server = await startPrivateRedis({
    settings: { appendonly: 'yes', appendfsync: 'always' },
  });
  const namespace = aNamespace();
  const { maxPendingCalls } = options;
  const store = aRedisStore({
    url: server.url,
    namespace,
    connection: { commandTimeoutMs: COMMAND_TIMEOUT_MS, maxPendingCalls },
    store: { maxPendingCalls },
  });
  const last = aRedisStore({ url: server.url, namespace });
  const seen = new Observations();
  let isOver = false;
  try {
    await startSessions(store, seen);
    const callers = Array.from({ length: options.callers }, () => new Caller(store));
    const writing = Promise.all(
      callers.map((caller, index) =>
        writeUntil({
          store: caller,
          key: KEYS[index % KEYS.length] ?? KEYS[0]!,
          name: `c${index}`,
          events: seen,
          isOver: () => isOver,
        }),
      ),
    );
    await pause(CALM_MS);
    await server.kill();
    const heapBefore = process.memoryUsage().heapUsed;
    for (const caller of callers) caller.failures.clear();
    await pause(options.outageMs);
    const heapGrowth = process.memoryUsage().heapUsed - heapBefore;
    const met = callers.map(({ failures }) => new Map(failures));
    await server.start();
    await untilAllAnswered(callers);
    isOver = true;
    await writing;
    const fewestFailures = Math.min(...met.map(countOf));
    const report = seen.report(1, await findViolations(last, seen));
    return { ...report, failures: sumOf(met), fewestFailures, heapGrowth };
  } finally {
    isOver = true;
    await Promise.all([store.close(), last.close()]);
    await server.close();
  }
}

/** A caller's way to the store, on which its failures are counted. */
class Caller implements Pick<Store, 'append' | 'load'> {
  readonly failures: Map<string, number> = new Map();
  answers = 0;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  load(params: Parameters<Store['load']>[0]): ReturnType<Store['load']> {
    return this.#counted(() => this.#store.load(params));
  }

  async append(params: Parameters<Store['append']>[0]): ReturnType<Store['append']> {
    const answer = await this.#counted(() => this.#store.append(params));
    this.answers += 1;
    // Otherwise those that are served take every place again before others ask for it.
    await pause(THINKING_MS);
    return answer;
  }

  async #counted<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    try {
      return await call();
    } catch (error) {
      const code = PagefoldError.isInstance(error) ? error.code : 'another error';
      this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
      throw error;
    }
  }
}

/** Waits until every caller has been answered anew. */
async function untilAllAnswered(callers: readonly Caller[]): Promise<void> {
  const before = callers.map(({ answers }) => answers);
  while (callers.some(({ answers }, index) => answers === before[index])) await pause(POLL_MS);
}

function countOf(failures: ReadonlyMap<string, number>): number {
  return [...failures.values()].reduce((sum, count) => sum + count, 0);
}

function sumOf(all: readonly ReadonlyMap<string, number>[]): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const failures of all)
    for (const [code, count] of failures) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}
