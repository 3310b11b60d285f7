import { describe, expect, test } from 'vitest';
import { createMemoryStore, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { RecordedEvent, SessionManager, ToolResult } from '../../../src/index.ts';

const MANY = 1e6;
const GUARDS = {
  limits: {
    executionBudget: MANY,
    discoveryBudget: MANY,
    toolBudgetTotal: MANY,
    perToolCap: MANY,
  },
  runaway: { repeatThreshold: MANY, saturationThreshold: MANY, failureThreshold: MANY },
};

async function aSession() {
  const pagefold = await openPagefold({ store: createMemoryStore(), tokens: 'estimate' });
  const session = pagefold.session('s');
  await session.userSays('Pay.');
  return { session, [Symbol.asyncDispose]: () => pagefold.close({ timeoutMs: 10 }) };
}

/** A process of its own; what it pays for is noted, and never comes back where it is `stuck`. */
async function aProcessor(session: SessionManager, paid: string[], stuck: readonly string[] = []) {
  const execute = ({ to }: { readonly to?: unknown }) => {
    paid.push(String(to));
    return stuck.includes(String(to)) ? new Promise<string>(() => {}) : 'paid';
  };
  const tools = { pay: { effect: 'write', execute, maxWaiting: MANY } } as const;
  return SessionAwareToolProcessor.create(session, { tools, guards: GUARDS });
}

/** An answer that pays some people, in calls with ids of their own. */
function anAnswer(...people: readonly string[]): object {
  const calls = people.map((to) => ({
    id: `call_${to}8f3a2b1c`,
    type: 'function',
    function: { name: 'pay', arguments: JSON.stringify({ to }) },
  }));
  return { role: 'assistant', content: null, tool_calls: calls };
}

/** An answer that pays Ann, in a call of that id. */
function anAnswerWith(id: string): object {
  const call = { id, type: 'function', function: { name: 'pay', arguments: '{"to":"ann"}' } };
  return { role: 'assistant', content: null, tool_calls: [call] };
}

function toPart(to: string): object {
  return {
    type: 'tool-call',
    toolCallId: `toolu_${to}8f3a2b1c`,
    toolName: 'pay',
    input: { to },
  };
}

function askFor(to: string): object {
  return {
    type: 'tool-approval-request',
    approvalId: `a-${to}`,
    toolCallId: `toolu_${to}8f3a2b1c`,
  };
}

/** Calls that never come back are given up when their process closes, which is none of what is tested. */
function leaveOpen(running: Promise<unknown>): void {
  void Promise.allSettled([running]);
}

/** More idempotency keys than a session remembers. */
async function forgetKeys(session: SessionManager): Promise<void> {
  for (let index = 0; index < 300; index += 1)
    // In order: a session records one after the other anyway.
    await session.toolUsed({ toolName: 'log', result: index, idempotencyKey: `k${index}` });
}

/** Waits until a call has begun. */
async function until(paid: readonly string[], count: number): Promise<void> {
  while (paid.length < count)
    // In order: each look comes after a turn of the loop.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

async function answersOf(session: SessionManager): Promise<readonly RecordedEvent[]> {
  const answers: RecordedEvent[] = [];
  for await (const event of session.events.list({ types: ['message'] }))
    if (event.source === 'llm') answers.push(event);
  return answers;
}

const summed = (results: readonly ToolResult[]): unknown =>
  results.map(({ status, isRepeated }) => [status, isRepeated]);

describe('an answer that is given again when its idempotency key is forgotten', () => {
  test.each([{}, { operationId: 'answer-1' }])(
    'is the same answer, and a write in doubt is not run again: %j',
    async (options) => {
      await using made = await aSession();
      const paid: string[] = [];
      const first = await aProcessor(made.session, paid, ['ann']);
      leaveOpen(first.processLlmMessage(anAnswer('ann'), options));
      await until(paid, 1);
      await forgetKeys(made.session);
      const other = await aProcessor(made.session, paid);
      const told = await other.processLlmMessage(anAnswer('ann'), options);
      expect(summed(told)).toEqual([['unknown', false]]);
      expect(paid).toEqual(['ann']);
      expect(await answersOf(made.session)).toHaveLength(1);
    },
  );

  test('is the same for a call that was approved after the answer was recorded', async () => {
    await using made = await aSession();
    const paid: string[] = [];
    const first = await aProcessor(made.session, paid, ['bob']);
    await first.processLlmMessage([toPart('ann'), toPart('bob'), askFor('bob')]);
    leaveOpen(first.processLlmMessage([toPart('ann'), toPart('bob')]));
    await until(paid, 2);
    await forgetKeys(made.session);
    const other = await aProcessor(made.session, paid);
    const told = await other.processLlmMessage([toPart('ann'), toPart('bob')]);
    expect(summed(told)).toEqual([
      ['succeeded', true],
      ['unknown', false],
    ]);
    expect(paid).toEqual(['ann', 'bob']);
  });

  test('is the same when so many answers came since that it is no longer remembered where it is', async () => {
    await using made = await aSession();
    const paid: string[] = [];
    const first = await aProcessor(made.session, paid, ['ann']);
    leaveOpen(first.processLlmMessage(anAnswer('ann')));
    await until(paid, 1);
    for (let index = 0; index < 1_030; index += 1)
      // In order, as above.
      await made.session.aiResponds('Wait.', { eventId: `wait-${index}` });
    const other = await aProcessor(made.session, paid);
    expect(summed(await other.processLlmMessage(anAnswer('ann')))).toEqual([['unknown', false]]);
    expect(summed(await other.processLlmMessage(anAnswer('bob')))).toEqual([['succeeded', false]]);
    expect(paid).toEqual(['ann', 'bob']);
  });

  test('is refused where another answer has its name', async () => {
    await using made = await aSession();
    const paid: string[] = [];
    const processor = await aProcessor(made.session, paid);
    const options = { operationId: 'answer-1' };
    await processor.processLlmMessage(anAnswer('ann'), options);
    await forgetKeys(made.session);
    for (const other of [anAnswer('bob'), 'I paid nobody.'])
      await expect(processor.processLlmMessage(other, options)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
    expect(paid).toEqual(['ann']);
  });
});

describe('an answer with more calls than are remembered', () => {
  test.each([{}, { parentEventId: 'answer-1' }])(
    'has none of them run again, in this process or another: %j',
    async (options) => {
      await using made = await aSession();
      const paid: string[] = [];
      const people = Array.from({ length: 1_100 }, (_, index) => `p${index}`);
      const answer = anAnswer(...people);
      await made.session.aiResponds(answer, { eventId: 'answer-1' });
      const first = await aProcessor(made.session, paid);
      await first.processLlmMessage(answer, options);
      const again = await first.processLlmMessage(answer, options);
      const other = await aProcessor(made.session, paid);
      const elsewhere = await other.processLlmMessage(answer, options);
      expect([...again, ...elsewhere].every(({ isRepeated }) => isRepeated)).toBe(true);
      expect(paid.toSorted()).toEqual(people.toSorted());
    },
  );
});

describe('an answer that is given again after the user said something', () => {
  test('runs what was approved since, and tells again what ran before', async () => {
    await using made = await aSession();
    const paid: string[] = [];
    const processor = await aProcessor(made.session, paid);
    await processor.processLlmMessage([toPart('ann'), toPart('bob'), askFor('bob')]);
    await made.session.userSays('Yes, approved.');
    const told = await processor.processLlmMessage([toPart('ann'), toPart('bob')]);
    expect(summed(told)).toEqual([
      ['succeeded', true],
      ['succeeded', false],
    ]);
    expect(paid).toEqual(['ann', 'bob']);
  });

  test.each([
    'call_0',
    'functions.pay:0',
    'pay',
    'call_00000001',
    'pay_2',
    'call_pay',
    'get_a_payment',
    'toolcall1',
    'functionCall0',
    'message12',
    'step1_toolcall2',
    'call_10000001',
    'call_0000000a',
    'session-0b2f4c6e-call_1',
    'functions.getCustomerOrderHistoryPage:1',
  ])('is another answer where the ids of calls begin anew: %s', async (id) => {
    await using made = await aSession();
    const paid: string[] = [];
    const processor = await aProcessor(made.session, paid);
    const answer = anAnswerWith(id);
    await processor.processLlmMessage(answer);
    await processor.processLlmMessage(answer);
    expect(paid).toEqual(['ann']);
    await made.session.userSays('Once more.');
    expect(summed(await processor.processLlmMessage(answer))).toEqual([['succeeded', false]]);
    expect(paid).toEqual(['ann', 'ann']);
  });

  test.each([
    'toolu_01A09q90qw90lq917835lq9',
    'call_kGhTqWzxBNvrpLmJcYsDfKtA',
    'D681PevKs',
    'tooluse_kZJMlvQmRJ6eAyJE5GI-Qw',
    'function-call-9731842650183746152',
    '0b2f4c6e-1a3b-4c5d-8e9f-123456789012',
    'chatcmpl-tool-4f2b6c1d9e8a7035',
    'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  ])('is the same answer where no other has such ids: %s', async (id) => {
    await using made = await aSession();
    const paid: string[] = [];
    const processor = await aProcessor(made.session, paid);
    const answer = anAnswerWith(id);
    await processor.processLlmMessage(answer);
    await made.session.userSays('Go on.');
    expect(summed(await processor.processLlmMessage(answer))).toEqual([['succeeded', true]]);
    expect(paid).toEqual(['ann']);
  });
});
