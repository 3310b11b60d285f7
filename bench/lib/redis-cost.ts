import type { Redis } from 'ioredis';
import { median } from './median.ts';

/** What one thing costs: processor time of this process and of the server, and the time that passes. */
export interface Cost {
  readonly clientUs: number;
  readonly serverUs: number;
  readonly perSecond: number;
}

/** Measures work that does `count` things, with the server behind `watch` to itself. */
export async function costOf(
  watch: Redis,
  count: number,
  work: () => Promise<unknown>,
): Promise<Cost> {
  const before = { server: await serverMicroseconds(watch), client: process.cpuUsage() };
  const begunNs = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - begunNs) / 1e9;
  const { user, system } = process.cpuUsage(before.client);
  return {
    clientUs: (user + system) / count,
    serverUs: ((await serverMicroseconds(watch)) - before.server) / count,
    perSecond: count / seconds,
  };
}

/** The middle of what was measured, of one sort. */
export function medianOf(costs: readonly Cost[], field: keyof Cost): number {
  return median(costs.map((cost) => cost[field]));
}

async function serverMicroseconds(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const parts = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)];
  return parts.reduce((sum, [, seconds]) => sum + Number(seconds) * 1e6, 0);
}
