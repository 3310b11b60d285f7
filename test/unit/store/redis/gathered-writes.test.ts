import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RedisClient } from '../../../../src/store/redis/redis-client.ts';
import { GatheredWrites } from '../../../../src/store/redis/gathered-writes.ts';

/** A client over a socket that remembers what was written to it at once. */
function aClient(): { readonly client: RedisClient; readonly written: string[] } {
  const written: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
    writev: (chunks, done) => {
      written.push(chunks.map(({ chunk }) => String(chunk)).join(' '));
      done();
    },
  });
  return { client: { stream } as unknown as RedisClient, written };
}

test('what is sent in one turn, and in microtasks of it, is one write', async () => {
  const { client, written } = aClient();
  const writes = new GatheredWrites(client);
  const send = (text: string): void => {
    writes.hold();
    if ('stream' in client) client.stream.write(text);
  };
  send('GET a');
  await Promise.resolve().then(() => send('GET b'));
  await nextTurn();
  send('GET c');
  await nextTurn();

  expect(written).toEqual(['GET a GET b', 'GET c']);
});

test('a client without a socket of its own is left alone', () => {
  expect(() => new GatheredWrites({} as RedisClient).hold()).not.toThrow();
});
