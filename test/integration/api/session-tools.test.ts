import { expect, test } from 'vitest';
import { createMemoryStore, openPagefold, SessionTools } from '../../../src/index.ts';

test('G-77, G-W17: the state of a session is in its log, and the same in another process', async () => {
  const store = createMemoryStore();
  await using here = await openPagefold({ store });
  const session = here.session('s');
  await session.userSays('What is 12% of 250.50?');
  const tools = await SessionTools.open(session);
  const report = await tools.begin('multiply', { a: 250.5, b: 0.12 });
  expect(report.verdict).toBe('allow');
  const { binding, receipt } = await tools.finish({ report, result: 30.06, callId: 'c1' });
  expect(binding).toMatchObject({ id: 'v1', value: 30.06 });
  const next = await tools.begin('add', { a: '$v1', b: 1 });
  expect(next.arguments).toEqual({ a: 30.06, b: 1 });
  await tools.finish({ report: next, error: 'out of paper', callId: 'c2' });

  await using there = await openPagefold({ store });
  const others = await SessionTools.open(there.session('s'));
  expect(others.state.snapshot()).toEqual(tools.state.snapshot());
  expect(others.state.getBinding('v1')).toMatchObject({ isUsed: true, usedIn: ['add'] });
  expect(others.state.getBudgetStatus().execution.used).toBe(2);
  const event = await there.session('s').events.find(receipt.eventId);
  expect(event?.metadata['guards']).toEqual({
    verdict: 'allow',
    findings: [],
    used: [],
    isBound: true,
  });
});

test('G-W20: calls that were begun count until they are recorded or released, and once', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const tools = await SessionTools.open(session, { limits: { executionBudget: 2 } });
  const [first, second, third] = await Promise.all(
    ['a', 'b', 'c'].map(async (tool) => tools.begin(tool, {})),
  );
  expect([first!, second!, third!].map(({ verdict }) => verdict)).toEqual([
    'allow',
    'allow',
    'block',
  ]);
  tools.release(second!);
  tools.release(second!);
  await tools.finish({ report: first!, result: 'ok' });
  expect(tools.state.getBudgetStatus().execution.used).toBe(1);
  expect((await tools.begin('c', {})).verdict).toBe('allow');
});

test('G-76, G-W02: what others record counts, and a message of the user starts a turn', async () => {
  const store = createMemoryStore();
  await using here = await openPagefold({ store });
  await using there = await openPagefold({ store });
  await here.session('s').userSays('go');
  const tools = await SessionTools.open(here.session('s'));
  for (let index = 0; index < 3; index += 1) {
    await there.session('s').toolUsed({ toolName: 'find', arguments: { q: 'x' }, result: [] });
  }
  expect((await tools.begin('find', { q: 'x' })).verdict).toBe('block');
  await there.session('s').userSays('again, please');
  expect((await tools.begin('find', { q: 'x' })).verdict).toBe('allow');
  const other = await SessionTools.open(here.session('other'));
  expect(other.state.getBinding('v1')).toBeNull();
});

test('a call that is recorded again after an error is recorded once', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const tools = await SessionTools.open(session);
  const report = await tools.begin('pay', { amount: 5 });
  const end = { report, result: 'paid', idempotencyKey: 'op-1' };
  const [first, again] = [await tools.finish(end), await tools.finish(end)];

  expect(again.receipt).toMatchObject({ eventId: first.receipt.eventId, isRepeated: true });
  expect(tools.state.getBudgetStatus().execution.used).toBe(1);
  expect(tools.state.snapshot().bindings.nextNumber).toBe(2);
});

test('a call that ends after the next message of the user counts in the turn of its record', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const tools = await SessionTools.open(session);
  const late = await tools.begin('a', {});
  await session.userSays('and now this');
  const next = await tools.begin('b', {});
  await tools.finish({ report: late, result: 1 });
  expect(tools.state.getBudgetStatus().execution.used).toBe(2);
  await tools.finish({ report: next, result: 2 });

  expect((await SessionTools.open(session)).state.snapshot()).toEqual(tools.state.snapshot());
  expect(tools.state.getBudgetStatus().execution.used).toBe(2);
});

test('a call id is answered once in its turn, also by another process, and anew where it stands for another call', async () => {
  const store = createMemoryStore();
  await using here = await openPagefold({ store });
  await using there = await openPagefold({ store });
  const session = here.session('s');
  await session.userSays('go');
  const tools = await SessionTools.open(session);
  const report = await tools.begin('pay', { amount: 5 });
  const end = { report, result: 'paid', callId: 'call_0' };
  const [first, again] = [await tools.finish(end), await tools.finish(end)];
  expect(again.receipt).toMatchObject({ eventId: first.receipt.eventId, isRepeated: true });
  expect(again.binding).toEqual(first.binding);
  await expect(tools.finish({ ...end, result: 'refused' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_REUSED',
  });

  const others = await SessionTools.open(there.session('s'));
  const same = await others.begin('pay', '{"amount": 5}');
  const theirs = await others.finish({ ...end, report: same });
  expect(theirs.receipt.isRepeated).toBe(true);
  expect(others.state.getBudgetStatus().execution.used).toBe(1);

  // Models that number their calls from 0 in every answer ask for other calls by the same id.
  const other = await tools.begin('pay', { amount: 6 });
  expect((await tools.finish({ ...end, report: other })).receipt.isRepeated).toBe(false);
  await session.userSays('once more');
  expect((await tools.finish(end)).receipt.isRepeated).toBe(true);
  const next = await tools.begin('pay', { amount: 5 });
  expect((await tools.finish({ ...end, report: next })).receipt.isRepeated).toBe(false);
});

test('wrong arguments are refused by their name', async () => {
  await using pagefold = await openPagefold();
  const tools = await SessionTools.open(pagefold.session('s'));
  const report = await tools.begin('add', { a: 1 });
  const wrong: readonly (readonly [object, string, readonly unknown[], string])[] = [
    [SessionTools, 'open', [], 'session'],
    [SessionTools, 'open', [{}], 'session'],
    [SessionTools, 'open', [pagefold.session('s'), null], 'options'],
    [tools, 'begin', [], 'toolName'],
    [tools, 'begin', ['add', '{'], 'arguments'],
    [tools, 'finish', [], 'end'],
    [tools, 'finish', [{ result: 1 }], 'end.report'],
    [tools, 'finish', [{ report: {} }], 'end.report.toolName'],
    [tools, 'finish', [{ report, isBound: 'no' }], 'end.isBound'],
    [tools, 'finish', [{ report, toolName: 'add' }], 'end.toolName'],
    [tools, 'finish', [{ report, metadata: 'x' }], 'end.metadata'],
  ];
  for (const [target, method, given, field] of wrong) {
    await expect(
      Reflect.apply(Reflect.get(target, method), target, given),
      `${method} ${field}`,
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
  }
});
