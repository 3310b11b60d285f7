import { describe, expect, test } from 'vitest';
import {
  RUN_STATUSES,
  runDurationSeconds,
  runToJson,
  runToolCalls,
  type SessionRuns,
} from '../../../src/index.ts';
import { aPagefold, collect } from './a-pagefold.ts';

describe('runs', () => {
  test('C-24: C-28: go from pending through running to an end, and are part of the session', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    const created = await session.runs.create({ runId: 'r-1', metadata: { goal: 'book' } });
    const started = await session.runs.start('r-1');
    const active = await session.runs.active();
    const ended = await session.runs.complete('r-1');

    expect(created).toMatchObject({ id: 'r-1', status: 'pending', metadata: { goal: 'book' } });
    expect(started).toMatchObject({ status: 'running', endedAtMs: null });
    expect(active).toEqual(started);
    expect(ended).toMatchObject({ status: 'completed', endedAtMs: expect.any(Number) as number });
    expect(await session.runs.active()).toBeNull();
    expect((await session.getSession()).runs).toEqual([ended]);
    expect((await session.getSession()).taskIds).toEqual(['r-1']);
  });

  test('C-24: keep the reason of a failure and of a cancellation', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const [first, second, third] = [
      await session.runs.create(),
      await session.runs.create(),
      await session.runs.create(),
    ];

    const failed = await session.runs.fail(first.id, 'no network');
    const cancelled = await session.runs.cancel(second.id, 'changed my mind');
    const silent = await session.runs.fail(third.id);

    expect(failed).toMatchObject({ status: 'failed', metadata: { failure_reason: 'no network' } });
    expect(cancelled).toMatchObject({ metadata: { cancel_reason: 'changed my mind' } });
    expect(silent.metadata).toEqual({});
  });

  test('C-3: know five statuses', () => {
    expect(RUN_STATUSES).toEqual(['pending', 'running', 'completed', 'failed', 'cancelled']);
  });

  test('W-67: refuse steps that a run cannot take, and change nothing by that', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { id } = await session.runs.create();
    await session.runs.start(id);
    await session.runs.complete(id);

    for (const call of ['start', 'fail', 'cancel', 'complete'] as const) {
      const refusal = { code: 'INVALID_SESSION_OPERATION', operation: `runs.${call}` };
      await expect(session.runs[call](id)).rejects.toMatchObject(refusal);
      await expect(session.runs[call]('nobody')).rejects.toMatchObject(refusal);
    }
    await expect(session.runs.create({ runId: id })).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'runs.create',
    });
    await expect(session.runs.addToolCall('nobody', 'e')).rejects.toMatchObject({
      message: expect.stringContaining("'runs.addToolCall'") as string,
    });
    expect(await session.runs.list()).toMatchObject([{ id, status: 'completed' }]);
  });

  test('C-25: have a duration once they have ended', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { id } = await session.runs.create();
    const started = await session.runs.start(id);
    const ended = await session.runs.complete(id);

    expect(runDurationSeconds(started)).toBeNull();
    expect(runDurationSeconds(ended)).toBeGreaterThanOrEqual(0);
    expect(runToJson(ended)).toMatchObject({ id, status: 'completed' });
  });

  test('C-26: list tool calls once each and find their events', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { id } = await session.runs.create();
    const { eventId } = await session.recordTool({ toolName: 'add', result: 8, taskId: id });

    await session.runs.addToolCall(id, eventId);
    await session.runs.addToolCall(id, eventId);

    const read = await session.getSession();
    expect(read.runs[0]?.toolCalls).toEqual([eventId]);
    expect(runToolCalls(read.runs[0]!, read.events)).toMatchObject([{ id: eventId }]);
  });

  test('change their metadata', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { id } = await session.runs.create({ metadata: { a: 1, b: 2 } });

    await session.runs.changeMetadata(id, { set: { c: 3 }, remove: ['a', 'missing'] });

    expect((await session.runs.list())[0]?.metadata).toEqual({ b: 2, c: 3 });
  });

  test('C-10: the active one is the last that runs', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const [first, second] = [await session.runs.create(), await session.runs.create()];
    await session.runs.start(second.id);
    await session.runs.start(first.id);

    expect((await session.runs.active())?.id).toBe(second.id);
  });

  test('answer each call of many at once with the run as that call left it', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.runs.create({ runId: 'r' });

    const [started, completed] = await Promise.all([
      session.runs.start('r'),
      session.runs.complete('r'),
    ]);

    expect([started.status, completed.status]).toEqual(['running', 'completed']);
  });

  test('C-52: C-53: events are tagged with a run, and usage is told by run and by source', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { id } = await session.runs.create();
    await session.userSays('outside');
    await session.userSays('inside', { taskId: id });
    await session.aiResponds('inside too', { taskId: id, model: 'gpt-4o-mini' });

    const byRun = await session.events.usageByRun();
    const bySource = await session.events.usageBySource();

    const events = await collect(session.events);
    const tokens = (pick: (event: (typeof events)[number]) => boolean): number =>
      events.filter(pick).reduce((sum, event) => sum + event.contentTokens, 0);
    expect(Object.keys(byRun)).toEqual(['no_run', id]);
    expect(byRun['no_run']?.totalTokens).toBe(tokens(({ taskId }) => taskId === null));
    expect(byRun[id]?.totalTokens).toBe(tokens(({ taskId }) => taskId === id));
    expect(Object.keys(bySource)).toEqual(['user', 'llm']);
    expect(bySource['llm']?.totalTokens).toBe(tokens(({ source }) => source === 'llm'));
  });

  test('C-53: usage by run of a session without events names no_run alone', async () => {
    const pagefold = await aPagefold();

    expect(await pagefold.session('s').events.usageByRun()).toMatchObject({
      no_run: { totalTokens: 0 },
    });
  });

  type Call = (runs: SessionRuns) => Promise<unknown>;
  test.each<[string, Call, string]>([
    ['a bad id', (runs) => runs.create({ runId: '' }), 'options.runId'],
    ['a bad reason', (runs) => runs.fail('r', 5 as never), 'reason'],
    ['a bad event id', (runs) => runs.addToolCall('r', 5 as never), 'eventId'],
    [
      'bad names to remove',
      (runs) => runs.changeMetadata('r', { remove: [5 as never] }),
      'change.remove[0]',
    ],
  ])('W-08: refuse %s without harm to the session', async (_name, call, field) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.runs.create({ runId: 'r' });

    await expect(call(session.runs)).rejects.toMatchObject({ code: 'INVALID_INPUT', field });

    expect((await session.getSession()).runs).toHaveLength(1);
  });

  test('moving a run of a session that is not there creates nothing', async () => {
    const pagefold = await aPagefold();

    await expect(pagefold.session('s').runs.start('r')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    expect(await pagefold.listSessions()).toMatchObject({ heads: [] });
  });
});
