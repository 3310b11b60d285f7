import type { Arguments } from './arguments.ts';

/** Options of commands that work on a deployment in Redis. */
export const REDIS_OPTIONS = {
  redis: { type: 'string' },
  namespace: { type: 'string' },
  queue: { type: 'string' },
} as const;

/** How they are explained. */
export const REDIS_USAGE = `  --redis URL         where Redis is; SESSION_REDIS_URL, REDIS_URL or this machine without it
  --namespace NAME    what its keys begin with, pagefold without it
  --queue NAME        which of its queues, background without it`;

/** The deployment that they name. */
export function redisOf(args: Arguments): {
  readonly url?: string;
  readonly namespace?: string;
} {
  const url = args.text('redis');
  const namespace = args.text('namespace');
  return {
    ...(url === null ? {} : { url }),
    ...(namespace === null ? {} : { namespace }),
  };
}

/** The queue of the deployment that they name. */
export function queueOf(args: Arguments): ReturnType<typeof redisOf> & { readonly name?: string } {
  const name = args.text('queue');
  return { ...redisOf(args), ...(name === null ? {} : { name }) };
}
