import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { runTimersUntil } from '../../../src/testing/virtual-clock.ts';
import type { Passage } from '../../sim/store-through.ts';
import { scripted, type Step } from './scripted-passage.ts';
import { aShard, failureOf, HeldCalls, KEY, says, settled } from './test-shard.ts';

/** Holds appends back, and then lets a script decide what becomes of them. */
function heldAndScripted(held: HeldCalls, steps: readonly Step[]): Passage {
  const script = scripted('append', steps);
  return (method, call) => held.pass(method, () => script(method, call));
}

describe('a commit that fails', () => {
  test.each(['lose-request', 'refuse'] as const)(
    'takes nothing along that was queued behind it when its caller no longer listens: %s',
    async (step) => {
      const held = new HeldCalls('append');
      const pass = heldAndScripted(held, [step]);
      const here = aShard({ pass, limits: { retryHorizonMs: 0 } });
      const controller = new AbortController();
      const aborted = failureOf(here.execute(says('first'), { signal: controller.signal }));
      await settled();
      const behind = here.execute(says('behind'));
      controller.abort();
      await held.release();
      await held.release();
      await expect(aborted).resolves.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
      await expect(behind).resolves.toMatchObject({ kind: 'committed', firstPosition: 1 });
      expect(here.shard.stats().queued).toBe(0);
    },
  );

  test('fails all of its own commands and none of those behind it', async () => {
    const held = new HeldCalls('append');
    const pass = heldAndScripted(held, ['refuse']);
    const here = aShard({ pass });
    const own = ['a', 'b'].map((text) => failureOf(here.execute(says(text))));
    await settled();
    const behind = here.execute(says('behind'));
    await held.release();
    await held.release();
    await expect(Promise.all(own)).resolves.toMatchObject([
      { code: 'STORAGE_ERROR' },
      { code: 'STORAGE_ERROR' },
    ]);
    await expect(behind).resolves.toMatchObject({ kind: 'committed' });
  });
});

test.each(['refuse', 'overload'] as const)(
  'a commit of which nothing was recorded leaves the session as it is in memory: %s',
  async (step) => {
    const here = aShard({ pass: scripted('append', ['deliver', step]) });
    await here.execute(says('first'));
    const loads = here.calls.filter((method) => method === 'load').length;

    await expect(here.execute(says('second'))).rejects.toMatchObject({ retryable: true });

    const before = await here.read();
    await expect(here.execute(says('third'))).resolves.toMatchObject({ kind: 'committed' });
    expect(before).toMatchObject({ totals: { counts: { userMessages: 1 } } });
    expect(here.calls.filter((method) => method === 'load')).toHaveLength(loads);
  },
);

describe('a session that went while a commit was in doubt', () => {
  test('invariant 3: does not take along what was recorded before, though the first answer says gone', async () => {
    // The network made two copies; the answer to the one that was recorded is the one that is lost.
    const here = aShard({
      isShared: true,
      pass: async (method, call) => {
        if (method !== 'append' || here.appends.length !== 2) return call();
        await call();
        await here.store.remove({ key: KEY });
        return call();
      },
    });
    await here.execute(says('first'));
    await expect(here.execute(says('second'))).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await expect(here.store.head({ key: KEY })).resolves.toBeNull();
  });

  test('lets the commit be made anew when no copy was recorded', async () => {
    const script = scripted('append', ['deliver', 'lose-request']);
    const here = aShard({ isShared: true, pass: script });
    await here.execute(says('first'));
    const second = here.execute(says('second'));
    await settled();
    await here.store.remove({ key: KEY });
    await expect(runTimersUntil(here.clock, second)).resolves.toMatchObject({
      kind: 'committed',
      firstPosition: 1,
      state: { totals: { counts: { userMessages: 1 } } },
    });
  });
});

describe('a state that cannot be encoded', () => {
  test('costs the snapshot and nothing else', async () => {
    const here = aShard({ limits: { snapshotEvents: 1 } });
    await here.execute(says('first'));
    // Each value alone can be encoded, all of the state cannot: as when it is longer than the longest text there can be.
    const level: unknown = {
      toJSON: (name: string) => {
        if (name === 'level' && here.appends.length > 1)
          throw new RangeError('Invalid string length');
        return 1;
      },
    };
    const change = { set: { level: level as JsonValue }, remove: [] };
    const changed = here.execute({ type: 'change-values', change });
    await expect(changed).resolves.toMatchObject({ kind: 'committed' });
    await settled();
    expect(here.shard.stats()).toMatchObject({ failedSnapshots: 1, queued: 0, activations: 1 });
    await expect(here.read()).resolves.toMatchObject({ version: 3 });
  });
});
