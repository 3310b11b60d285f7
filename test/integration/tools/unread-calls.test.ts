import { expect, test } from 'vitest';
import {
  openPagefold,
  SessionAwareToolProcessor,
  SessionTools,
  ToolRunner,
} from '../../../src/index.ts';

function asking(id: string, text: string): object {
  const call = { id, type: 'function', function: { name: 'read', arguments: text } };
  return { role: 'assistant', content: null, tool_calls: [call] };
}

test('calls that nobody could read are recorded and count for nothing, in another process too', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const processor = await SessionAwareToolProcessor.create(session, { tools: { read: () => 1 } });
  for (let at = 0; at < 13; at += 1)
    await processor.processLlmMessage(asking(`bad${at}`, `{bad${at}`));

  const [result] = await processor.processLlmMessage(asking('good', '{}'));

  expect(result).toMatchObject({ status: 'succeeded', value: 1, findings: [] });
  expect((await session.getStats()).toolCalls).toBe(14);
  const elsewhere = await SessionTools.open(pagefold.session('s'));
  for (const { state } of [processor.tools, elsewhere])
    expect(state.getBudgetStatus().execution).toEqual({ used: 1, limit: 12 });
});

test('limits of calls can be raised', async () => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const tools = { read: { execute: () => 1, isPolled: true } };
  const limits = { executionBudget: 18, toolBudgetTotal: 18 };
  const processor = await SessionAwareToolProcessor.create(session, { tools, guards: { limits } });
  const statuses: string[] = [];
  for (let at = 0; at < 19; at += 1) {
    const [result] = await processor.processLlmMessage(asking(`c${at}`, '{}'));
    statuses.push(result?.status ?? '');
  }
  expect(statuses.slice(0, 18)).not.toContain('blocked');
  expect(statuses[18]).toBe('blocked');
});

test.each(['tools', 'execute', 'defaults'])(
  '%s beside a runner, which has its own, are refused',
  async (name) => {
    await using pagefold = await openPagefold();
    const runner = new ToolRunner({ execute: () => 1 });
    const given = { tools: {}, execute: () => 2, defaults: { timeoutMs: 5 } };
    const options = { runner, [name]: given[name as keyof typeof given] };
    await expect(
      SessionAwareToolProcessor.create(pagefold.session('s'), options),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: `options.${name}`,
    });
  },
);

test.each([
  ['no calls', [{ name: 'read', why: 'it is safe' }], 0],
  ['a call among others', [{ note: 'Look!' }, { id: 'c', name: 'read', arguments: {} }], 1],
])('a text in JSON is kept as the model wrote it: %s', async (_, said, count) => {
  await using pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('go');
  const processor = await SessionAwareToolProcessor.create(session, { tools: { read: () => 1 } });
  const results = await processor.processLlmMessage(JSON.stringify(said));
  expect(results).toHaveLength(count);
  expect((await session.getConversation()).at(-1)?.content).toBe(JSON.stringify(said));
});
