import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { SessionManagerError } from '../../domain/errors.ts';

/** A queue of BullMQ, as the board takes it. */
export type BoardedQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/** Answers requests of a browser. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Bull Board over a queue of BullMQ; its packages are installed by those who want it.
 * @param basePath under which it is reached; what it is asked comes without it.
 * @throws SESSION_MANAGER_ERROR when it is not installed
 */
export async function createBullBoard(
  queue: BoardedQueue,
  { basePath }: { readonly basePath: string },
): Promise<RequestHandler> {
  const { api, adapter, express } = await loadPackages();
  const server = new express.ExpressAdapter().setBasePath(basePath);
  api.createBullBoard({ queues: [new adapter.BullMQAdapter(queue)], serverAdapter: server });
  // The adapter's router is a whole application, which answers requests as any other.
  return server.getRouter() as RequestHandler;
}

async function loadPackages() {
  try {
    const [api, adapter, express] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/express'),
    ]);
    return { api, adapter, express };
  } catch (cause) {
    throw new SessionManagerError(
      'Bull Board needs packages of its own: npm install @bull-board/api @bull-board/express',
      { cause },
    );
  }
}
