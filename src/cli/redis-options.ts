import type { Arguments } from './arguments.ts';

/** Options that say which deployment in Redis is meant. */
export const DEPLOYMENT_OPTIONS = {
  redis: { type: 'string' },
  namespace: { type: 'string' },
} as const;

/** Options of commands that work on a queue in it. */
export const QUEUE_OPTIONS = { queue: { type: 'string' } } as const;

/** How they are explained. */
export const DEPLOYMENT_USAGE = `  --redis URL         where Redis is; SESSION_REDIS_URL, REDIS_URL or this machine without it
  --namespace NAME    what its keys begin with, pagefold without it`;

/** How those are explained. */
export const QUEUE_USAGE = `  --queue NAME        which of its queues, background without it`;

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
