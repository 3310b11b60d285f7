import { describe, expect, test } from 'vitest';
import { readAnswerParts, readSaid } from '../../../src/api/answer-parts.ts';

const ARGUMENTS = { city: 'Oslo' };
const TEXT = { type: 'text', text: 'I look.' };
const USE = { type: 'tool_use', id: 'c-1', name: 'weather', input: ARGUMENTS };
const CALL = { type: 'tool-call', toolCallId: 'c-1', toolName: 'weather', input: ARGUMENTS };
const CHAT_CALL = {
  id: 'c-1',
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify(ARGUMENTS) },
};
const CAMEL = { role: 'assistant', content: 'I look.' };
const ITEM = {
  type: 'function_call',
  call_id: 'c-1',
  name: 'weather',
  arguments: JSON.stringify(ARGUMENTS),
};
const ITEM_MESSAGE = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'I look.' }],
};
const UI_CALL = { type: 'tool-weather', toolCallId: 'c-1', input: ARGUMENTS };
const GEMINI = {
  role: 'model',
  parts: [{ text: 'I look.' }, { functionCall: { id: 'c-1', name: 'weather', args: ARGUMENTS } }],
};

describe('an answer of parts', () => {
  test.each<readonly [string, unknown]>([
    ['content of Anthropic', [TEXT, USE]],
    ['a message of Anthropic', { role: 'assistant', content: [TEXT, USE] }],
    ['content of the AI SDK', [TEXT, CALL]],
    ['messages of the AI SDK', [{ role: 'assistant', content: [TEXT, CALL] }]],
    ['messages of OpenAI', [{ role: 'assistant', content: 'I look.', tool_calls: [CHAT_CALL] }]],
    ['a message of its interface', { id: 'm', role: 'assistant', parts: [TEXT, UI_CALL] }],
    ['output of OpenAI', [{ type: 'reasoning', summary: [] }, ITEM_MESSAGE, ITEM]],
    ['short output of OpenAI', [{ role: 'assistant', content: 'I look.' }, ITEM]],
    ['a content of Gemini', GEMINI],
    ['a candidate of Gemini', { content: GEMINI, finishReason: 'STOP' }],
    ['parts of Gemini', GEMINI.parts],
    ['thoughts, too', [{ type: 'thinking', thinking: 'Hm.', signature: 's' }, TEXT, USE]],
    ['thoughts of Gemini', [{ text: 'Hm.', thought: true }, ...GEMINI.parts]],
  ])('says and asks for what is in %s', (_, answer) => {
    expect(readAnswerParts(answer)).toEqual({
      text: 'I look.',
      content: 'I look.',
      toolCalls: [CHAT_CALL],
    });
  });

  test('says nothing where it only asks', () => {
    expect(readAnswerParts([USE])).toEqual({ text: '', content: '', toolCalls: [CHAT_CALL] });
    expect(readAnswerParts([CHAT_CALL])?.toolCalls).toEqual([CHAT_CALL]);
  });

  test('asks for nothing that has its result, and says what came before and after', () => {
    const done = { ...UI_CALL, state: 'output-available', output: { c: -3 } };
    const cold = { type: 'text', text: 'It is cold.' };
    const parts = [{ type: 'step-start' }, TEXT, done, { type: 'data-chart', data: 1 }, cold];
    const expected = { text: 'I look.\nIt is cold.', toolCalls: [] };

    expect(readAnswerParts({ role: 'assistant', parts })).toMatchObject(expected);
    const result = { type: 'tool-result', toolCallId: 'c-1', toolName: 'weather', output: 1 };
    expect(readAnswerParts([TEXT, CALL, result, cold])).toMatchObject(expected);
    const messages = [
      { role: 'assistant', content: 'I look.', tool_calls: [CHAT_CALL] },
      { role: 'tool', tool_call_id: 'c-1', content: '-3' },
      { role: 'assistant', content: 'It is cold.' },
    ];
    expect(readAnswerParts(messages)).toMatchObject(expected);
  });

  test('keeps media beside its texts', () => {
    const file = { type: 'file', mediaType: 'image/png', data: 'aGVsbG8=' };
    const told = readAnswerParts([TEXT, file, CALL]);

    expect(told).toEqual({ text: 'I look.', content: [TEXT, file], toolCalls: [CHAT_CALL] });
  });

  test('joins texts that follow one another, as those that name their sources do', () => {
    const parts = [TEXT, { type: 'text', text: ' Then I say.' }, USE];
    expect(readAnswerParts(parts)?.text).toBe('I look. Then I say.');
  });

  test.each<readonly [string, unknown]>([
    ['a text', 'hello'],
    ['nothing', null],
    ['an empty list', []],
    ['texts alone', [TEXT, TEXT]],
    ['a message of texts', { role: 'assistant', content: [TEXT] }],
    ['a message with a text', { role: 'assistant', content: 'hello', tool_calls: [CHAT_CALL] }],
    ['data', { parts: [1, 2], answer: 42 }],
    ['a list of data', [{ name: 'a' }, { name: 'b' }]],
    ['steps that are called like thoughts', [{ type: 'reasoning', text: 'first' }]],
    [
      'steps among others',
      [
        { type: 'reasoning', text: 'first' },
        { type: 'result', value: 1 },
      ],
    ],
    ['entries that are called like data', [{ type: 'data-point', value: 1 }, { type: 'text' }]],
    ['messages of a user', [{ role: 'user', content: [TEXT, USE] }]],
    [
      'data with a content of parts',
      { title: 'Pump', content: { parts: [{ sku: 'A' }] }, total: 1 },
    ],
    ['parts of somebody', { role: 'assistant', parts: ['one', 'two'] }],
    ['people', [{ role: 'assistant', name: 'Eve' }]],
    ['messages of data', [{ role: 'assistant', content: { answer: 42 } }]],
    ['messages of another chat', [{ type: 'message', from: 'bob', content: ['hi'] }]],
    [
      'a verdict',
      [
        { type: 'reasoning', text: 'why' },
        { text: 'guilty', score: 3 },
      ],
    ],
    ['goods that are called like tools', [{ type: 'tool-hammer', price: 5 }, { type: 'nail' }]],
    ['functions', [{ function: { name: 'sin' }, area: 3 }, { area: 2 }]],
    [
      'code',
      [
        { type: 'function_call', line: 3 },
        { type: 'loop', line: 4 },
      ],
    ],
    ['names of calls in a message of the caller', { ...CAMEL, toolCalls: ['weather'] }],
    [
      'calls that tell more',
      { ...CAMEL, toolCalls: [{ name: 'weather', result: 'cold', ms: 30 }] },
    ],
    ['a message that tells more', { ...CAMEL, toolCalls: [CHAT_CALL], mood: 'fine' }],
  ])('is not seen in %s', (_, answer) => {
    expect(readAnswerParts(answer)).toBeNull();
    expect(readSaid(answer)).toEqual({ content: answer, toolCalls: undefined });
  });

  test('has the words of all messages, whatever holds them', () => {
    const refused = [{ role: 'assistant', content: null, refusal: 'I cannot.' }];
    expect(readAnswerParts(refused)).toMatchObject({ text: 'I cannot.', toolCalls: [] });
    const spoken = [{ role: 'assistant', content: null, audio: { transcript: 'Hello.' } }];
    expect(readAnswerParts(spoken)?.text).toBe('Hello.');
    const single = { name: 'weather', arguments: JSON.stringify(ARGUMENTS) };
    const older = [{ role: 'assistant', content: null, function_call: single }];
    const { id: _, ...call } = CHAT_CALL;
    expect(readAnswerParts(older)).toMatchObject({ text: '', toolCalls: [call] });
    const two = ['Hello.', 'World.'].map((content) => ({ role: 'assistant', content }));
    expect(readAnswerParts(two)?.text).toBe('Hello.\nWorld.');
  });

  test('asks for a call whose id an earlier message had, too', () => {
    const messages = [
      { role: 'assistant', content: null, tool_calls: [CHAT_CALL] },
      { role: 'tool', tool_call_id: 'c-1', content: '-3' },
      { role: 'assistant', content: 'I look.', tool_calls: [CHAT_CALL] },
    ];
    expect(readAnswerParts(messages)).toMatchObject({ text: 'I look.', toolCalls: [CHAT_CALL] });
  });

  test('asks for nothing that is answered behind a later message', () => {
    const later = { ...CHAT_CALL, id: 'c-2' };
    const messages = [
      { role: 'assistant', content: null, tool_calls: [CHAT_CALL] },
      { role: 'assistant', content: null, tool_calls: [later] },
      { role: 'tool', tool_call_id: 'c-1', content: '-3' },
      { role: 'assistant', content: 'I look.' },
    ];
    expect(readAnswerParts(messages)).toMatchObject({ text: 'I look.', toolCalls: [later] });
    const sdk = [ITEM_MESSAGE, { ...ITEM, callId: 'c-1' }];
    const result = { type: 'function_call_result', callId: 'c-1', output: { type: 'text' } };
    expect(readAnswerParts([...sdk, result])?.toolCalls).toEqual([]);
  });

  test('says nothing where all it asked is answered', () => {
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 'pay', input: {} };
    const result = { type: 'tool-result', toolCallId: 'c', toolName: 'pay', output: 'paid' };
    const messages = [
      { role: 'assistant', content: [call] },
      { role: 'tool', content: [result] },
    ];
    expect(readAnswerParts(messages)).toEqual({ text: '', content: '', toolCalls: [] });
    expect(readAnswerParts([])).toBeNull();
  });

  test('has the words of short messages of OpenAI beside a call, each on a line', () => {
    const call = { type: 'function_call', call_id: 'c', name: 'pay', arguments: '{}' };
    const items = [
      { role: 'assistant', content: [{ type: 'output_text', text: 'Look.' }] },
      call,
      { role: 'assistant', content: 'Paying.' },
    ];
    expect(readAnswerParts(items)).toMatchObject({
      text: 'Look.\nPaying.',
      toolCalls: [{ id: 'c' }],
    });
  });

  test('has thoughts of Mistral for none of its words', () => {
    const thought = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
    const message = { role: 'assistant', content: [thought, TEXT], toolCalls: [CHAT_CALL] };
    expect(readAnswerParts(message)).toMatchObject({ text: 'I look.', content: 'I look.' });
  });

  test('asks for a tool whose name begins as a request does', () => {
    const part = { ...UI_CALL, type: 'tool-approvalStatus' };
    expect(readAnswerParts({ role: 'assistant', parts: [part] })?.toolCalls).toMatchObject([
      { function: { name: 'approvalStatus' } },
    ]);
  });

  test('is read of a message in camel case, alone and in a choice', () => {
    const message = { role: 'assistant', content: 'I look.', toolCalls: [CHAT_CALL] };
    const choice = { index: 0, finishReason: 'tool_calls', message };
    for (const answer of [message, [message], choice]) {
      expect(readAnswerParts(answer)).toMatchObject({ text: 'I look.', toolCalls: [CHAT_CALL] });
    }
  });

  test('asks once for a call that stands in two places of a message', () => {
    const message = { role: 'assistant', content: [TEXT, { ...USE }], tool_calls: [CHAT_CALL] };
    expect(readAnswerParts([message])?.toolCalls).toEqual([CHAT_CALL]);
    const both = { role: 'assistant', content: 'I look.', tool_calls: [CHAT_CALL] };
    const withOlder = { ...both, function_call: CHAT_CALL.function };
    expect(readAnswerParts([withOlder])?.toolCalls).toEqual([CHAT_CALL]);
  });

  test('is said once where parts and content say the same', () => {
    expect(readAnswerParts([{ role: 'assistant', content: 'I look.', parts: [TEXT] }])?.text).toBe(
      'I look.',
    );
  });

  test('is read in the form that messages of the AI SDK had before v5', () => {
    const call = { state: 'call', toolCallId: 'c-1', toolName: 'weather', args: ARGUMENTS };
    const part = { type: 'tool-invocation', toolInvocation: call };
    const message = { role: 'assistant', content: 'I look.', parts: [TEXT, part] };
    expect(readAnswerParts(message)).toMatchObject({ text: 'I look.', toolCalls: [CHAT_CALL] });
    const done = { ...part, toolInvocation: { ...call, state: 'result', result: 1 } };
    const answered = { ...message, parts: [{ type: 'reasoning', reasoning: 'Hm.' }, TEXT, done] };
    expect(readAnswerParts(answered)).toMatchObject({ text: 'I look.', toolCalls: [] });
  });

  test('leaves parts for an interface out of a list of its messages, too', () => {
    const parts = [{ type: 'step-start' }, { type: 'data-chart', data: 1 }, TEXT];
    expect(readAnswerParts([{ id: 'm', role: 'assistant', parts }])).toMatchObject({
      content: 'I look.',
    });
  });

  test('is what a choice of OpenAI holds', () => {
    const message = { role: 'assistant', content: 'I look.', tool_calls: [CHAT_CALL] };
    expect(readSaid({ index: 0, message, finish_reason: 'tool_calls' }).content).toBe(message);
    expect(readSaid({ message, note: 'own' }).content).toEqual({ message, note: 'own' });
  });
});
