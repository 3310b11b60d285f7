import { expect, test } from 'vitest';
import { StorageError, type Store } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aStoreWith, aWatchedStore, isAppendTo, linkDown } from './a-watched-store.ts';

/** More records than one append of an import holds. */
async function aLongExport(): Promise<readonly string[]> {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  await talk(session, 150);
  return collect(session.export());
}

test('an import that is refused halfway leaves neither a session nor a bill', async () => {
  const lines = await aLongExport();
  let appends = 0;
  const store = aWatchedStore(aStore(), ({ name, run }) => {
    const isSecond = name === 'append' && (appends += 1) % 2 === 0;
    return isSecond ? Promise.reject(linkDown()) : run();
  });
  const pagefold = await aPagefold({ store });

  for (let round = 1; round <= 2; round += 1) {
    // In order: a second try must find what the first one found.
    await expect(pagefold.importSession(lines)).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
  }

  expect((await pagefold.listSessions()).heads).toEqual([]);
  expect(await pagefold.tenantUsage()).toMatchObject({ costUsd: '0' });
});

test('an append of an import whose answer is lost is asked about again', async () => {
  const lines = await aLongExport();
  const lose = (): Promise<never> => Promise.reject(new Error('socket hang up'));
  const store = aStoreWith(aStore(), { isMeant: isAppendTo('s'), after: lose });
  const pagefold = await aPagefold({ store });

  await pagefold.importSession(lines);

  expect(await pagefold.session('s').getConversation()).toHaveLength(300);
});

test('an import whose beginning nobody answers for can be repeated', async () => {
  const lines = await aLongExport();
  let isAway = true;
  const store = aWatchedStore(aStore(), async ({ name, run }) => {
    const answer = await run();
    if (isAway && name === 'append')
      throw new StorageError({ code: 'UNKNOWN_OUTCOME', operation: 'append', backend: 'test' });
    return answer;
  });
  const limits = { retryHorizonMs: 1, retryFirstMs: 1, retryMaxMs: 1 };
  const pagefold = await aPagefold({ store, limits });

  await expect(pagefold.importSession(lines)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  isAway = false;
  await pagefold.importSession(lines);

  expect(await pagefold.session('s').getConversation()).toHaveLength(300);
});

test('an import that fails leaves what another process added meanwhile, also where a store answers with short pages', async () => {
  const inner = aStore();
  const other = await aPagefold({ store: inner });
  const origin = (await aPagefold({ store: inner })).session('s');
  await talk(origin, 20);
  await other.session('child').userSays('x');
  await origin.family.addChild('child');
  const lines = await collect(origin.export());
  const shortPages = new Proxy(inner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'read') return typeof value === 'function' ? value.bind(target) : value;
      return (params: Parameters<Store['read']>[0]) =>
        target.read({ ...params, limit: Math.min(params.limit, 10) });
    },
  });
  let isAdded = false;
  const store = aWatchedStore(shortPages, async ({ name, params, run }) => {
    if (name !== 'load' || params.key?.sessionId !== 'child') return run();
    if (!isAdded) await other.session('copy').userSays('Somebody else is here.');
    isAdded = true;
    throw linkDown();
  });
  const pagefold = await aPagefold({ store });

  await expect(pagefold.importSession(lines, { sessionId: 'copy' })).rejects.toMatchObject({
    code: expect.any(String) as string,
  });

  const kept = await other.session('copy').getConversation();
  expect(kept.at(-1)?.content).toBe('Somebody else is here.');
});
