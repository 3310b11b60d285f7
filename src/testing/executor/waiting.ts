import { expect } from 'vitest';
import { Overloaded } from '../../domain/errors.ts';
import {
  execute,
  type ExecutorCases,
  failureOf,
  messagesIn,
  says,
  SESSION,
} from './executor-subject.ts';

/** Long enough for a call to reach its turn, and short enough to be waited for. */
const SOON_MS = 150;

/** Calls that nobody waits for any more. */
export const interruptionCases: ExecutorCases = {
  'refuses a call whose signal is aborted already, for that reason': async ({ open, store }) => {
    const executor = await open();
    const reason = new Error('enough');
    const error = await failureOf(
      execute(executor, says('hello'), { signal: AbortSignal.abort(reason) }),
    );

    expect(error).toMatchObject({ code: 'ABORTED', cause: reason });
    expect(await store.head({ key: SESSION })).toBeNull();
  },

  'refuses a call whose deadline has passed': async ({ open, clock }) => {
    const executor = await open();
    const error = await failureOf(
      execute(executor, says('hello'), { deadlineMs: clock.nowMs() - 1 }),
    );

    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  },

  'takes a call back that waits behind a commit when its signal is aborted': async ({
    open,
    store,
  }) => {
    const executor = await open();
    store.hold();
    const first = execute(executor, says('first'));
    await store.arrived(1);
    const controller = new AbortController();
    const second = failureOf(execute(executor, says('second'), { signal: controller.signal }));
    const third = execute(executor, says('third'));
    const reason = new Error('enough');
    controller.abort(reason);

    expect(await second).toMatchObject({ code: 'ABORTED', cause: reason });
    store.release();
    await Promise.all([first, third]);
    expect(await messagesIn(store)).toEqual(['first', 'third']);
  },

  'does not say that nothing happened when a call is aborted in its commit': async ({
    open,
    store,
  }) => {
    const executor = await open();
    store.hold();
    const controller = new AbortController();
    const call = failureOf(execute(executor, says('hello'), { signal: controller.signal }));
    await store.arrived(1);
    controller.abort();

    expect(await call).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    store.release();
    await execute(executor, says('next'));
    expect(await messagesIn(store)).toEqual(['hello', 'next']);
  },

  'does not say that nothing happened when the deadline passes in the commit': async ({
    open,
    store,
    clock,
  }) => {
    const executor = await open();
    await execute(executor, says('warm'));
    store.hold();
    const call = failureOf(
      execute(executor, says('hello'), { deadlineMs: clock.nowMs() + SOON_MS }),
    );
    await store.arrived(1);

    expect(await call).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  },

  'takes a call back that waits behind a commit when its deadline passes': async ({
    open,
    store,
    clock,
  }) => {
    const executor = await open();
    store.hold();
    const first = execute(executor, says('first'));
    await store.arrived(1);
    const error = await failureOf(
      execute(executor, says('second'), { deadlineMs: clock.nowMs() + SOON_MS }),
    );

    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    store.release();
    await first;
    expect(await messagesIn(store)).toEqual(['first']);
  },

  'is certain about a read that is aborted': async ({ open, store }) => {
    const executor = await open();
    store.hold();
    const command = execute(executor, says('hello'));
    await store.arrived(1);
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const read = failureOf(executor.readState({ key: SESSION, freshness: 'fresh', options }));
    controller.abort();

    expect(await read).toMatchObject({ code: 'ABORTED' });
    store.release();
    await command;
  },
};

/** Bounds of what waits. */
export const overloadCases: ExecutorCases = {
  'turns calls away when a session has too many': async ({ open, store }) => {
    const executor = await open({ sessionQueue: 2 });
    store.hold();
    const calls = [execute(executor, says('a')), execute(executor, says('b'))];
    const error = await failureOf(execute(executor, says('c')));

    expect(error).toBeInstanceOf(Overloaded);
    expect(error).toMatchObject({ code: 'OVERLOADED', scope: 'session' });
    const other = { tenant: SESSION.tenant, sessionId: 'other' };
    const elsewhere = executor.execute({ key: other, command: says('d') });
    store.release();
    await Promise.all([...calls, elsewhere]);
    await execute(executor, says('e'));
    expect(await messagesIn(store)).toEqual(['a', 'b', 'e']);
  },

  'turns calls away when a tenant has too many': async ({ open, store }) => {
    const executor = await open({ tenantQueue: 1 });
    store.hold();
    const call = execute(executor, says('a'));
    const error = await failureOf(execute(executor, says('b')));

    expect(error).toMatchObject({ code: 'OVERLOADED', scope: 'tenant' });
    store.release();
    await call;
  },

  'tells when nothing waits and nothing is under way': async ({ open, store }) => {
    const executor = await open();
    await executor.whenIdle();
    store.hold();
    const answered: string[] = [];
    const calls = ['a', 'b'].map(async (text) => {
      await execute(executor, says(text));
      answered.push(text);
    });
    await store.arrived(1);
    const idle = executor.whenIdle();
    store.release();
    await idle;
    await Promise.all(calls);

    expect(answered).toEqual(['a', 'b']);
    expect(executor.stats().queued).toBe(0);
  },

  'counts a place that is reserved, and gives it back': async ({ open }) => {
    const executor = await open({ tenantQueue: 1 });
    const giveBack = executor.reserve({ key: SESSION, length: 10, waiting: 0 });
    expect(await failureOf(execute(executor, says('a')))).toMatchObject({ code: 'OVERLOADED' });
    expect(executor.stats().queued).toBe(1);

    giveBack();
    expect(await execute(executor, says('b'))).toMatchObject({ kind: 'committed' });
  },
};
