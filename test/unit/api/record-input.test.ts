import { describe, expect, test } from 'vitest';
import { answerInput, failureInput, toolInput, userInput } from '../../../src/api/record-input.ts';

describe('userInput', () => {
  test('makes an event of a message, with everything else left to be decided', () => {
    expect(userInput('hello', {})).toEqual({
      event: {
        id: null,
        message: 'hello',
        source: 'user',
        type: 'message',
        metadata: {},
        parentEventId: undefined,
        taskId: null,
        model: null,
        provider: null,
        reportedUsage: null,
        reportedCostPico: null,
        tokenUsage: null,
      },
      idempotencyKey: null,
      wait: {},
    });
  });

  const RESULT = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'row 1' };

  test.each<[string, unknown]>([
    ['tool_result', [RESULT]],
    ['tool_result', { role: 'user', content: [{ type: 'text', text: 'Hurry.' }, RESULT] }],
    [
      'tool-result',
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1', output: 1 }] },
    ],
    ['functionResponse', { parts: [{ functionResponse: { name: 'rows' } }] }],
    ['tool_result', { content: [RESULT] }],
    ['role: tool', { role: 'tool', tool_call_id: 'c1', content: '22' }],
    ['functionResponse', { role: 'user', parts: [{ functionResponse: { name: 'rows' } }] }],
  ])('refuses the result of a tool, which is recorded as one: %s', (name, message) => {
    expect(() => userInput(message, {})).toThrow(
      `message: expected what a user said; the result of a tool (${name}) is none`,
    );
  });

  test.each<[unknown]>([
    [{ type: 'tool_result' }],
    [[{ type: 'tool_result', score: 3 }]],
    [[{ functionResponse: 'none' }]],
  ])('takes what is only called like one: %j', (message) => {
    expect(userInput(message, {}).event.message).toEqual(message);
  });

  test('takes the id of the event as key of the call unless there is one', () => {
    expect(userInput('a', { eventId: 'e' })).toMatchObject({
      event: { id: 'e' },
      idempotencyKey: 'e',
    });
    expect(userInput('a', { eventId: 'e', idempotencyKey: 'k' }).idempotencyKey).toBe('k');
  });

  test('keeps an explicit parent and its absence apart', () => {
    expect(userInput('a', { parentEventId: 'p' }).event.parentEventId).toBe('p');
    expect(userInput('a', { parentEventId: null }).event.parentEventId).toBeNull();
  });

  test('W-08: copies what it is given', () => {
    const message = { parts: ['a'] };
    const { event } = userInput(message, {});

    message.parts.push('b');

    expect(event.message).toEqual({ parts: ['a'] });
  });
});

describe('answerInput', () => {
  test('names model and provider, or says that they are unknown', () => {
    expect(answerInput('a', {}).event).toMatchObject({
      source: 'llm',
      model: 'unknown',
      provider: null,
      metadata: { model: 'unknown', provider: 'unknown' },
    });
    expect(answerInput('a', { model: '', provider: '' }).event.model).toBe('unknown');
  });

  test('C-55: reads usage and cost of a provider', () => {
    const { event } = answerInput('a', {
      model: 'gpt-4o',
      provider: 'openai',
      usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
      costUsd: 0.25,
    });

    expect(event.reportedUsage).toMatchObject({ inputTokens: 5, outputTokens: 7 });
    expect(event.reportedCostPico).toBe(250_000_000_000n);
  });

  test('puts tool calls beside the content, and leaves the content alone without any', () => {
    expect(answerInput('a', { toolCalls: [{ id: 'c', name: 'look' }] }).event.message).toEqual({
      content: 'a',
      tool_calls: [{ id: 'c', name: 'look' }],
    });
    expect(answerInput('a', { toolCalls: [] }).event.message).toBe('a');
  });

  test.each([
    { id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } },
    { id: 'c', type: 'custom', custom: { name: 'look', input: 'x' } },
    { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' },
    { type: 'tool_use', id: 'c', name: 'look', input: {} },
    { name: 'look', args: {} },
    { toolCallId: 'c', toolName: 'look', input: {} },
  ])('takes a tool call as a provider writes it: %j', (call) => {
    expect(answerInput('a', { toolCalls: [call] }).event.message).toMatchObject({
      tool_calls: [call],
    });
  });

  test.each([
    [{ costUsd: 'much' }, 'options.costUsd'],
    [{ costUsd: -0.01 }, 'options.costUsd'],
    [{ model: 5 }, 'options.model'],
    [{ toolCalls: [{ name: 'a', input: () => 1 }] }, 'options.toolCalls[0].<key 1>'],
    [{ toolCalls: ['x'] }, 'options.toolCalls[0]'],
    [{ toolCalls: [{ name: 'a' }, 3] }, 'options.toolCalls[1]'],
    [{ toolCalls: [null] }, 'options.toolCalls[0]'],
    [{ toolCalls: [{ id: 5 }] }, 'options.toolCalls[0]'],
    [{ toolCalls: [{ id: 5, name: 'a' }] }, 'options.toolCalls[0]'],
    [{ toolCalls: [{ id: 'c', function: { name: '' } }] }, 'options.toolCalls[0]'],
    [{ usage: 'many' }, 'options.usage'],
    [{ signal: 'abort' }, 'options.signal'],
    [{ timeoutMs: 0 }, 'options.timeoutMs'],
    [{ tokens: 5 }, 'options.tokens'],
  ])('refuses %o, naming the field', (options, field) => {
    expect(() => answerInput('a', options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
    );
  });
});

describe('toolInput', () => {
  test('C-105: says whether the call worked', () => {
    const use = { toolName: 'add', arguments: { a: 1 }, result: 2 };

    expect(toolInput(use).event).toMatchObject({
      source: 'system',
      type: 'tool_call',
      message: { tool: 'add', arguments: { a: 1 }, result: 2, error: null, success: true },
    });
    expect(toolInput({ ...use, error: 'overflow' }).event.message).toMatchObject({
      error: 'overflow',
      success: false,
    });
    expect(toolInput({ ...use, error: null }).event.message).toMatchObject({ success: true });
  });
});

describe('failureInput', () => {
  test.each<[unknown, object]>([
    [new RangeError('too far'), { error: 'RangeError', reason: 'too far' }],
    ['just text', { error: 'Error', reason: 'just text' }],
    [undefined, { error: 'Error', reason: 'undefined' }],
    [Object.create(null), { error: 'Error', reason: 'no reason given' }],
  ])('describes %o', (error, message) => {
    expect(failureInput(error, { latencyMs: 5 }).event).toMatchObject({
      source: 'system',
      type: 'reference',
      message,
      metadata: { failed: true, latencyMs: 5 },
    });
  });
});
