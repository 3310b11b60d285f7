import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { encodeKey } from '../../../src/store/keys.ts';
import type { Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/index.ts';
import { contentsOf } from '../../lib/redis/contents.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
let redis: Redis;

beforeAll(() => {
  redis = new Redis(url);
});

afterAll(() => redis.disconnect());

/** Latin, Cyrillic and full-width letters that look alike, and one letter in two forms. */
const LOOK_ALIKES = ['a', 'а', 'ａ', 'à', 'a\u0300', 'a\u200B', 'A', '\u202Ea'];
const SEPARATORS = [
  ':',
  '::',
  '%3A',
  '{a}',
  '}{',
  '*',
  '?',
  '[a]',
  ' ',
  '\\',
  '\u0000',
  '\n',
  'm:a',
];

const hostile = fc.oneof(
  fc.constantFrom(...LOOK_ALIKES, ...SEPARATORS),
  fc.string({ unit: fc.constantFrom(...LOOK_ALIKES, ...SEPARATORS), minLength: 1, maxLength: 6 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  // As long as ids may be, and alike but for the end.
  fc.constantFrom('x', 'y').map((end) => '猫'.repeat(127) + end),
);

/** The keys of sessions on the server, those of indexes aside, with what they hold. */
async function sessionsOf(namespace: string): Promise<ReadonlyMap<string, string>> {
  const all = await contentsOf(redis, namespace);
  return new Map([...all].filter(([name]) => /\{\d+\}:[mes]:/.test(name)));
}

async function fill(store: Store, key: SessionKey, text: string): Promise<void> {
  const result = await store.append(
    anAppend({
      key,
      write: { writer: text, operation: 1 },
      records: [text],
      labels: { userId: key.sessionId, properties: { id: key.tenant } },
      outbox: { add: [{ id: key.sessionId, dueAtMs: 1 }] },
    }),
  );
  if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
  await store.saveSnapshot({ key, snapshot: { point: result.point, body: text } });
}

describe('sessions with hostile ids', () => {
  test('W-03: C-74: have three keys each, reach no other one, and leave all others as they are', async () => {
    const keys = fc.uniqueArray(fc.record({ tenant: hostile, sessionId: hostile }), {
      minLength: 2,
      maxLength: 8,
      selector: ({ tenant, sessionId }) => JSON.stringify([tenant, sessionId]),
    });
    await fc.assert(
      fc.asyncProperty(keys, async (all) => {
        const namespace = aNamespace();
        const store = aRedisStore({ url, namespace });
        await Promise.all(all.map((key, index) => fill(store, key, `text ${index}`)));
        const before = await sessionsOf(namespace);
        expect(before.size).toBe(3 * all.length);
        for (const [index, key] of all.entries()) {
          // In order: what a failure shows is then one session's.
          expect(await store.read({ key, fromPosition: 1, limit: 10 })).toMatchObject({
            records: [`text ${index}`],
          });
        }
        const [mine = aKey()] = all;
        await store.remove({ key: mine });
        const after = await sessionsOf(namespace);
        await store.close();
        const isMine = (name: string): boolean => name.endsWith(`:${encodeKey(mine)}`);
        const others = [...before].filter(([name]) => !isMine(name));
        expect(others).toHaveLength(3 * (all.length - 1));
        expect(others.map(([name]) => after.get(name))).toEqual(others.map(([, dump]) => dump));
      }),
      { numRuns: 25 },
    );
  });

  test.each(['tenant', 'sessionId'] as const)(
    'a %s of 10 KB is refused before anything is on the server',
    async (field) => {
      const namespace = aNamespace();
      const store = aRedisStore({ url, namespace });
      onTestFinished(() => store.close());
      const key = aKey({ [field]: 'x'.repeat(10_240) });
      const refused = { code: 'INVALID_INPUT', field: `key.${field}` };

      await expect(store.append(anAppend({ key }))).rejects.toMatchObject(refused);
      await expect(store.load({ key })).rejects.toMatchObject(refused);
      await expect(store.remove({ key })).rejects.toMatchObject(refused);
      expect((await sessionsOf(namespace)).size).toBe(0);
    },
  );
});
