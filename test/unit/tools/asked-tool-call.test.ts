import { describe, expect, test } from 'vitest';
import { type AllCalls, readAllCalls, readToolCalls } from '../../../src/tools/asked-tool-call.ts';

const ADD = { toolName: 'add', arguments: { a: 1 }, problem: null };

describe('readToolCalls', () => {
  test('C-153, G-126, G-W105: reads calls in every usual format, with their ids', () => {
    const text = '{"a": 1}';
    const calls: readonly (readonly [string, unknown, string | null])[] = [
      [
        'OpenAI chat',
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'add', arguments: text } }],
        },
        'c',
      ],
      [
        'OpenAI chat, the whole body',
        {
          choices: [
            { message: { tool_calls: [{ id: 'c', function: { name: 'add', arguments: text } }] } },
          ],
        },
        'c',
      ],
      [
        'an older function call',
        { content: null, function_call: { name: 'add', arguments: text } },
        null,
      ],
      [
        'OpenAI responses',
        {
          output: [
            { type: 'message', content: [] },
            {
              type: 'function_call',
              id: 'fc',
              call_id: 'c',
              name: 'add',
              arguments: text,
              status: 'completed',
            },
          ],
        },
        'c',
      ],
      [
        'Anthropic',
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Hm' },
            { type: 'tool_use', id: 'c', name: 'add', input: { a: 1 } },
          ],
        },
        'c',
      ],
      [
        'AI SDK parts',
        {
          role: 'assistant',
          content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'add', input: { a: 1 } }],
        },
        'c',
      ],
      [
        'AI SDK before v5',
        { toolCalls: [{ toolCallId: 'c', toolName: 'add', args: { a: 1 } }], text: '' },
        'c',
      ],
      [
        'AI SDK user interface',
        {
          parts: [{ type: 'tool-add', toolCallId: 'c', state: 'input-available', input: { a: 1 } }],
        },
        'c',
      ],
      [
        'AI SDK dynamic',
        {
          parts: [
            {
              type: 'dynamic-tool',
              toolName: 'add',
              toolCallId: 'c',
              state: 'input-available',
              input: { a: 1 },
            },
          ],
        },
        'c',
      ],
      [
        'Gemini',
        {
          candidates: [{ content: { parts: [{ functionCall: { name: 'add', args: { a: 1 } } }] } }],
        },
        null,
      ],
      ['a list', [{ toolName: 'add', arguments: { a: 1 }, callId: 'c' }], 'c'],
      ['one block', { type: 'tool_use', id: 'c', name: 'add', input: { a: 1 } }, 'c'],
      [
        'JSON text',
        '{"tool_calls": [{"id": "c", "function": {"name": "add", "arguments": {"a": 1}}}]}',
        'c',
      ],
    ];
    const read = calls.map(([format, message]) => [format, readToolCalls(message)]);
    expect(read).toEqual(calls.map(([format, , callId]) => [format, [{ ...ADD, callId }]]));
  });

  test.each<[string, object, keyof AllCalls | null]>([
    ['is there', { state: 'input-available' }, 'calls'],
    ['is still being written', { state: 'input-streaming' }, null],
    ['has to be approved', { state: 'approval-requested', approval: { id: 'a' } }, 'waiting'],
    [
      'was approved',
      { state: 'approval-responded', approval: { id: 'a', approved: true } },
      'calls',
    ],
    ['was denied', { state: 'approval-responded', approval: { id: 'a', approved: false } }, 'all'],
    [
      'was denied, and is over',
      { state: 'output-denied', approval: { id: 'a', approved: false } },
      'all',
    ],
    ['has its result', { state: 'output-available', output: 3 }, 'all'],
  ])('reads a call of the AI SDK user interface that %s', (_, part, place) => {
    for (const type of ['tool-add', 'dynamic-tool']) {
      const call = { type, toolName: 'add', toolCallId: 'c', input: { a: 1 }, ...part };
      const { calls, waiting, all } = readAllCalls({ role: 'assistant', parts: [call] });
      const found = { calls, waiting, all: calls.length + waiting.length > 0 ? [] : all };
      const expected = { calls: [], waiting: [], all: [] };
      expect(found).toEqual(
        place === null ? expected : { ...expected, [place]: [{ ...ADD, callId: 'c' }] },
      );
    }
  });

  test('GV29, G-W103, G-W104: finds no calls in what asks for none, tags and quotes in texts included', () => {
    for (const message of [
      '<tool name="t" args="{}"/>',
      'I would send {"function_call": {"name": "add", "arguments": "{}"}} here.',
      { role: 'assistant', content: '<tool name="t" args=\'{"x": 1}\'/>' },
      'I add things.',
      '{ not json',
      null,
      undefined,
      7,
      {},
      { role: 'assistant', content: 'hi', tool_calls: null },
      {
        content: [
          { type: 'text', text: 'hi' },
          { type: 'tool_result', tool_use_id: 'c', content: '' },
        ],
      },
      {
        parts: [
          { type: 'tool-add', toolCallId: 'c', state: 'output-available', input: {}, output: 3 },
        ],
      },
      {
        content: [
          {
            type: 'tool-call',
            toolName: 'web',
            toolCallId: 'c',
            input: {},
            providerExecuted: true,
          },
        ],
      },
    ]) {
      expect(readToolCalls(message)).toEqual([]);
    }
  });

  test('C-153, G-106, G-113, G-W81, G-W82, G-W106: an odd call says what is wrong with it, and leaves the others as they are', () => {
    const call = (args: unknown, name: unknown = 'add') => ({
      id: 'c',
      function: { name, arguments: args },
    });
    const odd = [
      call('{"a": 1'),
      call('[1]'),
      call('"x"'),
      call(null),
      call(''),
      call('{}', ''),
      call('{}', 'add'),
    ];
    const read = readToolCalls({ tool_calls: [...odd, call('{"a": 1}'), call('{"a": 1}')] });
    expect(read.map(({ problem }) => problem)).toEqual([
      'The arguments are not valid JSON.',
      'The arguments are not a JSON object.',
      'The arguments are not a JSON object.',
      null,
      null,
      'The call names no tool.',
      null,
      null,
      null,
    ]);
    expect(read.slice(0, 5).map((asked) => asked.arguments)).toEqual([
      { raw: '{"a": 1' },
      { raw: [1] },
      { raw: 'x' },
      {},
      {},
    ]);
    expect(read.at(-1)).toEqual({ ...ADD, callId: 'c' });
  });

  test.each([
    ['tools that are named', [{ name: 'delete_all', why: 'it removes everything' }]],
    [
      'people',
      [
        { name: 'Ada', email: 'ada@x.org' },
        { id: '7', name: 'Bob' },
      ],
    ],
    ['calls that are only described', [{ name: 'delete_all', arguments: { force: true } }]],
    [
      'definitions of tools',
      [{ type: 'function', function: { name: 'delete_all', parameters: { type: 'object' } } }],
    ],
    ['a definition', { type: 'function', function: { name: 'delete_all', description: 'x' } }],
  ])('takes a text in JSON for what a model says: %s', (_, said) => {
    expect(readToolCalls(JSON.stringify(said))).toEqual([]);
  });

  test.each([
    ['with an id', [{ id: 'c', name: 'add', arguments: { a: 1 } }]],
    ['with the id of a call', [{ callId: 'c', toolName: 'add', args: { a: 1 } }]],
    ['that say so', [{ type: 'tool_use', id: 'c', name: 'add', input: { a: 1 } }]],
    ['of chat', [{ id: 'c', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }]],
  ])('reads calls in a text in JSON: %s', (_, asked) => {
    expect(readToolCalls(JSON.stringify(asked))).toEqual([{ ...ADD, callId: 'c' }]);
  });

  test('takes an entry of a list for a call where it has arguments, or the id of one', () => {
    const list = [
      { name: 'Ada' },
      { id: '7', name: 'Bob' },
      { name: 'add', arguments: { a: 1 } },
      { toolName: 'add', toolCallId: 'c' },
    ];
    expect(readToolCalls(list)).toEqual([
      { ...ADD, callId: null },
      { ...ADD, arguments: {}, callId: 'c' },
    ]);
  });

  test('leaves out calls whose result is in the same answer', () => {
    const call = (id: string): object => ({
      type: 'tool-call',
      toolCallId: id,
      toolName: 'add',
      input: { a: 1 },
    });
    const result = (id: string, type = 'tool-result'): object => ({ type, toolCallId: id });
    const both = [call('c'), call('d')];
    const answers: readonly (readonly [string, unknown])[] = [
      ['parts', { content: [...both, result('d')] }],
      ['a part that tells an error', { content: [...both, result('d', 'tool-error')] }],
      ['a call that was refused', { content: [...both, result('d', 'tool-output-denied')] }],
      ['results of the AI SDK', { toolCalls: both, toolResults: [result('d')] }],
      [
        'ids that begin anew with every step',
        { toolCalls: [both[0]], steps: [{ toolResults: [result('c')] }, { toolCalls: [both[0]] }] },
      ],
      ['a list', [...both, result('d')]],
      [
        'a call of the provider',
        { toolCalls: [call('c'), { ...call('d'), providerExecuted: true }] },
      ],
      [
        'blocks',
        {
          content: [
            { type: 'tool_use', id: 'c', name: 'add', input: { a: 1 } },
            { type: 'tool_use', id: 'd', name: 'add', input: { a: 1 } },
            { type: 'tool_result', tool_use_id: 'd', content: '' },
          ],
        },
      ],
      [
        'items',
        {
          output: [
            { type: 'function_call', id: 'i', call_id: 'c', name: 'add', arguments: '{"a":1}' },
            { type: 'function_call', id: 'j', call_id: 'd', name: 'add', arguments: '{"a":1}' },
            { type: 'function_call_output', call_id: 'd', output: '' },
          ],
        },
      ],
    ];
    const read = answers.map(([format, answer]) => [format, readToolCalls(answer)]);
    expect(read).toEqual(answers.map(([format]) => [format, [{ ...ADD, callId: 'c' }]]));
  });

  test('leaves out calls that a person has to approve first', () => {
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 'pay', input: {} };
    const other = { type: 'tool-call', toolCallId: 'd', toolName: 'add', input: { a: 1 } };
    const request = { type: 'tool-approval-request', approvalId: 'a' };
    const result = { content: [call, other, { ...request, toolCall: call }] };
    const message = { role: 'assistant', content: [call, other, { ...request, toolCallId: 'c' }] };

    expect(readToolCalls(result)).toMatchObject([{ callId: 'd' }]);
    expect(readToolCalls({ ...result, toolCalls: [call, other] })).toMatchObject([{ callId: 'd' }]);
    expect(readToolCalls(message)).toMatchObject([{ callId: 'd' }]);
  });

  test('a result of the AI SDK of which no output could be made is read all the same', () => {
    const result = Object.defineProperty({ content: [], toolCalls: [] }, 'output', {
      get: () => {
        throw new Error('no output');
      },
    });
    expect(readToolCalls(result)).toEqual([]);
  });

  test('a list of calls may have some of tools that take text', () => {
    const custom = { id: 'c', type: 'custom', custom: { name: 'shell', input: 'ls' } };
    expect(readToolCalls([custom])).toMatchObject([{ callId: 'c', toolName: 'shell' }]);
  });

  test('a tool that takes text gets it under one name', () => {
    const custom = {
      tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'shell', input: 'ls {' } }],
    };
    expect(readToolCalls(custom)).toEqual([
      { callId: 'c', toolName: 'shell', arguments: { input: 'ls {' }, problem: null },
    ]);
  });
});

describe('the messages of a long answer', () => {
  /** How often ids are read in an answer of so many calls, each with its result. */
  function readsOfIds(count: number): number {
    let reads = 0;
    const part = (index: number, type: string): object => ({
      type,
      toolName: 'look',
      get toolCallId() {
        reads += 1;
        return `c${index}`;
      },
    });
    const parts = (type: string): object[] =>
      Array.from({ length: count }, (_, index) => part(index, type));
    const calls = { role: 'assistant', content: parts('tool-call') };
    readToolCalls([calls, { role: 'tool', content: parts('tool-result') }]);
    return reads;
  }

  test('take twice as long to read where they are twice as many, and no more', () => {
    expect(readsOfIds(200)).toBe(2 * readsOfIds(100));
  });
});
