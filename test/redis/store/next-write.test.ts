import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { bucketOf, bucketRoot, encodeKey } from '../../../src/store/keys.ts';
import { toMoveArgs } from '../../../src/store/redis/append-text.ts';
import { APPEND_MOVES } from '../../../src/store/redis/scripts.generated.ts';
import type { AppendParams, HistoryPoint, Store } from '../../../src/store/store.ts';
import { aCount, aKey, anAppend, someRecords } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const key = aKey();
const HORIZON_MS = 600_000;
const LINK_LENGTH = 13;
const FORGED_HASH = 'abcdefghi';

interface Setting {
  readonly namespace: string;
  readonly store: Store;
  readonly raw: Redis;
}

function aSetting(): Setting {
  const url = inject('redisUrl');
  const namespace = aNamespace();
  const store = aRedisStore({ url, namespace });
  const raw = new Redis(url);
  onTestFinished(async () => {
    await store.close();
    raw.disconnect();
  });
  return { namespace, store, raw };
}

function keysOf(namespace: string): readonly [meta: string, log: string] {
  const root = bucketRoot(namespace, bucketOf(key));
  return [`${root}:m:${encodeKey(key)}`, `${root}:e:${encodeKey(key)}`];
}

interface Written {
  readonly writer: string;
  readonly operation: number;
  readonly records: number;
}

/** The links that a log of these writes has, made from the first one by the rule alone. */
function linksOf(first: string, writes: readonly Written[]): readonly string[] {
  const links = [first];
  let version = writes[0]?.records ?? 0;
  for (const { writer, operation, records } of writes.slice(1)) {
    version += records;
    const text = `${links.at(-1) ?? ''}\0${writer}\0${operation}`;
    const hash = createHash('sha1').update(text).digest('hex').slice(0, 9);
    links.push(hash + (version % 65_536).toString(16).padStart(4, '0'));
  }
  return links;
}

async function create(store: Store, writer = 'writer-1'): Promise<HistoryPoint> {
  const result = await store.append(anAppend({ key, write: { writer, operation: 1 } }));
  if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
  return result.point;
}

async function pointOf(store: Store): Promise<HistoryPoint> {
  const loaded = await store.load({ key });
  if (loaded.kind !== 'found') throw new Error(`unexpected ${loaded.kind}`);
  return loaded.point;
}

/**
 * Sends a move whose record stands behind a link that is not right. Where the server takes a move as the next write it keeps
 * the link; else it makes the right one.
 */
async function isTakenAsNext(
  { namespace, raw }: Setting,
  params: AppendParams,
  nowMs?: number,
): Promise<boolean> {
  const args = toMoveArgs(params, 'incarnation-2').map((arg, index, all) =>
    index === all.length - 1 ? FORGED_HASH + arg.slice(FORGED_HASH.length) : arg,
  );
  const given = [String(nowMs ?? ''), String(HORIZON_MS), '512', ...args];
  const replies = await raw.eval(APPEND_MOVES.text, 2, ...keysOf(namespace), ...given);
  const [reply]: readonly unknown[] = Array.isArray(replies) ? replies : [];
  return typeof reply === 'string' && reply.startsWith(FORGED_HASH);
}

describe('a write right behind what its writer knows', () => {
  test('is taken without a look at anything besides', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    const next = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 } });
    expect(await isTakenAsNext(setting, next)).toBe(true);
    expect(await setting.raw.llen(keysOf(setting.namespace)[1])).toBe(2);
  });

  test.each([
    ['of another writer', { write: { writer: 'writer-2', operation: 2 } }],
    ['that changes the segment', { openSegment: 2 }],
    ['guarded by a segment', { guards: { segment: 1 } }],
    ['in mode expected', { mode: 'expected' as const }],
    ['with labels', { labels: { userId: 'u-1', properties: {} } }],
    ['with an outbox entry', { outbox: { add: [{ id: 'a', dueAtMs: 1 }] } }],
  ])('is looked at in full when it is one %s', async (_title, parts) => {
    const setting = aSetting();
    const known = await create(setting.store);
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 }, ...parts });
    expect(await isTakenAsNext(setting, move)).toBe(false);
    expect(await setting.raw.llen(keysOf(setting.namespace)[1])).toBe(2);
  });

  test('lengthens the life of a session as any other does', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    await setting.store.setTimeToLive({ key, timeToLive: { slidingMs: 60_000 } });
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 } });
    const nowMs = Date.now() + 4000;
    expect(await isTakenAsNext(setting, move, nowMs)).toBe(true);
    const head = await setting.store.head({ key });
    expect(head?.expiresAtMs).toBe(nowMs + 60_000);
  });

  test('finds a session that expired gone', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    await setting.store.setTimeToLive({ key, timeToLive: { absoluteMs: 3000 } });
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 } });
    expect(await isTakenAsNext(setting, move, Date.now() + 4000)).toBe(false);
    expect(await setting.raw.exists(keysOf(setting.namespace)[1])).toBe(0);
  });

  test('does not move an expiry to where the index would not find it', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    await setTimeout(5);
    await setting.store.setTimeToLive({ key, timeToLive: { slidingMs: 60_000 } });
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 } });
    // A clock that was set back: from then on the session would expire before its expiry is looked at.
    expect(await isTakenAsNext(setting, move, Date.now() - 30_000)).toBe(false);
    expect(await setting.raw.llen(keysOf(setting.namespace)[1])).toBe(2);
  });

  test.each<[string, number, Partial<HistoryPoint>]>([
    ['its operation again', 1, {}],
    ['an operation before the last one', 0, {}],
    ['another hash than that of the last write', 2, { hash: '0000000000001' }],
    ['another version than the last', 2, { version: 2 }],
    ['another incarnation', 2, { incarnation: 'another' }],
  ])('is looked at in full with %s', async (_title, operation, parts) => {
    const setting = aSetting();
    const known = { ...(await create(setting.store)), ...parts };
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation } });
    expect(await isTakenAsNext(setting, move)).toBe(false);
    expect(await setting.raw.llen(keysOf(setting.namespace)[1])).toBe(1);
  });

  test('is looked at in full when others wrote meanwhile', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    await setting.store.append(anAppend({ key, known, write: { writer: 'b', operation: 1 } }));
    const move = anAppend({ key, known, write: { writer: 'b', operation: 2 } });
    expect(await isTakenAsNext(setting, move)).toBe(false);
    expect(await setting.raw.llen(keysOf(setting.namespace)[1])).toBe(3);
  });

  test('is looked at in full once the index by activity is behind', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 } });
    expect(await isTakenAsNext(setting, move, Date.now() + 60_000)).toBe(false);
    const after = {
      known: await pointOf(setting.store),
      write: { writer: 'writer-1', operation: 3 },
    };
    expect(await isTakenAsNext(setting, { ...move, ...after })).toBe(true);
  });

  test('says that the log is torn, and leaves it as it was', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    const log = keysOf(setting.namespace)[1];
    await setting.raw.rpush(log, 'half of a move');
    const move = anAppend({ key, known, write: { writer: 'writer-1', operation: 2 } });
    expect(await isTakenAsNext(setting, move)).toBe(false);
    expect(await setting.raw.lrange(log, 1, -1)).toEqual(['half of a move']);
  });

  test('is looked at in full once so many writers are remembered that some may have to be forgotten', async () => {
    const setting = aSetting();
    let known = await create(setting.store);
    for (const number of [2, 3, 4, 5, 6, 7, 8, 9]) {
      const write = { writer: `writer-${number}`, operation: 1 };
      const result = await setting.store.append(anAppend({ key, known, write }));
      if (result.kind === 'ok') known = result.point;
    }
    const move = anAppend({ key, known, write: { writer: 'writer-9', operation: 2 } });
    expect(await isTakenAsNext(setting, move)).toBe(false);
    expect(await setting.raw.llen(keysOf(setting.namespace)[1])).toBe(10);
  });

  test('to a torn log leaves the other moves of its call as they are', async () => {
    const { namespace, store, raw } = aSetting();
    // Of the same bucket or not, both travel in one call.
    const other = aKey({ sessionId: 'support-2' });
    const made = await store.append(anAppend({ key: other }));
    const known = await create(store);
    await raw.linsert(
      keysOf(namespace)[1],
      'BEFORE',
      (await raw.lindex(keysOf(namespace)[1], 0)) ?? '',
      'abcdefghi0001half',
    );
    const write = { writer: 'writer-1', operation: 2 };
    const point = made.kind === 'ok' ? made.point : null;
    const [torn, whole] = await Promise.all([
      store.append(anAppend({ key, known, write, records: ['2', '3'] })),
      store.append(anAppend({ key: other, known: point, write, records: ['4'] })),
    ]);
    expect(torn).toMatchObject({ kind: 'ok', firstPosition: 2 });
    expect(whole).toMatchObject({ kind: 'ok', firstPosition: 2 });
    const page = await store.read({ key: other, fromPosition: 2, limit: 10 });
    expect(page?.records).toEqual(['4']);
  });

  test('with counters that would not be exact is refused, and the next one of the call is read right', async () => {
    const setting = aSetting();
    const known = await create(setting.store);
    const write = { writer: 'writer-1', operation: 2 };
    const tooMuch = aCount({ tokens: Number.MAX_SAFE_INTEGER });
    const both = await Promise.allSettled([
      setting.store.append(anAppend({ key, known, write, counters: tooMuch, records: ['1', '2'] })),
      setting.store.append(anAppend({ key, known, write: { ...write, operation: 3 } })),
    ]);
    expect(both[0]).toMatchObject({ reason: { code: 'COUNT_OVERFLOW' } });
    expect(both[1]).toMatchObject({ value: { kind: 'ok', firstPosition: 2 } });
  });
});

describe('links of a log', () => {
  const write = fc.record({
    writer: fc.constantFrom('a', 'b', 'c'),
    records: fc.integer({ min: 1, max: 9 }),
    /** How many moves its writer does not know of. */
    behind: fc.constantFrom(0, 0, 0, 1, 2),
    isPlain: fc.boolean(),
  });

  test('are those of the rule, whichever way the server took, and records stay what they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 20 }), async (writes) => {
        const { namespace, store, raw } = aSetting();
        const points: HistoryPoint[] = [];
        const written: Written[] = [];
        const expected: string[] = [];
        for (const [index, { writer, records, behind, isPlain }] of writes.entries()) {
          const known = points.at(-1 - Math.min(behind, points.length - 1)) ?? null;
          const texts = someRecords(records, expected.length);
          const operation = index + 1;
          const extras = isPlain || known === null ? {} : { openSegment: 1 };
          const move = { key, known, write: { writer, operation }, records: texts, ...extras };
          const result = await store.append(anAppend(move));
          if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
          points.push(result.point);
          written.push({ writer, operation, records });
          expected.push(...texts);
        }
        const log = await raw.lrange(keysOf(namespace)[1], 0, -1);
        const links = log
          .filter((text) => !text.startsWith('.'))
          .map((text) => text.slice(0, LINK_LENGTH));
        expect(links).toEqual(linksOf(links[0] ?? '', written));
        expect(points.map(({ hash }) => hash)).toEqual(links);
        const page = await store.read({ key, fromPosition: 1, limit: 1000 });
        expect(page?.records).toEqual(expected);
        const head = await store.head({ key });
        expect(head?.version).toBe(expected.length);
        expect(head?.counters.events).toBe(expected.length);
      }),
      { numRuns: 60 },
    );
  });
});
