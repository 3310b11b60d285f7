import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { referenceNames, resolveReferences } from '../../../src/guards/reference.ts';

const VALUES: Readonly<Record<string, JsonValue>> = {
  v1: 8,
  v2: 'hello',
  v3: [1, 2],
  v4: { a: { b: 1 } },
  v5: null,
  v6: ', 5, ',
  v7: true,
  total: 8,
  σ_LT: 47.08,
};

function resolved(args: JsonObject): JsonObject {
  return resolveReferences(args, (name) => VALUES[name]).arguments;
}

describe('referenceNames', () => {
  test.each([
    ['$v1', ['v1']],
    ['${v1}', ['v1']],
    ['${v1', ['v1']],
    ['$v1}', ['v1']],
    ['$v1abc', ['v1abc']],
    ['$5', []],
    ['$USD', ['USD']],
    ['pre$v1.5', ['v1']],
    ['$$v1', []],
    ['${V12}', ['v12']],
    ['$V1abc', ['V1abc']],
    ['$σ_LT', ['σ_LT']],
  ])('G-31, GV6: finds the names in %s', (text, names) => {
    expect(referenceNames(text)).toEqual(names);
  });
});

describe('resolveReferences', () => {
  test.each<[JsonObject, JsonObject]>([
    [{ x: '$v1' }, { x: 8 }],
    [
      { a: '$v1', q: '$v2' },
      { a: 8, q: 'hello' },
    ],
    [{ l: '$v3' }, { l: [1, 2] }],
    [{ n: '$v5' }, { n: null }],
    [{ t: 'area $v1 m2' }, { t: 'area 8 m2' }],
    [{ t: '{"a": $v1}' }, { t: '{"a": 8}' }],
    [{ x: '$total' }, { x: 8 }],
    [{ x: '$σ_LT' }, { x: 47.08 }],
    [{ b: '${v7}' }, { b: true }],
    [{ t: 'is $v4' }, { t: 'is {"a":{"b":1}}' }],
    [
      { x: '${v1}', n: { y: ['$v1', '$v99'] } },
      { x: 8, n: { y: [8, '$v99'] } },
    ],
  ])('G-32, G-33, G-W21, G-W22, G-W26, GV8: %j becomes %j', (args, expected) => {
    expect(resolved(args)).toEqual(expected);
  });

  test('G-33, GV7, GV8: never touches keys', () => {
    expect(resolved({ $v1: 1 })).toEqual({ $v1: 1 });
  });

  test('G-W23, GV10: a text cannot change the structure around it', () => {
    expect(resolved({ l: ['$v6'] })).toEqual({ l: [', 5, '] });
  });

  test('G-34, G-W24: says which references stand for nothing, and replaces the others', () => {
    const args = { a: '$v99', b: '$v1', c: '$v99 and $v98', d: '$USD' };
    const { arguments: after, missing, used } = resolveReferences(args, (name) => VALUES[name]);

    expect(after).toEqual({ ...args, b: 8 });
    expect(missing).toEqual(['v99', 'v98']);
    expect(used).toEqual(['v1']);
  });

  test('takes an id in capitals for the id, as no alias has that form', () => {
    const args = { x: '$V1', t: 'area ${V1} m2', kept: '$$V1', word: '$TOTAL' };

    const { arguments: found, used, missing } = resolveReferences(args, (name) => VALUES[name]);

    expect(found).toEqual({ x: 8, t: 'area 8 m2', kept: '$V1', word: '$TOTAL' });
    expect([used, missing]).toEqual([['v1'], []]);
  });

  test('takes an id in capitals that stands for nothing for text, with one dollar sign or two', () => {
    const args = { whole: '$V98', t: 'the $V80 engine', shell: 'echo ${V97} $$V96', gone: '$v95' };

    const { arguments: found, used, missing } = resolveReferences(args, (name) => VALUES[name]);

    expect(found).toEqual(args);
    expect([used, missing]).toEqual([[], ['v95']]);
  });

  test('a second dollar sign makes a reference plain text', () => {
    expect(resolved({ t: '$$v1 costs $$5' })).toEqual({ t: '$v1 costs $$5' });
  });

  test('gives the same object when there is nothing to replace', () => {
    const args = { a: [1, { b: 'x' }] };

    expect(resolved(args)).toBe(args);
  });
});
