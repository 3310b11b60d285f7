import { expect, test } from 'vitest';
import { MAX_CHILDREN } from '../../../src/domain/session-state.ts';
import { aPagefold, aStore } from './a-pagefold.ts';

const KEY = { tenant: 'default', sessionId: 'full' };
const NOTHING = { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n };

test('W-17: a child that a full parent refuses stays with the parent it has', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await pagefold.session('full').userSays('x');
  await pagefold.session('p').userSays('x');
  await pagefold.session('child', { parentId: 'p' }).userSays('x');
  for (let from = 0; from < MAX_CHILDREN; from += 250) {
    const loaded = await store.load({ key: KEY });
    const links = Array.from({ length: Math.min(250, MAX_CHILDREN - from) }, (_, index) => {
      const childId = `c${from + index}`;
      return { type: 'child-changed', atMs: 1, childId, isLinked: true, isFork: false };
    });
    await store.append({
      key: KEY,
      write: { writer: 'by-hand', operation: from + 1 },
      known: loaded.kind === 'found' ? loaded.point : null,
      mode: 'any',
      records: links.map((link) => `1${JSON.stringify(link)}`),
      counters: NOTHING,
    });
  }

  await expect(pagefold.session('full').family.addChild('child')).rejects.toMatchObject({
    code: 'INVALID_SESSION_OPERATION',
  });

  expect(await pagefold.session('child').family.parentId()).toBe('p');
  expect(await pagefold.session('p').family.childIds()).toEqual(['child']);
});
