import type { Queue as BullMqQueue } from 'bullmq';
import type { Clock } from '../../domain/clock.ts';
import { type BullServer, closeBullClient, createBullClient } from './bull-client.ts';
import { BullKeys } from './bull-keys.ts';

/** A queue as BullMQ knows it, for tools that look into it. */
export interface BoardQueue extends AsyncDisposable {
  readonly queue: BullMqQueue;
}

/** Opens a queue for a tool that was made for BullMQ, with a connection of its own. */
export async function openBoardQueue(
  server: BullServer,
  {
    namespace,
    name,
    clock,
  }: { readonly namespace: string; readonly name: string; readonly clock: Clock },
): Promise<BoardQueue> {
  const { Queue } = await import('bullmq');
  const client = await createBullClient(server);
  const { prefix } = new BullKeys(namespace, name);
  const queue = new Queue(name, { connection: client, prefix, skipVersionCheck: true });
  // A server that is away is told of by whoever works with it.
  queue.on('error', () => undefined);
  const close = async (): Promise<void> => {
    await queue.close();
    await closeBullClient(client, clock);
  };
  return { queue, [Symbol.asyncDispose]: close };
}
