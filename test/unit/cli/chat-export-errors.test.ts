import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { lines, plan, planAll } from './export-source.ts';

const HELLO = { role: 'user', content: 'Hello' };
const CALL = { id: 'c1', function: { name: 'find', arguments: '{}' } };

describe('bad input is named by file, place and field', () => {
  test.each<[string, unknown, string]>([
    [
      'a result of a tool in a message of a user',
      [
        { role: 'user', content: 'Which rows?' },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'row 1' }] },
      ],
      'a.json: [1].content: expected text or parts; a result of a tool (tool_result) is a message of the role tool',
    ],
    [
      'an unknown role',
      [HELLO, { role: 'robot', content: 'x' }],
      'a.json: [1].role: expected one of system',
    ],
    [
      'a number as content',
      [{ role: 'user', content: 7 }],
      'a.json: [0].content: expected text, an array',
    ],
    [
      'a user without content',
      [{ role: 'user' }],
      'a.json: [0].content: expected text or an array of parts',
    ],
    [
      'a part without a type',
      [{ role: 'user', content: [{}] }],
      'a.json: [0].content: expected text',
    ],
    ['something that is no message', [HELLO, 'x'], 'a.json: [1]: expected an object'],
    ['an array of something else', [1, 2], 'a.json: [0]: expected a message with a role'],
    ['an object of something else', { hello: 1 }, 'a.json:1: expected a message with a role'],
    ['an empty array', [], 'a.json: expected at least 1 entry'],
    ['no messages', { messages: [] }, 'a.json: messages: expected at least 1 entry'],
    ['messages that are no array', { messages: {} }, 'a.json: messages: expected a list'],
    [
      'a call without a name',
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'c', function: {} }] }] },
      'a.json: messages[0].tool_calls[0].function.name: expected a string',
    ],
    [
      'a result without a call',
      [HELLO, { role: 'tool', tool_call_id: 'c9', content: 'x' }],
      'a.json: [1].tool_call_id: expected the id of a tool call before it, or a name',
    ],
    [
      'usage without figures',
      [{ role: 'assistant', content: 'x', usage: { cups: 3 } }],
      'a.json: [0].usage: expected a response or its usage object as a provider reports it, e.g. { prompt_tokens, completion_tokens, total_tokens }, or plain counts: { inputTokens, outputTokens }',
    ],
    [
      'the same id twice',
      [
        { ...HELLO, id: 1 },
        { ...HELLO, id: '1' },
      ],
      'a.json: [1].id: expected an id that',
    ],
    [
      'a tenant of control characters',
      { tenant: 'a\u0007', messages: [HELLO] },
      'a.json: tenant: expected well-formed Unicode without control characters',
    ],
    [
      'a session twice',
      [
        { id: 's', messages: [HELLO] },
        { id: 's', messages: [HELLO] },
      ],
      'a.json: [1].id: expected',
    ],
    [
      'a turn of nobody',
      [{ turns: [{ text: 'x' }] }],
      'a.json: [0].turns[0].role: expected a role, or a speaker',
    ],
    [
      'a turn without text',
      [{ turns: [{ role: 'user' }] }],
      'a.json: [0].turns[0].text: expected a',
    ],
    [
      'a turn of an unknown role',
      { turns: [{ role: 'cat', text: 'x' }] },
      'a.json: turns[0].role: expected one of',
    ],
    [
      'a third speaker',
      { turns: ['a', 'b', 'c'].map((speaker) => ({ speaker, text: 'x' })) },
      'a.json: turns[2].speaker: expected one of the two',
    ],
    [
      'a reply without a role',
      { prompt: { role: 'prompter', text: 'x', replies: [{ text: 'y' }] } },
      'a.json: prompt.replies[0].role: expected a string',
    ],
    [
      'a system message in a tree',
      { prompt: { role: 'system', text: 'x' } },
      'a.json: prompt.role: expected a user or an assistant',
    ],
    ['a question that is no list', { question: ['x'] }, 'a.json: question[0]: expected a list'],
    [
      'content that is too long to store',
      [{ role: 'user', content: 'x'.repeat(1_000_000) }],
      'a.json: [0]: expected at most 990000 characters',
    ],
    [
      'content that is longer than any record',
      [{ role: 'user', content: 'x'.repeat(1_000_001) }],
      'a.json: [0].content: expected at most 1000000 characters',
    ],
    [
      'a result of a tool that is longer than any record',
      [
        { role: 'assistant', tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'c1', content: 'x'.repeat(1_000_001) },
      ],
      'a.json: [1].content: expected at most 1000000 characters',
    ],
    [
      'metadata that is longer than any record',
      [{ role: 'user', content: 'x', metadata: { note: 'x'.repeat(1_000_001) } }],
      'a.json: [0].metadata',
    ],
    [
      'content that is nested too deep',
      [
        {
          role: 'user',
          content: [JSON.parse(`{"type":"t","x":${'['.repeat(80)}${']'.repeat(80)}}`)],
        },
      ],
      'expected at most 64 levels of nesting',
    ],
    [
      'calls beside nothing else wrong',
      [{ role: 'assistant', tool_calls: [CALL], content: 5 }],
      '[0].content',
    ],
  ])('%s', (_, value, message) => {
    expect(() => plan('a.json', JSON.stringify(value))).toThrow(InvalidInput);
    expect(() => plan('a.json', JSON.stringify(value))).toThrow(message);
  });

  test('in JSON lines, with the line', () => {
    const text = `\n${lines(HELLO, { ...HELLO, content: null })}`;
    expect(() => plan('log.jsonl', text)).toThrow(
      'log.jsonl:3: content: expected text or an array of parts',
    );
    expect(() => plan('a.json', JSON.stringify({ hello: 1 }, null, 2))).toThrow(
      'a.json:1: expected a message with a role',
    );
    expect(() => plan('log.jsonl', lines(HELLO, 7))).toThrow(
      'log.jsonl:2: expected a message with a role',
    );
    const users = ['u', null, 'u', 'v'].map((user) => ({ ...HELLO, session: 's', user }));
    expect(() => plan('log.jsonl', lines(...users))).toThrow(
      'log.jsonl:4: user: expected the user that earlier lines of the session name',
    );
    expect(() => plan('log.jsonl', lines(HELLO, { ...HELLO, session: '' }))).toThrow(
      'log.jsonl:2: session: expected at least 1 character',
    );
  });

  test('in broken JSON, with line, column and byte, never quoting the text', () => {
    const text = `[\n  {"role": "user", "content": "日本" "secret"}\n]`;
    expect(() => plan('a.json', text)).toThrow(
      'a.json:2: column 36, byte 41: expected a comma or the closing bracket',
    );
    expect(() => plan('a.jsonl', `${lines(HELLO)}{"role": oops}\n`)).toThrow(
      'a.jsonl:2: column 10: expected a value',
    );
  });

  test('in files that are empty or no text', () => {
    expect(() => plan('a.json', ' \n')).toThrow('a.json: expected a chat export, but it is empty');
    expect(() => plan('a.json', new Uint8Array([0xff, 0xfe, 0x41]))).toThrow(
      'a.json: expected text in UTF-8',
    );
  });

  test('when two files give a session the same name', () => {
    const text = JSON.stringify({ id: 's', tenant: 't', messages: [HELLO] });
    expect(() => planAll({ 'a.json': text, 'b.json': text })).toThrow(
      'b.json: id: expected an id that no',
    );
  });
});

describe('whatever the input is', () => {
  /** Plans it, or is refused; any other error fails the test. */
  function isPlannedOrRefused(content: string | Uint8Array): boolean {
    try {
      return plan('a.json', content).length > 0;
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return error.message.startsWith('a.json');
    }
  }

  test('bytes are planned or refused as bad input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(isPlannedOrRefused(bytes)).toBe(true);
      }),
    );
  });

  test('JSON of the right words in the wrong places is planned or refused as bad input', () => {
    const names = [
      'role',
      'content',
      'messages',
      'turns',
      'prompt',
      'question',
      'replies',
      'text',
      'id',
    ]
      .concat(['speaker', 'tool_calls', 'tool_call_id', 'function', 'name', 'arguments', 'usage'])
      .concat(['session', 'tenant', 'user', 'model', 'metadata', '__proto__', 'type', 'toJSON']);
    const words = fc.constantFrom(
      'user',
      'assistant',
      'tool',
      'system',
      'prompter',
      'x',
      '',
      '\ud800',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        words,
        fc.constantFrom<unknown>(null, true, 0, -1, 1e308, {}),
        fc.array(tie('value'), { maxLength: 4 }),
        fc
          .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 6 })
          .map((entries) => {
            return Object.fromEntries(entries);
          }),
      ),
    }));
    const files = fc.oneof(
      value.map((one) => JSON.stringify(one)),
      fc.array(value, { maxLength: 4 }).map((many) => lines(...many)),
    );
    fc.assert(
      fc.property(files, (file) => {
        expect(isPlannedOrRefused(file)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('nesting deeper than any stack is refused as bad input', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(isPlannedOrRefused(deep)).toBe(true);
    expect(isPlannedOrRefused(`[{"role":"user","content":${deep}}]`)).toBe(true);
    expect(isPlannedOrRefused(`[{"role":"user","content":"x","metadata":{"x":${deep}}}]`)).toBe(
      true,
    );
    const tree =
      '{"prompt":'.padEnd(10) +
      '{"role":"user","text":"x","replies":['.repeat(10_000) +
      ']}'.repeat(10_000) +
      '}';
    expect(isPlannedOrRefused(tree)).toBe(true);
  });
});
