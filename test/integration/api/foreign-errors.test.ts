import { describe, expect, test } from 'vitest';
import type { Pagefold, Store } from '../../../src/index.ts';
import { StorageError } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

const DRIVER = new Error('socket hang up: "my roses grow"');

/** A store whose driver throws in one of its methods. */
function throwing(store: Store, method: string): Store {
  return aWatchedStore(store, ({ name, run }) => {
    if (name === method) throw DRIVER;
    return run();
  });
}

type Call = (pagefold: Pagefold) => Promise<unknown>;

const CALLS: readonly (readonly [method: string, code: string, call: Call])[] = [
  ['load', 'STORAGE_ERROR', (pagefold) => pagefold.session('s').getStats()],
  ['read', 'STORAGE_ERROR', (pagefold) => pagefold.session('s').getConversation()],
  ['list', 'STORAGE_ERROR', (pagefold) => pagefold.listSessions()],
  ['tenantUsage', 'STORAGE_ERROR', (pagefold) => pagefold.tenantUsage()],
  ['stats', 'STORAGE_ERROR', (pagefold) => pagefold.stats()],
  ['setTimeToLive', 'UNKNOWN_OUTCOME', (pagefold) => pagefold.session('s').setTimeToLive(60_000)],
  ['remove', 'UNKNOWN_OUTCOME', (pagefold) => pagefold.session('s').delete()],
  ['erase', 'UNKNOWN_OUTCOME', (pagefold) => pagefold.session('s').erase()],
  ['append', 'UNKNOWN_OUTCOME', (pagefold) => pagefold.session('s').userSays('more')],
];

describe('what the driver of a store throws', () => {
  test.each(CALLS)('in %s is the cause of a %s', async (method, code, call) => {
    const store = aStore();
    await talk((await aPagefold({ store })).session('s'), 1);
    const limits = { retryFirstMs: 1, retryMaxMs: 1 };
    const pagefold = await aPagefold({ store: throwing(store, method), limits });

    const error: unknown = await call(pagefold).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ code, operation: method, backend: 'memory', cause: DRIVER });
    // It may quote what somebody said.
    expect(String(error)).not.toContain('roses');
  });

  test('in an append of an import is the cause of an UNKNOWN_OUTCOME', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    await talk(pagefold.session('s'), 1);
    const lines = await collect(pagefold.session('s').export());
    const failing = await aPagefold({ store: throwing(store, 'append') });

    await expect(failing.importSession(lines, { sessionId: 'copy' })).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
      operation: 'append',
      cause: DRIVER,
    });
  });
});
