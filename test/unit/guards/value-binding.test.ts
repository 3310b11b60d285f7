import { describe, expect, test } from 'vitest';
import { classifyValueType, formatBinding } from '../../../src/guards/value-binding.ts';
import { BindingManager } from '../../../src/guards/binding-manager.ts';
import type { JsonValue } from '../../../src/domain/json.ts';

function lineOf(value: JsonValue): string {
  const binding = new BindingManager().bind({ toolName: 't', arguments: {}, value, nowMs: 0 });
  return formatBinding(binding).replace('$v1 = ', '').replace('  # from t', '');
}

describe('classifyValueType', () => {
  test.each<[JsonValue, string]>([
    [1, 'number'],
    ['3.5', 'number'],
    [' -2e3 ', 'number'],
    ['', 'string'],
    ['0x10', 'string'],
    ['1,000', 'string'],
    ['007', 'string'],
    ['inf', 'string'],
    [true, 'unknown'],
    [null, 'unknown'],
    [[1], 'list'],
    [{}, 'object'],
  ])('G-5, G-W28: %j is a %s', (value, type) => {
    expect(classifyValueType(value)).toBe(type);
  });
});

describe('formatBinding', () => {
  test('G-23, GV2: names the value, its other names and its producer', () => {
    const bindings = new BindingManager();
    for (const value of [1, 2]) bindings.bind({ toolName: 'a', arguments: {}, value, nowMs: 0 });
    const aliases = ['sum', 't'];
    const third = bindings.bind({
      toolName: 'math.add',
      arguments: {},
      value: 8,
      aliases,
      nowMs: 0,
    });

    expect(formatBinding(third)).toBe('$v3 = 8.000000 (aka sum, t)  # from math.add');
  });

  test.each<[JsonValue, string]>([
    ['hello world', '"hello world"'],
    ['x'.repeat(49), `"${'x'.repeat(49)}"`],
    ['x'.repeat(50), `"${'x'.repeat(47)}..."`],
    [[], '[]'],
    [[1, 2, 3], '[1, 2, 3]'],
    [['y'.repeat(80)], `["${'y'.repeat(58)}`],
    [Array.from({ length: 10 }, () => 0), '[10 items]'],
    [{}, '{}'],
    [{ a: 1, b: 2 }, '{keys: ["a", "b"]}'],
    [{ a: 1, b: 2, c: 3, d: 4 }, '{object with 4 keys}'],
    [true, 'true'],
    [null, 'null'],
    ['1.10', '"1.10"'],
    ['42', '42.000000'],
    ['two\nlines', '"two lines"'],
  ])('G-22, GV2: shows %j as %s', (value, text) => {
    expect(lineOf(value)).toBe(text);
  });
});
