import { describe, expect, test } from 'vitest';
import { createMemoryStore, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { SessionManager } from '../../../src/index.ts';

const PAY = { type: 'tool-call', toolCallId: 'p1', toolName: 'pay', input: { euros: 5 } };
const MAIL = { type: 'tool-call', toolCallId: 'm1', toolName: 'mail', input: { to: 'ann' } };
const REFUND = { type: 'tool-call', toolCallId: 'f1', toolName: 'refund', input: { euros: 1 } };
const usage = { inputTokens: 10, outputTokens: 2, totalTokens: 12 };

/** A message of the AI SDK's user interface: mail that is to be sent, or was, and a payment in some state. */
function aUiMessage(payment: object, mail: object): object {
  const pay = { type: 'tool-pay', toolCallId: 'p1', input: PAY.input, ...payment };
  const send = { type: 'dynamic-tool', toolName: 'mail', toolCallId: 'm1', input: MAIL.input };
  const parts = [{ type: 'text', text: 'I pay and mail.' }, pay, { ...send, ...mail }];
  return { id: 'msg-1', role: 'assistant', parts };
}

/** A result of the AI SDK some of whose calls wait for a person. */
function aResult(...waiting: readonly { readonly toolCallId: string }[]): object {
  const requests = waiting.map((toolCall) => ({
    type: 'tool-approval-request',
    approvalId: `a-${toolCall.toolCallId}`,
    toolCall,
  }));
  const calls = [PAY, MAIL, REFUND];
  const content = [...calls, ...requests];
  return { text: '', content, toolCalls: calls, toolResults: [], usage, response: { id: 'r1' } };
}

async function aProcessor(session: SessionManager) {
  const ran: string[] = [];
  const run = (name: string) => () => {
    ran.push(name);
    return `${name} done`;
  };
  const tools = { pay: run('pay'), mail: run('mail'), refund: run('refund') };
  return { ran, processor: await SessionAwareToolProcessor.create(session, { tools }) };
}

async function aSession() {
  const pagefold = await openPagefold({ store: createMemoryStore(), tokens: 'estimate' });
  const session = pagefold.session('s');
  await session.userSays('Pay and tell Ann.');
  return { session, [Symbol.asyncDispose]: () => pagefold.close() };
}

const summed = (results: readonly object[]): unknown =>
  results.map((result) => ['callId', 'value', 'isRepeated'].map((key) => Reflect.get(result, key)));

describe('a call that a person approves after others of its answer ran', () => {
  test.each<[string, object, readonly unknown[]]>([
    ['alone', [PAY], [['p1', 'pay done', false]]],
    [
      'with the others',
      [PAY, MAIL],
      [
        ['p1', 'pay done', false],
        ['m1', 'mail done', true],
      ],
    ],
    [
      'in another order',
      [MAIL, PAY],
      [
        ['m1', 'mail done', true],
        ['p1', 'pay done', false],
      ],
    ],
  ])('runs, and they are told again, when the answer is recorded: %s', async (_, later, told) => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    await made.session.aiResponds(aResult(PAY, REFUND), { eventId: 'r1' });
    const options = { parentEventId: 'r1' };
    const first = await processor.processLlmMessage(aResult(PAY, REFUND), options);
    expect(summed(first)).toEqual([['m1', 'mail done', false]]);
    expect(summed(await processor.processLlmMessage(later, options))).toEqual(told);
    expect(ran).toEqual(['mail', 'pay']);
    const again = await aProcessor(made.session);
    await again.processor.processLlmMessage([PAY, MAIL], options);
    expect(again.ran).toEqual([]);
  });

  test('does not run below an answer that is not there, which may be another by mistake', async () => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    await made.session.aiResponds(aResult(PAY, REFUND), { eventId: 'r1' });
    const call = processor.processLlmMessage([PAY, MAIL], { parentEventId: 'r2' });
    const message = expect.stringContaining('options.parentEventId') as string;
    await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT', message });
    expect(ran).toEqual([]);
  });

  test.each([
    [true, ['mail', 'pay']],
    [false, ['mail']],
  ])(
    'runs once in a message of a user interface, unless it is denied: %j',
    async (approved, expected) => {
      await using made = await aSession();
      const { ran, processor } = await aProcessor(made.session);
      const open = { state: 'input-available' };
      const requested = { state: 'approval-requested', approval: { id: 'a' } };
      await processor.processLlmMessage(aUiMessage(requested, open));
      expect(ran).toEqual(['mail']);
      const responded = { state: 'approval-responded', approval: { id: 'a', approved } };
      const done = { state: 'output-available', output: 'mail done' };
      const later = await processor.processLlmMessage(aUiMessage(responded, done));
      expect(summed(later)).toEqual(approved ? [['p1', 'pay done', false]] : []);
      const other = await aProcessor(made.session);
      await other.processor.processLlmMessage(aUiMessage(responded, open));
      expect([...ran, ...other.ran]).toEqual(expected);
      const answers = (await made.session.getMessagesForLlm()).filter(
        ({ role, content }) => role === 'assistant' && content === 'I pay and mail.',
      );
      expect(answers).toHaveLength(1);
    },
  );

  test.each<[string, object]>([
    ['as the AI SDK says it', { type: 'execution-denied' }],
    ['as text', { type: 'text', value: 'denied' }],
  ])('does not run, nor do others once more, when the person says no: %s', async (_, output) => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    await processor.processLlmMessage(aResult(PAY, REFUND));
    const denied = [PAY, REFUND].map(({ toolCallId, toolName }) => ({
      type: 'tool-result',
      toolCallId,
      toolName,
      output,
    }));
    const result = aResult();
    const content = [PAY, MAIL, REFUND, ...denied];
    const told = await processor.processLlmMessage({ ...result, content, toolResults: denied });
    expect(summed(told)).toEqual([['m1', 'mail done', true]]);
    expect(ran).toEqual(['mail']);
  });

  test.each([{}, { operationId: 'answer-1' }])(
    'runs once, whoever gives the answer again without its request: %j',
    async (options) => {
      await using made = await aSession();
      const { ran, processor } = await aProcessor(made.session);
      await processor.processLlmMessage(aResult(PAY, REFUND), options);
      expect(ran).toEqual(['mail']);
      const approved = aResult(REFUND);
      const both = await processor.processLlmMessage(approved, options);
      expect(summed(both)).toEqual([
        ['p1', 'pay done', false],
        ['m1', 'mail done', true],
      ]);
      const other = await aProcessor(made.session);
      const all = await other.processor.processLlmMessage(aResult(), options);
      expect(summed(all)).toEqual([
        ['p1', 'pay done', true],
        ['m1', 'mail done', true],
        ['f1', 'refund done', false],
      ]);
      expect([...ran, ...other.ran]).toEqual(['mail', 'pay', 'refund']);
      const prompt = await made.session.getMessagesForLlm();
      expect(prompt.filter(({ role }) => role === 'tool').map(({ content }) => content)).toEqual([
        'mail done',
        'pay done',
        'refund done',
      ]);
      // What the answer took is counted once.
      expect((await made.session.getStats()).usage).toEqual({ inputTokens: 10, outputTokens: 2 });
    },
  );

  test('is not run again by a process that does not know what came of it', async () => {
    await using made = await aSession();
    const began: string[] = [];
    const controller = new AbortController();
    const dying = await SessionAwareToolProcessor.create(made.session, {
      tools: {
        mail: () => 'mail done',
        pay: () => {
          began.push('pay');
          return new Promise(() => undefined);
        },
      },
    });
    await dying.processLlmMessage(aResult(PAY, REFUND));
    const { signal } = controller;
    const running = dying.processLlmMessage(aResult(REFUND), { signal });
    await expect.poll(() => began).toEqual(['pay']);
    const other = await aProcessor(made.session);
    expect(await other.processor.processLlmMessage(aResult(REFUND))).toMatchObject([
      { callId: 'p1', status: 'unknown' },
      { callId: 'm1', status: 'succeeded', isRepeated: true },
    ]);
    expect(other.ran).toEqual([]);
    controller.abort();
    await running;
  });
});

const REQUEST = { type: 'tool-approval-request', approvalId: 'a1', toolCallId: 'p1' };
const SAID = { type: 'text', text: 'I pay.' };
const asMessage = (...content: readonly object[]): object => ({ role: 'assistant', content });
const WAITING = asMessage(SAID, PAY, REQUEST);
const APPROVED = asMessage(SAID, PAY);

describe('an answer all of whose calls wait for a person', () => {
  test.each<[string, { readonly options: object; readonly first: object; readonly later: object }]>(
    [
      ['a message', { options: {}, first: WAITING, later: APPROVED }],
      [
        'a message with a name and metadata',
        {
          options: { operationId: 'op1', metadata: { shift: 'night' } },
          first: WAITING,
          later: APPROVED,
        },
      ],
      [
        'parts that say nothing',
        { options: { operationId: 'op1' }, first: [PAY, REQUEST], later: [PAY] },
      ],
      [
        'a whole body',
        { options: {}, first: aResult(PAY, MAIL, REFUND), later: aResult(MAIL, REFUND) },
      ],
      [
        'a whole body with a name',
        {
          options: { operationId: 'op1' },
          first: aResult(PAY, MAIL, REFUND),
          later: aResult(MAIL, REFUND),
        },
      ],
    ],
  )('runs them once they are approved, and once only: %s', async (_, { options, first, later }) => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    expect(await processor.processLlmMessage(first, options)).toEqual([]);
    expect(await processor.processLlmMessage(first, options)).toEqual([]);
    expect(ran).toEqual([]);
    expect(summed(await processor.processLlmMessage(later, options))).toEqual([
      ['p1', 'pay done', false],
    ]);
    const other = await aProcessor(made.session);
    expect(summed(await other.processor.processLlmMessage(later, options))).toEqual([
      ['p1', 'pay done', true],
    ]);
    expect([ran, other.ran]).toEqual([['pay'], []]);
    const prompt = await made.session.getMessagesForLlm();
    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'assistant', 'tool']);
    expect((await made.session.getStats()).aiMessages).toBe(2);
  });

  test('may have some of them approved now and others later', async () => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    const options = { operationId: 'op1' };
    for (const waiting of [[PAY, MAIL, REFUND], [PAY, REFUND], [REFUND], []])
      await processor.processLlmMessage(aResult(...waiting), options);
    expect(ran).toEqual(['mail', 'pay', 'refund']);
  });

  test.each<[string, object]>([
    ['other calls', asMessage(SAID, MAIL)],
    ['one call more', asMessage(SAID, PAY, MAIL)],
    ['the same call with other arguments', asMessage(SAID, { ...PAY, input: { euros: 500 } })],
    ['another text', asMessage({ type: 'text', text: 'I pay once more.' }, PAY)],
    ['a call without an id', asMessage(SAID, { ...PAY, toolCallId: undefined })],
  ])('is not taken for another answer of its name: %s', async (_, other) => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    const options = { operationId: 'op1' };
    await processor.processLlmMessage(WAITING, options);
    await expect(processor.processLlmMessage(other, options)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(ran).toEqual([]);
  });

  test('is no other answer that asked for nothing', async () => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    const options = { operationId: 'op1' };
    await processor.processLlmMessage(asMessage(SAID), options);
    await expect(processor.processLlmMessage(APPROVED, options)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(ran).toEqual([]);
  });

  test('runs nothing of what others of its name ask for beside calls that ran', async () => {
    await using made = await aSession();
    const { ran, processor } = await aProcessor(made.session);
    const options = { operationId: 'op1' };
    await processor.processLlmMessage(asMessage(SAID, MAIL, PAY, REQUEST), options);
    await expect(
      processor.processLlmMessage(asMessage(SAID, MAIL, PAY, REFUND), options),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await processor.processLlmMessage(asMessage(SAID, MAIL, PAY), options);
    expect(ran).toEqual(['mail', 'pay']);
  });
});

describe('records of calls by their places', () => {
  test('are told again, each for its own call', async () => {
    await using made = await aSession();
    const { session } = made;
    await session.aiResponds(aResult(PAY, REFUND), { eventId: 'r1' });
    const execution = { status: 'succeeded', attempt: 1, durationMs: 1, isCached: false };
    // The one call that was open had the first place.
    await session.toolUsed({
      toolName: 'mail',
      callId: 'm1',
      arguments: { to: 'ann' },
      result: 'mailed before',
      eventId: 'r1.0',
      parentEventId: 'r1',
      metadata: { execution },
    });
    const { ran, processor } = await aProcessor(session);
    const results = await processor.processLlmMessage([PAY, MAIL], { parentEventId: 'r1' });
    expect(summed(results)).toEqual([
      ['p1', 'pay done', false],
      ['m1', 'mailed before', true],
    ]);
    expect(ran).toEqual(['pay']);
  });

  test('are told again of calls without ids', async () => {
    await using made = await aSession();
    const { session } = made;
    const call = { function_call: { name: 'mail', arguments: '{"to": "ann"}' } };
    const { eventId } = await session.recordAnswer('I mail.');
    const execution = { status: 'succeeded', attempt: 1, durationMs: 1, isCached: false };
    await session.toolUsed({
      toolName: 'mail',
      arguments: { to: 'ann' },
      result: 'mailed before',
      eventId: `${eventId}.0`,
      parentEventId: eventId,
      metadata: { execution },
    });
    const { ran, processor } = await aProcessor(session);
    const results = await processor.processLlmMessage(call, { parentEventId: eventId });
    expect(summed(results)).toEqual([[null, 'mailed before', true]]);
    expect(ran).toEqual([]);
  });
});
