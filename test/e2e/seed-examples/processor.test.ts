import { expect, test } from 'vitest';
import { openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';

const ROOTS = {
  sqrt: ({ x }: Record<string, unknown>) => Math.sqrt(Number(x)),
  calculator: ({ op, operation = op, a, b }: Record<string, unknown>) => {
    if (operation !== 'add') throw new Error(`invalid operation: ${String(operation)}`);
    return { result: Number(a) + Number(b) };
  },
  normal_cdf: () => 0.9332,
};

function asks(name: string, args: object, id: string): object {
  return { tool_calls: [{ id, function: { name, arguments: JSON.stringify(args) } }] };
}

test('guards and tool state: names, circles, numbers from nowhere, and a new prompt, by the processor', async () => {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('guards');
  await session.userSays('What is the square root of 16?');
  const processor = await SessionAwareToolProcessor.create(session, { tools: ROOTS });
  const { state } = processor.tools;

  const [root] = await processor.processLlmMessage(asks('sqrt', { x: 16 }, 'c1'));
  expect(root).toMatchObject({ status: 'succeeded', value: 4, bindingId: 'v1' });
  expect(state.checkRunaway().shouldStop).toBe(false);

  const args = { mean: 0, std: 1, x: 1.5 };
  const [blocked] = await processor.processLlmMessage(asks('normal_cdf', args, 'c2'));
  expect(blocked).toMatchObject({ status: 'blocked', findings: [{ guard: 'precondition' }, {}] });
  const [grounded] = await processor.processLlmMessage(
    asks('normal_cdf', { ...args, x: '$v1' }, 'c3'),
  );
  expect(grounded).toMatchObject({ status: 'succeeded', arguments: { ...args, x: 4 } });

  expect(state.getBudgetStatus().total.used).toBe(2);
  await session.userSays('Thanks.');
  await processor.tools.refresh();
  expect(state.getBudgetStatus().total.used).toBe(0);
  expect(state.getBinding('v1')?.value).toBe(4);
});

test('procedural memory: what put a failure right is told to the model, by the processor', async () => {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('memory');
  await session.userSays('What is 5 plus 3?');
  const processor = await SessionAwareToolProcessor.create(session, { tools: ROOTS });

  const wrong = { op: 'plus', a: 5, b: 3 };
  const [failed] = await processor.processLlmMessage(asks('calculator', wrong, 'c1'));
  expect(failed).toMatchObject({ status: 'failed', errorClass: 'validation' });
  const right = { ...wrong, op: 'add' };
  const [added] = await processor.processLlmMessage(asks('calculator', right, 'c2'));
  expect(added).toMatchObject({ status: 'succeeded', value: { result: 8 } });

  const memory = await processor.procedures?.memory();
  expect(memory?.fixRelations()).toMatchObject([
    { deltaArguments: { changed: { op: { from: 'plus', to: 'add' } } } },
  ]);
  const [again] = await processor.processLlmMessage(asks('calculator', wrong, 'c3'));
  expect(again?.suggestion).toContain('add');
});

test('tool tracking: calls are recorded below the answer that asked, and counted, by the processor', async () => {
  await using pagefold = await openPagefold({ tokens: 'estimate' });
  const session = pagefold.session('tracking');
  await session.userSays('What is 5 + 3?');
  const processor = await SessionAwareToolProcessor.create(session, { tools: ROOTS });
  const args = { operation: 'add', a: 5, b: 3 };
  const [result] = await processor.processLlmMessage(asks('calculator', args, 'c1'));

  const event = await session.events.find(result?.eventId ?? '');
  expect(event?.message).toMatchObject({ tool: 'calculator', arguments: args, callId: 'c1' });
  expect(event?.message).toMatchObject({ result: { result: 8 }, success: true });
  expect(await session.getStats()).toMatchObject({ toolCalls: 1 });
});
