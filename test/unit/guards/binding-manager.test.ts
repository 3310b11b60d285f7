import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/domain/json.ts';
import { BindingManager } from '../../../src/guards/binding-manager.ts';
import type { ValueBinding } from '../../../src/guards/value-binding.ts';

function bind(
  bindings: BindingManager,
  value: JsonValue,
  aliases?: readonly string[],
): ValueBinding {
  return bindings.bind({ toolName: 'calc', arguments: { a: 1 }, value, aliases, nowMs: 5 });
}

describe('BindingManager', () => {
  test('G-5, G-27, G-W18: gives ids in order and finds values by id, then by alias', () => {
    const bindings = new BindingManager();
    bind(bindings, 1);
    bind(bindings, 2, ['sum']);

    expect(bindings.get('v1')).toMatchObject({ value: 1, isUsed: false, createdAtMs: 5 });
    expect(bindings.get('sum')).toMatchObject({ id: 'v2', aliases: ['sum'] });
    expect(bindings.get('v3')).toBeNull();
  });

  test('G-28: adds an alias once', () => {
    const bindings = new BindingManager();
    bind(bindings, 1);

    expect([bindings.addAlias('v1', 'a'), bindings.addAlias('v1', 'a')]).toEqual([true, true]);
    expect(bindings.addAlias('v9', 'a')).toBe(false);
    expect(bindings.get('a')?.aliases).toEqual(['a']);
  });

  test('G-W27: an alias belongs to one binding, and is no id', () => {
    const bindings = new BindingManager();
    bind(bindings, 1, ['sum']);
    bind(bindings, 2, ['sum']);

    expect(bindings.get('v1')?.aliases).toEqual([]);
    expect(bindings.get('sum')?.id).toBe('v2');
    expect(() => bind(bindings, 3, ['v1'])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
    expect(() => bindings.addAlias('v1', 'two words')).toThrow('aliases');
  });

  test('G-29: notes where a value was used, each place once', () => {
    const bindings = new BindingManager();
    bind(bindings, 1, ['one']);
    for (const place of ['a', 'b', 'a']) bindings.markUsed('one', place);
    bindings.markUsed('v7', 'a');

    expect(bindings.get('v1')).toMatchObject({ isUsed: true, usedIn: ['a', 'b'] });
  });

  test('G-30, G-W28: numbers are numbers also when they are written as text; booleans are none', () => {
    const bindings = new BindingManager();
    for (const value of [1, '2.5', true, 'x', [3]]) bind(bindings, value);

    expect([...bindings.numericValues()]).toEqual([1, 2.5]);
    expect(bindings.findByValue(2.5)?.id).toBe('v2');
    expect(bindings.resolveReferences({ x: '$v2', y: '$v3' }).arguments).toEqual({
      x: 2.5,
      y: true,
    });
  });

  test.each([
    [1000, 1000.05, true],
    [100, 100.01, true],
    [100, 100.011, false],
    [0, 0, true],
    [0, 1e-12, false],
  ])('G-26, G-37, GV11: of %s finds %s: %s', (value, asked, isFound) => {
    const bindings = new BindingManager();
    bind(bindings, value);

    expect(bindings.findByValue(asked) !== null).toBe(isFound);
  });

  test('G-24: marks what was used, for a model', () => {
    const bindings = new BindingManager();
    bind(bindings, 1);
    bind(bindings, 2);
    bindings.markUsed('v1', 'x');

    expect(bindings.formatForModel().split('\n').slice(1)).toEqual([
      '  ✓ $v1 = 1.000000  # from calc',
      '  ○ $v2 = 2.000000  # from calc',
    ]);
    expect(new BindingManager().formatForModel()).toBe('');
  });

  test('G-38: asks to use what was not used, naming five', () => {
    const bindings = new BindingManager();
    expect(bindings.formatUnusedWarning()).toBe('');
    for (let index = 0; index < 7; index += 1) bind(bindings, index);

    expect(bindings.formatUnusedWarning()).toContain('$v1, $v2, $v3, $v4, $v5 (+2 more)');
  });

  test('G-41, G-W16, G-W29, G-W30: holds so many values, of so much size, and shows so many lines', () => {
    const bindings = new BindingManager({ maxBindings: 3, maxValueLength: 10, maxLines: 2 });
    for (let index = 0; index < 5; index += 1) bind(bindings, index, [`a${index}`]);

    expect(bindings.all().map(({ id }) => id)).toEqual(['v3', 'v4', 'v5']);
    expect(bindings.get('a0')).toBeNull();
    expect(() => bind(bindings, 'x'.repeat(20))).toThrow('at most 10 characters');
    expect(bindings.formatForModel()).toContain('(1 earlier values are not listed)');
  });

  test('G-39, G-40, G-W03: an id never comes to mean another value', () => {
    const bindings = new BindingManager();
    bind(bindings, 1);
    bindings.clear();

    expect(bindings.get('v1')).toBeNull();
    expect(bind(bindings, 2).id).toBe('v2');
  });

  test('goes on from plain data', () => {
    const bindings = new BindingManager();
    bind(bindings, { a: 1 }, ['x']);
    const copy = BindingManager.fromState(bindings.toState());

    expect(copy.toState()).toEqual(bindings.toState());
    expect(copy.get('x')?.value).toEqual({ a: 1 });
    expect(bind(copy, 1).id).toBe('v2');
  });

  test.each<[JsonValue, JsonValue]>([
    ['1234567890123456789', '1234567890123456789'],
    ['1.10', '1.10'],
    ['1e5', '1e5'],
    [' 42 ', ' 42 '],
    ['-0', '-0'],
    ['42', 42],
    ['-2.5', -2.5],
  ])('a reference to %j stands for it without losing a digit', (value, expected) => {
    const bindings = new BindingManager();
    bindings.bind({ toolName: 't', arguments: {}, value, nowMs: 0 });

    expect(bindings.resolveReferences({ id: '$v1' }).arguments).toEqual({ id: expected });
    expect(bindings.findByValue(Number(value))?.id).toBe('v1');
  });
});
