import type { TestProject } from 'vitest/node';
import { startPrivateRedis } from '../../scripts/lib/redis/private-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Redis of this run is. */
    redisUrl: string;
  }
}

/** One server for the tests of a run, unless a server is named; tests that stop servers start their own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env['PAGEFOLD_TEST_REDIS_URL'];
  if (named !== undefined && named !== '') {
    project.provide('redisUrl', named);
    return async () => undefined;
  }
  const server = await startPrivateRedis();
  project.provide('redisUrl', server.url);
  return () => server.close();
}
