import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { declaredCalls, toolUseOf } from '../../../src/domain/tool-call.ts';

function outcomeOf(message: JsonValue): unknown {
  return toolUseOf(message).outcome;
}

describe('toolUseOf', () => {
  test('W-42: shows a result that is text as it is, and any other as compact JSON', () => {
    expect(outcomeOf({ result: 'sunny' })).toEqual({ content: 'sunny', hasFailed: false });
    expect(outcomeOf({ result: { wetter: 'schön' } })).toEqual({
      content: '{"wetter":"schön"}',
      hasFailed: false,
    });
    expect(outcomeOf({ result: null })).toEqual({ content: 'null', hasFailed: false });
    expect(outcomeOf({ result: '' })).toEqual({ content: '', hasFailed: false });
  });

  test('C-141: shows a failed call as its error with the result as details', () => {
    expect(outcomeOf({ result: { code: 7 }, error: 'broke' })).toEqual({
      content: '{"error":"broke","details":{"code":7}}',
      hasFailed: true,
    });
    expect(outcomeOf({ error: { code: 7 } })).toEqual({
      content: '{"error":{"code":7},"details":null}',
      hasFailed: true,
    });
  });

  test('W-41: a call failed when it says so in any of three ways', () => {
    for (const message of [
      { error: 'broke', result: null },
      { success: false, result: 1 },
      { result: { status: 'error' } },
      { result: { status: 'error', message: 'no such job', code: 404 }, success: true },
    ]) {
      expect(outcomeOf(message)).toMatchObject({ hasFailed: true });
    }
    for (const error of [null, '', false]) {
      expect(outcomeOf({ error, result: 1 })).toMatchObject({ hasFailed: false });
    }
  });

  test.each([
    { status: 'error', message: 'Card declined', data: null },
    { status: 'error', errors: ['Card declined'] },
    { status: 'error', error: 'Card declined', requestId: 'r1', timestamp: 't' },
    { status: 'error', error_code: 402, message: 'no', success: false },
  ])('a result that says that it is an error, and no more, is a failure: %j', (result) => {
    expect(outcomeOf({ result })).toMatchObject({ hasFailed: true });
  });

  test('a call that worked and tells of something that failed did not fail', () => {
    const result = { id: 7, status: 'error', log: 'disk full' };
    expect(outcomeOf({ result, success: true })).toMatchObject({ hasFailed: false });
  });

  test('what was recorded of whether it failed goes before what its result says', () => {
    const told = { result: { status: 'error', message: 'disk full' } };
    const noted = (message: JsonValue, guards: JsonValue): unknown =>
      toolUseOf(message, { guards }).outcome;
    expect(noted(told, { hasFailed: false })).toMatchObject({ hasFailed: false });
    expect(noted({ result: 'ERR 7' }, { hasFailed: true })).toMatchObject({ hasFailed: true });
    expect(noted({ error: 'broke' }, { hasFailed: false })).toMatchObject({ hasFailed: true });
    expect(noted(told, { hasFailed: null })).toMatchObject({ hasFailed: true });
    expect(noted(told, 'ours')).toMatchObject({ hasFailed: true });
  });

  test('a call without a result and without an error has no outcome', () => {
    expect(outcomeOf({ tool: 'search', arguments: {} })).toBeNull();
  });

  test('reads a tool message of a chat format', () => {
    expect(toolUseOf({ role: 'tool', tool_call_id: 'c', name: 'search', content: 'hits' })).toEqual(
      {
        callId: 'c',
        name: 'search',
        arguments: '{}',
        outcome: { content: 'hits', hasFailed: false },
      },
    );
  });

  test('C-145: takes what is no object for the result of an unknown tool', () => {
    expect(toolUseOf(['a', 1])).toEqual({
      callId: null,
      name: 'unknown',
      arguments: '{}',
      outcome: { content: '["a",1]', hasFailed: false },
    });
  });

  test('C-145: prefers the newer key of the tool name', () => {
    expect(toolUseOf({ tool_name: 'new', tool: 'old' }).name).toBe('new');
    expect(toolUseOf({ tool: 'old' }).name).toBe('old');
    expect(toolUseOf({ tool: 7 }).name).toBe('unknown');
  });

  test.each([
    [{ q: 1 }, '{"q":1}'],
    ['{"q": 1}', '{"q": 1}'],
    [null, '{}'],
    ['', '{}'],
    ['{broken', '{"raw":"{broken"}'],
    ['[1]', '{"raw":"[1]"}'],
    [[1], '{"raw":[1]}'],
  ])('writes arguments %j as JSON text of an object', (value, expected) => {
    expect(toolUseOf({ arguments: value as JsonValue }).arguments).toBe(expected);
  });

  test('makes a name one that chat interfaces accept', () => {
    expect(toolUseOf({ tool: 'server.tool name' }).name).toBe('server_tool_name');
    expect(toolUseOf({ tool: 'x'.repeat(100) }).name).toHaveLength(64);
  });

  test('an entry named like the prototype is an entry like any other', () => {
    const message = JSON.parse('{"__proto__":{"tool":"evil"},"result":1}') as JsonValue;
    expect(toolUseOf(message).name).toBe('unknown');
  });
});

describe('declaredCalls', () => {
  test('reads the form of OpenAI', () => {
    const call = { id: 'c', type: 'function', function: { name: 'search', arguments: '{"q":1}' } };
    expect(declaredCalls({ content: null, tool_calls: [call] })).toEqual([
      { callId: 'c', name: 'search', arguments: '{"q":1}' },
    ]);
  });

  test('reads the forms of other interfaces', () => {
    const calls = [
      { type: 'tool_use', id: 'a', name: 'search', input: { q: 1 } },
      { type: 'tool-call', toolCallId: 'b', toolName: 'search', args: { q: 1 } },
    ];
    const expected = { name: 'search', arguments: '{"q":1}' };
    expect(declaredCalls({ tool_calls: calls })).toEqual([
      { callId: 'a', ...expected },
      { callId: 'b', ...expected },
    ]);
  });

  test('reads calls of tools that take text, and the one call of an older message', () => {
    const custom = { id: 'a', type: 'custom', custom: { name: 'sql', input: 'select 1' } };
    const item = {
      type: 'custom_tool_call',
      id: 'i',
      call_id: 'b',
      name: 'sql',
      input: '{"a":1}',
    };
    expect(declaredCalls({ tool_calls: [custom, item] })).toEqual([
      { callId: 'a', name: 'sql', arguments: '{"input":"select 1"}' },
      { callId: 'b', name: 'sql', arguments: '{"input":"{\\"a\\":1}"}' },
    ]);
    const older = { content: null, function_call: { name: 'search', arguments: '{"q":1}' } };
    const expected = { callId: null, name: 'search', arguments: '{"q":1}' };
    expect(declaredCalls(older)).toEqual([expected]);
    expect(declaredCalls({ ...older, tool_calls: [] })).toEqual([expected]);
  });

  test('leaves out what is no call', () => {
    expect(declaredCalls({ function_call: 'auto' })).toEqual([]);
    expect(declaredCalls({ function_call: { arguments: '{}' } })).toEqual([]);
    expect(declaredCalls({ tool_calls: ['nonsense', null, 7] })).toEqual([]);
    expect(declaredCalls({ tool_calls: 'nonsense' })).toEqual([]);
    expect(declaredCalls('text')).toEqual([]);
  });
});
