import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { aBullQueue } from '../../lib/redis/queues.ts';

/** The answers to what a client says first: who it is, and in what it is written. */
const WELCOME = `%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n${'+OK\r\n'.repeat(3)}`;

/** A server that does this with every connection, and whose port this is. */
async function aServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return port;
}

/** What the figures of a queue there fail with. */
async function failureAt(place: string): Promise<unknown> {
  const queue = aBullQueue({
    url: `redis://${place}`,
    namespace: 'unanswered',
    callTimeoutMs: 1000,
    onError: () => undefined,
  });
  const failure = await queue.figures().catch((error: unknown) => error);
  // A server that is silent does not say goodbye either.
  void queue.close().catch(() => undefined);
  return failure;
}

const UNKNOWN = { code: 'UNKNOWN_OUTCOME', operation: 'figures', backend: 'bullmq' };

test('a queue says of a Redis that is not there where nothing answers, and no secret', async () => {
  const port = await aServer((socket) => socket.destroy());

  expect(await failureAt(`ada:secret@127.0.0.1:${port}`)).toMatchObject({
    ...UNKNOWN,
    message: `Redis at 127.0.0.1:${port} does not answer, so the queue cannot be used for figures`,
  });
});

test('a queue says of a Redis that does not take it that it does not', async () => {
  const port = await aServer((socket) => {
    socket.on('data', () => socket.write('-WRONGPASS words of a server\r\n'.repeat(4)));
  });

  expect(await failureAt(`ada:secret@127.0.0.1:${port}`)).toMatchObject({
    ...UNKNOWN,
    message: `Redis at 127.0.0.1:${port} does not take the connection (WRONGPASS), so the queue cannot be used for figures`,
  });
});

test('a queue says of a Redis that falls silent what it did not answer', async () => {
  const port = await aServer((socket) => socket.once('data', () => socket.write(WELCOME)));

  expect(await failureAt(`127.0.0.1:${port}`)).toMatchObject({
    ...UNKNOWN,
    message: `Redis at 127.0.0.1:${port} did not answer in time what the queue asked of it, figures`,
  });
});

test('a queue says of a Redis that refuses a call how it failed, in no words of it', async () => {
  const port = await aServer((socket) => {
    socket.once('data', () => {
      socket.write(WELCOME);
      socket.on('data', () => socket.write('-ERR words of a server\r\n'.repeat(9)));
    });
  });

  expect(await failureAt(`127.0.0.1:${port}`)).toMatchObject({
    ...UNKNOWN,
    message: `Redis at 127.0.0.1:${port} failed in what the queue asked of it, figures: ReplyError`,
  });
});
