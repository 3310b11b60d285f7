import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../scripts/lib/redis/private-redis.ts';
import type { BenchRow } from './row.ts';

/** A server of a benchmark's own, and a connection that reads what it costs. */
export interface BenchServer {
  readonly server: PrivateRedis;
  readonly watch: Redis;
}

/** Runs on a server that keeps what it is given, synced every second, and ends it. */
export async function onDurableRedis(
  work: (setting: BenchServer) => Promise<readonly BenchRow[]>,
): Promise<readonly BenchRow[]> {
  const server = await startPrivateRedis({
    settings: { appendonly: 'yes', appendfsync: 'everysec' },
  });
  const watch = new Redis(server.url);
  try {
    return await work({ server, watch });
  } finally {
    watch.disconnect();
    await server.close();
  }
}
