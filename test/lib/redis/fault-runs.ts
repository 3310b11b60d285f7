import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { seededRandom } from '../../../src/testing/index.ts';
import { findViolations } from './append-history.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import {
  type FaultReport,
  Observations,
  startSessions,
  startWriter,
  writeFrom,
} from './observed-writers.ts';
import { aNamespace, aRedisStore } from './stores.ts';

const STORES = 3;

const CUTS = {
  cutReply: 0.02,
  tearReply: 0.01,
  cutRequest: 0.01,
  delayReply: 0.05,
  maxDelayMs: 10,
};

/** Short, so that a lost answer costs a run little. */
const COMMAND_TIMEOUT_MS = 500;
const STOPPED_TIMEOUT_MS = 150;

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

/** Processes that write the same sessions and stand still, `stops` times in all, for longer than they wait for an answer. */
export async function runWriterStops(options: {
  readonly seed: number;
  readonly stops: number;
  readonly processes: number;
}): Promise<FaultReport> {
  const random = seededRandom(options.seed);
  const server = await startPrivateRedis();
  const namespace = aNamespace();
  const store = aRedisStore({ url: server.url, namespace });
  const seen = new Observations();
  let stops = 0;
  const live = async (name: string): Promise<void> => {
    const order = { url: server.url, namespace, name, commandTimeoutMs: STOPPED_TIMEOUT_MS };
    const child = startWriter(order, seen);
    await once(child, 'message');
    while (stops < options.stops) {
      stops += 1;
      // In order: it runs for a while, stands still, and goes on where it was.
      await pause(random.next() * 200);
      child.kill('SIGSTOP');
      await pause(2 * STOPPED_TIMEOUT_MS);
      child.kill('SIGCONT');
    }
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  try {
    await startSessions(store, seen);
    const names = Array.from({ length: options.processes }, (_, index) => `p${index}`);
    await Promise.all(names.map(live));
    return seen.report(stops, await findViolations(store, seen));
  } finally {
    await store.close();
    await server.close();
  }
}
