import { describe, expect, test } from 'vitest';
import type { Summarize } from '../../../src/queue/summary-worker.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';
import { aNewSession } from '../../lib/commands.ts';
import { aSetting, KEY, summaryJobOf, summaryOf, withClosedSegment } from './a-setting.ts';

describe('the sweep', () => {
  test('W-07: asks for a summary that a crash left behind', async () => {
    const setting = aSetting(() => 'Wonders.');
    await withClosedSegment(setting);
    expect(await setting.outbox()).toMatchObject([{ id: 'summarise/1' }]);

    await setting.later(15_000);
    expect(await summaryOf(setting)).toMatch(/^User discussed/);
    await setting.later(30_000);

    expect(await summaryOf(setting)).toBe('Wonders.');
    expect(await setting.outbox()).toEqual([]);
  });

  test('puts off what this process cannot do, so that it is not in the way', async () => {
    const setting = aSetting();
    await withClosedSegment(setting);

    await setting.later(45_000);

    const [entry] = await setting.outbox();
    expect(entry!.dueAtMs).toBe(virtualClock().nowMs() + 30_000 + 600_000);
    expect(setting.warnings).toEqual([]);
  });

  test('registers a child whose parent was not told', async () => {
    const setting = aSetting();
    const { shard } = setting;
    await shard.execute({ key: KEY, command: { type: 'create', session: aNewSession() } });
    const child = { tenant: 't', sessionId: 'child' };
    const session = aNewSession({ parentId: 's' });
    await shard.execute({ key: child, command: { type: 'create', session } });

    await setting.later(45_000);

    const parent = await shard.readState({ key: KEY, freshness: 'fresh' });
    expect(parent?.children).toEqual([{ id: 'child', isFork: false }]);
    expect(await setting.outbox()).toEqual([]);
  });

  test('W-17: makes a child forget a parent that went away before it was told', async () => {
    const setting = aSetting();
    const { shard } = setting;
    const session = aNewSession({ parentId: 'gone' });
    await shard.execute({ key: KEY, command: { type: 'create', session } });

    await setting.later(45_000);

    const state = await shard.readState({ key: KEY, freshness: 'fresh' });
    expect(state?.parentId).toBeNull();
    expect(await setting.outbox()).toEqual([]);
  });

  test('forgets what belongs to a session that is gone', async () => {
    const setting = aSetting(() => 'Wonders.');
    await withClosedSegment(setting);
    await setting.store.remove({ key: KEY });

    await setting.later(45_000);

    expect(await setting.outbox()).toEqual([]);
    expect(setting.warnings).toEqual([]);
  });

  test('warns when the store fails, and comes back', async () => {
    const setting = aSetting(() => 'Wonders.');
    await withClosedSegment(setting);
    let failures = 1;
    const { store } = setting;
    const dueOutbox = store.dueOutbox.bind(store);
    store.dueOutbox = (params) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('link down')) : dueOutbox(params);
    };

    await setting.later(15_000);
    expect(setting.warnings).toEqual([{ code: 'SWEEP_FAILED', message: 'Error' }]);
    await setting.later(45_000);

    expect(await summaryOf(setting)).toBe('Wonders.');
  });
});

describe('a summary', () => {
  test('that takes long is not taken for lost by a sweep of another process', async () => {
    let answer: (text: string) => void = () => undefined;
    const setting = aSetting();
    await withClosedSegment(setting);
    const job = await summaryJobOf(setting, 500);
    const written = new Promise<string>((resolve) => (answer = resolve));
    setting.followUps.requestSummary(job, () => written);

    setting.clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    const [entry] = await setting.outbox();
    expect(entry!.dueAtMs).toBe(setting.clock.nowMs() + 600_000);

    answer('Wonders.');
    await setting.followUps.whenIdle();
    expect(await summaryOf(setting)).toBe('Wonders.');
    expect(await setting.outbox()).toEqual([]);
  });

  test('is made once, however often it is asked for', async () => {
    let calls = 0;
    const summarize: Summarize = () => {
      calls += 1;
      return 'Wonders.';
    };
    const setting = aSetting(summarize);
    await withClosedSegment(setting);

    const job = await summaryJobOf(setting, 100);
    setting.followUps.requestSummary(job, summarize);
    setting.followUps.requestSummary(job, summarize);
    await setting.followUps.whenIdle();
    setting.followUps.requestSummary(job, summarize);
    await setting.followUps.whenIdle();
    await setting.later(60_000);

    expect(calls).toBe(1);
  });

  test('is refused above the share of the prompt that it was granted', async () => {
    const setting = aSetting();
    await withClosedSegment(setting);
    const summarize = (): string => 'one two three four five six';

    setting.followUps.requestSummary(await summaryJobOf(setting, 3), summarize);
    await setting.later(1000);

    expect(await summaryOf(setting)).toMatch(/^User discussed/);
    expect(setting.warnings).toEqual([
      {
        code: 'SUMMARY_FAILED',
        tenant: 't',
        sessionId: 's',
        message: 'segment 1 keeps its extractive summary: over-limit',
      },
    ]);
    expect(await setting.outbox()).toEqual([]);
  });
});

describe('tryLinkParent', () => {
  test('leaves a failure to the sweep and warns', async () => {
    const setting = aSetting();
    const parent = { tenant: 't', sessionId: 'other' };
    await setting.shard.execute({
      key: parent,
      command: { type: 'create', session: aNewSession() },
    });
    const session = aNewSession({ parentId: 'other' });
    await setting.shard.execute({ key: KEY, command: { type: 'create', session } });
    const { store } = setting;
    const settle = store.settleOutbox.bind(store);
    store.settleOutbox = () => Promise.reject(new Error('link down'));

    await setting.followUps.tryLinkParent(KEY);
    store.settleOutbox = settle;

    expect(setting.warnings).toEqual([
      { code: 'FOLLOW_UP_FAILED', message: 'Error', tenant: 't', sessionId: 's' },
    ]);
    expect(await setting.outbox()).toMatchObject([{ id: 'link-parent/other' }]);
  });

  test.each([
    ['another summary stands where the job was made for one', { hash: 'of another one' }],
    ['the log is shorter than it was', { version: 1_000_000 }],
  ])('W-07: refuses a job when %s, and the sweep asks anew', async (_when, change) => {
    let calls = 0;
    const setting = aSetting(() => {
      calls += 1;
      return 'Wonders.';
    });
    await withClosedSegment(setting);

    setting.followUps.requestSummary({ ...(await summaryJobOf(setting, 100)), ...change });
    await setting.followUps.whenIdle();
    expect(calls).toBe(0);
    expect(await setting.outbox()).toMatchObject([{ id: 'summarise/1' }]);

    await setting.later(45_000);
    expect([calls, await summaryOf(setting)]).toEqual([1, 'Wonders.']);
    expect(await setting.outbox()).toEqual([]);
  });
});
