import { expect } from 'vitest';
import { StorageError } from '../../domain/errors.ts';
import {
  execute,
  type ExecutorCases,
  failureOf,
  messagesIn,
  says,
  SESSION,
} from './executor-subject.ts';

const QUICK_RETRIES = { retryFirstMs: 1, retryMaxMs: 5, retryHorizonMs: 50 };
const SOON_MS = 150;
const LATER_MS = 5000;

/** A store that fails. */
export const failureCases: ExecutorCases = {
  'passes a definite failure of the store on': async ({ open, store }) => {
    const executor = await open();
    store.meet(() => Promise.reject(new StorageError({ operation: 'append', backend: 'test' })));
    const error = await failureOf(execute(executor, says('hello')));

    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ code: 'STORAGE_ERROR', operation: 'append', backend: 'test' });
    store.meet(null);
    expect(await execute(executor, says('again'))).toMatchObject({ firstPosition: 1 });
  },

  'records once when the answer of the store is lost': async ({ open, store }) => {
    const executor = await open({ ...QUICK_RETRIES, retryHorizonMs: LATER_MS });
    let lost = 0;
    store.meet(async (append) => {
      const result = await append();
      lost += 1;
      if (lost > 2) return result;
      throw new StorageError({ code: 'UNKNOWN_OUTCOME', operation: 'append', backend: 'test' });
    });

    expect(await execute(executor, says('hello'))).toMatchObject({ firstPosition: 1 });
    expect(await messagesIn(store)).toEqual(['hello']);
  },

  'says that the outcome is unknown when the store never says': async ({ open, store }) => {
    const executor = await open(QUICK_RETRIES);
    store.meet(() =>
      Promise.reject(new StorageError({ code: 'UNKNOWN_OUTCOME', operation: 'append' })),
    );
    const error = await failureOf(execute(executor, says('hello')));

    expect(error).toMatchObject({ code: 'UNKNOWN_OUTCOME', retryable: false });
  },

  'does not take an error without a code for a promise that nothing happened': async ({
    open,
    store,
  }) => {
    const executor = await open(QUICK_RETRIES);
    store.meet(() => Promise.reject(new TypeError('a bug of a driver, with content')));
    const error = await failureOf(execute(executor, says('hello')));

    expect(error).toMatchObject({ code: 'UNKNOWN_OUTCOME', cause: { name: 'TypeError' } });
    expect(String(error)).not.toContain('content');
  },
};

/** The end of an executor. */
export const closingCases: ExecutorCases = {
  'finishes what is under way, and takes no more': async ({ open, store, clock }) => {
    const executor = await open();
    const calls = ['a', 'b', 'c'].map((text) => execute(executor, says(text)));
    const closing = executor.close({ deadlineMs: clock.nowMs() + LATER_MS });
    const late = failureOf(execute(executor, says('late')));

    expect(await late).toMatchObject({ code: 'CLOSED' });
    await closing;
    expect((await Promise.all(calls)).map(({ kind }) => kind)).toEqual(Array(3).fill('committed'));
    expect(await messagesIn(store)).toEqual(['a', 'b', 'c']);
  },

  'is closed once': async ({ open, clock }) => {
    const executor = await open();
    const deadlineMs = clock.nowMs() + LATER_MS;

    expect(executor.close({ deadlineMs })).toBe(executor.close({ deadlineMs: 0 }));
  },

  'says at the deadline which calls did nothing, and of which nobody knows': async ({
    open,
    store,
    clock,
  }) => {
    const executor = await open();
    store.hold();
    const running = failureOf(execute(executor, says('running')));
    await store.arrived(1);
    const queued = failureOf(execute(executor, says('queued')));
    const read = failureOf(executor.readState({ key: SESSION, freshness: 'local' }));
    await executor.close({ deadlineMs: clock.nowMs() + SOON_MS });

    expect(await running).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    expect(await queued).toMatchObject({ code: 'CLOSED' });
    expect(await read).toMatchObject({ code: 'CLOSED' });
  },
};
