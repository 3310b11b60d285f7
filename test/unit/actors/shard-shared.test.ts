import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { runTimersUntil, virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aNewSession, aPolicy, aRecordCommand } from '../../lib/commands.ts';
import { type Passage, storeThrough } from '../../sim/store-through.ts';
import { scripted } from './scripted-passage.ts';
import { aShard, failureOf, HeldCalls, KEY, says, settled, type TestShard } from './test-shard.ts';

interface Pair {
  readonly here: TestShard;
  readonly there: TestShard;
}

/** Two processes over one store, both of which have the session in their cache. */
async function aPair(
  options: { readonly pass?: Passage; readonly store?: Store } = {},
): Promise<Pair> {
  const clock = virtualClock();
  const store = options.store ?? createMemoryStore({ clock });
  const shared = { clock, store, isShared: true };
  const there = aShard({ ...shared, writer: 'there' });
  await there.execute(says('first'));
  const here = aShard({
    ...shared,
    writer: 'here',
    ...(options.pass ? { pass: options.pass } : {}),
  });
  await here.read();
  return { here, there };
}

describe('several writers', () => {
  test('W-05: neither loses what the other recorded', async () => {
    const { here, there } = await aPair();
    await there.execute(says('there'));
    const reply = await here.execute(says('here'));
    expect(reply).toMatchObject({
      kind: 'committed',
      firstPosition: 4,
      state: { version: 4, totals: { counts: { userMessages: 3 } } },
    });
    expect(await there.read('fresh')).toEqual(reply.state);
  });

  test('C-126: close a full segment once', async () => {
    const { here, there } = await aPair();
    const ask = aRecordCommand({}, { policy: aPolicy({ maxTurnsPerSegment: 1 }) });
    await Promise.all([there.execute(ask), here.execute(ask)]);
    const state = await here.read('fresh');
    expect(state?.closed.map((segment) => segment.number)).toEqual([1, 2]);
    expect(state?.closed.map((segment) => segment.messages)).toEqual([1, 1]);
  });

  test('C-135: record what has a key once, wherever it is repeated', async () => {
    const { here, there } = await aPair();
    const command = aRecordCommand({}, { idempotencyKey: 'key-1' });
    const reply = await there.execute(command);
    await expect(here.execute(command)).resolves.toMatchObject({ kind: 'repeated', position: 3 });
    expect(reply).toMatchObject({ kind: 'committed', firstPosition: 3 });
  });

  test('W-11: create a session once', async () => {
    const clock = virtualClock();
    const store = createMemoryStore({ clock });
    const held = new HeldCalls('append');
    const here = aShard({ clock, store, isShared: true, writer: 'here', pass: held.pass });
    const there = aShard({ clock, store, isShared: true, writer: 'there' });
    const refusal = failureOf(here.execute({ type: 'create', session: aNewSession() }));
    await settled();
    await there.execute({ type: 'create', session: aNewSession() });
    await held.release();
    await expect(refusal).resolves.toMatchObject({ code: 'SESSION_ALREADY_EXISTS' });
  });

  test('give up on a command when others keep winning', async () => {
    const clock = virtualClock();
    const store = createMemoryStore({ clock });
    const there = aShard({ clock, store, isShared: true, writer: 'there' });
    await there.execute(says('first'));
    const here = aShard({
      clock,
      store,
      isShared: true,
      writer: 'here',
      limits: { conflictRounds: 3 },
      pass: async (method, call) => {
        if (method === 'append') await there.execute(says('faster'));
        return call();
      },
    });
    const change = { set: { level: 1 }, remove: [] };
    await expect(here.execute({ type: 'change-properties', change })).rejects.toMatchObject({
      code: 'SESSION_CONFLICT',
      retryable: true,
    });
    expect(here.shard.stats().conflicts).toBe(4);
  });
});

describe('refusals', () => {
  test('do not rest on a state that another process has changed since', async () => {
    const { here, there } = await aPair();
    await there.execute({ type: 'start-run', runId: 'run-1', metadata: {} });
    const move = { type: 'move-run', runId: 'run-1', to: 'running', reason: undefined } as const;
    await expect(here.execute(move)).resolves.toMatchObject({ kind: 'committed' });
  });

  test('do not rest on an answer of the store that is older than the call', async () => {
    const clock = virtualClock();
    const store = createMemoryStore({ clock });
    const held = new HeldCalls('load');
    const here = aShard({ clock, store, isShared: true, writer: 'here', pass: afterwards(held) });
    const there = aShard({ clock, store, isShared: true, writer: 'there' });
    const early = failureOf(here.execute(aRecordCommand({ message: 'early' })));
    await settled();
    await there.execute(says('first'));
    const late = here.execute(aRecordCommand({ message: 'late' }));
    for (let count = 0; count < 4; count += 1) await held.release();
    await expect(early).resolves.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await expect(late).resolves.toMatchObject({ kind: 'committed', firstPosition: 3 });
  });

  test('cost one look at the store for all commands of a tick', async () => {
    const { here } = await aPair();
    const loads = () => here.calls.filter((method) => method === 'load').length;
    const before = loads();
    const create = { type: 'create', session: aNewSession() } as const;
    await Promise.allSettled([1, 2, 3].map(() => here.execute(create)));
    expect(loads() - before).toBe(1);
  });
});

describe('doubt', () => {
  test('invariant 2: a commit whose answer was lost is acknowledged where it is', async () => {
    const { here, there } = await aPair({ pass: scripted('append', ['lose-reply']) });
    const command = here.execute(says('here'));
    await settled();
    await there.execute(says('there'));
    await expect(runTimersUntil(here.clock, command)).resolves.toMatchObject({
      kind: 'committed',
      firstPosition: 3,
    });
    await expect(here.read('fresh')).resolves.toMatchObject({ version: 4 });
  });

  test('invariant 3: a commit is not refused for what could not be read after it', async () => {
    const { here, there } = await aPair({
      pass: scripted('read', ['deliver', 'refuse']),
      store: paged(),
    });
    for (const text of ['a', 'b', 'c']) await there.execute(says(text));
    await expect(here.execute(says('here'))).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await expect(here.read('fresh')).resolves.toMatchObject({
      totals: { counts: { userMessages: 5 } },
    });
  });

  test('invariant 3: a commit is not repeated in a new session when the old one went with it', async () => {
    const { here, there } = await aPair({ pass: scripted('append', ['lose-reply']) });
    const command = here.execute(says('here'));
    await settled();
    await here.store.remove({ key: KEY });
    there.shard.forget(KEY);
    await expect(runTimersUntil(here.clock, command)).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
    });
    await expect(here.store.head({ key: KEY })).resolves.toBeNull();
  });

  test('W-10: a session that cannot be loaded is not taken for a new one', async () => {
    const clock = virtualClock();
    const here = aShard({ clock, pass: scripted('load', ['refuse']) });
    await expect(here.execute(says('first'))).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
    await expect(here.store.head({ key: KEY })).resolves.toBeNull();
  });

  test('W-04: a session that was removed is created anew, not continued', async () => {
    const { here } = await aPair();
    await here.store.remove({ key: KEY });
    await expect(here.execute(says('again'))).resolves.toMatchObject({
      firstPosition: 1,
      state: { version: 2, totals: { counts: { userMessages: 1 } } },
    });
  });

  test('a session that is replaced while it is read is read anew', async () => {
    const held = new HeldCalls('read');
    const store = paged();
    const clock = virtualClock();
    const there = aShard({ clock, store, isShared: true, writer: 'there' });
    for (const text of ['a', 'b', 'c']) await there.execute(says(text));
    const here = aShard({ clock, store, isShared: true, writer: 'here', pass: held.pass });
    const read = here.read('fresh');
    await settled();
    await store.remove({ key: KEY });
    await there.execute(says('other'));
    for (let count = 0; count < 5; count += 1) await held.release();
    await expect(read).resolves.toMatchObject({ totals: { counts: { userMessages: 1 } } });
  });
});

describe('lost history', () => {
  /** A pair whose store has gone back to before the last record, without either of them knowing. */
  async function aLoss(pass?: Passage): Promise<Pair> {
    const clock = virtualClock();
    const before = createMemoryStore({ clock, instance: 'same' });
    const copy = createMemoryStore({ clock, instance: 'same' });
    let present = before;
    const store = storeThrough(
      () => present,
      (_, call) => call(),
    );
    const appended: Promise<unknown>[] = [];
    const recording: Store = {
      ...store,
      append: (params) => {
        // The older copy knows only the first move.
        if (appended.length === 0) appended.push(copy.append(params));
        return store.append(params);
      },
    };
    const pair = await aPair({ store: recording, ...(pass === undefined ? {} : { pass }) });
    await pair.there.execute(says('lost'));
    await pair.here.read('fresh');
    await Promise.all(appended);
    present = copy;
    return pair;
  }

  test('invariant 8: is reported by the first command, and then the session goes on', async () => {
    const { here } = await aLoss();
    await expect(here.execute(says('next'))).rejects.toMatchObject({ code: 'HISTORY_REGRESSED' });
    await expect(here.execute(says('next'))).resolves.toMatchObject({ firstPosition: 3 });
  });

  test('invariant 8: is reported by the first fresh read', async () => {
    const { here } = await aLoss();
    await expect(here.read('fresh')).rejects.toMatchObject({ code: 'HISTORY_REGRESSED' });
    await expect(here.read('fresh')).resolves.toMatchObject({ version: 2 });
  });

  test('invariant 8: is reported to the next caller when the first one no longer listens', async () => {
    const held = new HeldCalls('append');
    const { here } = await aLoss(held.pass);
    const controller = new AbortController();
    const aborted = failureOf(here.execute(says('next'), { signal: controller.signal }));
    await settled();
    controller.abort();
    await held.release();
    await expect(aborted).resolves.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await expect(here.read('fresh')).rejects.toMatchObject({ code: 'HISTORY_REGRESSED' });
  });

  test('invariant 8: is still noticed after a fault of the store', async () => {
    const { here } = await aLoss(scripted('load', ['deliver', 'deliver', 'refuse']));
    await expect(here.read('fresh')).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
    await expect(here.read('fresh')).rejects.toMatchObject({ code: 'HISTORY_REGRESSED' });
  });
});

/** Carries calls out before it holds their answers back. */
function afterwards(held: HeldCalls): Passage {
  return async (method, call) => {
    const answer = await call();
    return held.pass(method, () => Promise.resolve(answer));
  };
}

/** A store whose tails hold one record each. */
function paged(): Store {
  const inner = createMemoryStore({ clock: virtualClock() });
  const plain = storeThrough(
    () => inner,
    (_, call) => call(),
  );
  return {
    ...plain,
    append: async (params) => {
      const result = await inner.append(params);
      return 'tail' in result ? { ...result, tail: firstOf(result.tail) } : result;
    },
    load: async (params) => {
      const loaded = await inner.load(params);
      return loaded.kind === 'found' ? { ...loaded, tail: firstOf(loaded.tail) } : loaded;
    },
  };
}

function firstOf<T extends { readonly records: readonly string[]; readonly isComplete: boolean }>(
  tail: T,
): T {
  if (tail.records.length <= 1) return tail;
  return { ...tail, records: tail.records.slice(0, 1), isComplete: false };
}
