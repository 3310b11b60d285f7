import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { SessionKey } from '../../../src/domain/ids.ts';
import { bucketOf } from '../../../src/store/keys.ts';
import type { HistoryPoint, Store } from '../../../src/store/store.ts';
import { aKey, anAppend, seededRandom, virtualClock } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const { tenant } = aKey();

/** Keys of one bucket, where the index has to tell them apart. */
function neighbours(count: number): readonly SessionKey[] {
  const found: SessionKey[] = [];
  const wanted = bucketOf(aKey());
  for (let number = 0; found.length < count; number += 1) {
    const key = aKey({ sessionId: `s${number}` });
    if (bucketOf(key) === wanted) found.push(key);
  }
  return found;
}

/** A caller of one session. */
function aCaller(store: Store, key: SessionKey): () => Promise<void> {
  let known: HistoryPoint | null = null;
  let operation = 0;
  return async () => {
    operation += 1;
    const write = { writer: key.sessionId, operation };
    const labels = { userId: 'ada', properties: {} };
    const result = await store.append(
      anAppend({ key, known, write, ...(known === null ? { labels } : {}) }),
    );
    if (result.kind !== 'ok') throw new Error(`unexpected ${result.kind}`);
    known = result.point;
  };
}

async function listed(store: Store, limit: number, userId?: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    // In order: each page says where the next one begins.
    const page = await store.list({
      tenant,
      order: 'updated',
      limit,
      ...(userId === undefined ? {} : { userId }),
      ...(cursor === null ? {} : { cursor }),
    });
    ids.push(...page.heads.map(({ key }) => key.sessionId));
    cursor = page.cursor;
  } while (cursor !== null);
  return ids;
}

describe('a listing by activity', () => {
  test('is exact also where sessions are written more often than the index is touched', async () => {
    const clock = virtualClock();
    const random = seededRandom(2);
    const store = aRedisStore({ url, namespace: aNamespace(), clock });
    onTestFinished(() => store.close());
    const keys = neighbours(14);
    const callers = keys.map((key) => aCaller(store, key));
    let latest: readonly string[] = [];
    for (const [index, write] of callers.entries()) {
      clock.advance(1);
      // In order: each write is later than the one before.
      await write();
      latest = [keys[index]?.sessionId ?? '', ...latest];
    }

    for (let turn = 0; turn < 60; turn += 1) {
      clock.advance(1 + Math.floor(random.next() * 700));
      const index = Math.floor(random.next() * keys.length);
      await callers[index]?.();
      const id = keys[index]?.sessionId ?? '';
      latest = [id, ...latest.filter((other) => other !== id)];
    }
    for (const limit of [1, 3, 100]) expect(await listed(store, limit)).toEqual(latest);
    expect(await listed(store, 2, 'ada')).toEqual(latest);
  });
});
