import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../../scripts/lib/redis/private-redis.ts';
import { findViolations } from './append-history.ts';
import { startFaultyProxy } from './faulty-proxy.ts';
import { type FaultReport, Observations, startSessions, writeFrom } from './observed-writers.ts';
import { aNamespace, aRedisStore } from './stores.ts';

const STORES = 3;
const COMMAND_TIMEOUT_MS = 500;
const NO_FAULTS = { cutReply: 0, tearReply: 0, cutRequest: 0, delayReply: 0, maxDelayMs: 0 };

const ONLINE_TIMEOUT_MS = 20_000;
const POLL_MS = 10;

/**
 * Writers on the same sessions while their server is replaced by its replica, `failovers` times. The replica misses what was
 * acknowledged in the last `lossMs`.
 */
export async function runFailovers(options: {
  readonly failovers: number;
  readonly intervalMs: number;
  readonly lossMs: number;
}): Promise<FaultReport> {
  let server = await startPrivateRedis();
  const proxy = await startFaultyProxy(server.port, NO_FAULTS, () => 1);
  const namespace = aNamespace();
  const connection = { commandTimeoutMs: COMMAND_TIMEOUT_MS };
  const stores = Array.from({ length: STORES }, () =>
    aRedisStore({ url: proxy.url, namespace, connection }),
  );
  const last = aRedisStore({ url: proxy.url, namespace });
  const seen = new Observations();
  try {
    await startSessions(last, seen);
    let isOver = false;
    const writing = writeFrom(stores, seen, () => isOver);
    for (let count = 0; count < options.failovers; count += 1) {
      // In order: a replica that has caught up takes the place of its server.
      const replica = await aReplicaOf(server);
      await pause(options.intervalMs);
      await command(replica, 'REPLICAOF', 'NO', 'ONE');
      await pause(options.lossMs);
      proxy.lead(replica.port);
      await server.close();
      server = replica;
    }
    await pause(options.intervalMs);
    isOver = true;
    await writing;
    return seen.report(options.failovers, await findViolations(last, seen));
  } finally {
    await Promise.all([...stores, last].map((store) => store.close()));
    await proxy.close();
    await server.close();
  }
}

/** A replica that has everything its server had. */
async function aReplicaOf(server: PrivateRedis): Promise<PrivateRedis> {
  await command(server, 'CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
  const replica = await startPrivateRedis({ settings: { replicaof: `127.0.0.1 ${server.port}` } });
  const deadlineMs = Date.now() + ONLINE_TIMEOUT_MS;
  while (!(await command(replica, 'INFO', 'replication')).includes('master_link_status:up')) {
    if (Date.now() > deadlineMs) throw new Error('the replica did not catch up');
    await pause(POLL_MS);
  }
  return replica;
}

async function command(
  server: PrivateRedis,
  name: string,
  ...args: readonly string[]
): Promise<string> {
  const client = new Redis(server.url);
  try {
    return String(await client.call(name, ...args));
  } finally {
    client.disconnect();
  }
}
