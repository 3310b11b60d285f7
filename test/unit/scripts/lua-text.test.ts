import { describe, expect, test } from 'vitest';
import { dropUnusedFunctions, inlineConstants, madeLater } from '../../../scripts/lib/lua-text.ts';

const NONE: ReadonlyMap<string, string> = new Map();

describe('inlineConstants', () => {
  test('puts numbers and texts where they are used, and takes their lines out', () => {
    const text = ['local ONE, TWO = 1, 2.5e3', "local NAME = 'a, b'", 'return ONE + TWO .. NAME'];
    expect(inlineConstants(text.join('\n'), NONE)).toBe("return 1 + 2.5e3 .. 'a, b'");
  });

  test('keeps a sign from beginning a comment', () => {
    expect(inlineConstants('local NEVER = -1\nreturn x -NEVER', NONE)).toBe('return x -(-1)');
  });

  test('leaves texts, tables and what a script is given as they are', () => {
    const text = ['local ONE = 1', 'local TABLE = { ONE }', "return 'ONE', KEYS[ONE], ARGV, TABLE"];
    expect(inlineConstants(text.join('\n'), NONE)).toBe(
      "local TABLE = { 1 }\nreturn 'ONE', KEYS[1], ARGV, TABLE",
    );
  });

  test('refuses a constant that has two values, or none', () => {
    expect(() => inlineConstants('local ONE = 1\nlocal ONE = 2', NONE)).toThrow('ONE');
    expect(() => inlineConstants('return ONES', NONE)).toThrow('ONES is not defined');
    expect(() => inlineConstants('return CODE.TORNN', NONE)).toThrow('CODE.TORNN');
  });

  test('knows fields of what is given', () => {
    const known = new Map([['CODE.TORN', '-7']]);
    expect(inlineConstants('return { CODE.TORN }', known)).toBe('return { (-7) }');
  });
});

describe('dropUnusedFunctions', () => {
  test('takes out what nothing calls, and then what only that called', () => {
    const text = [
      'local function used(x) return x end',
      'local function inner()',
      '  if true then',
      '    return 1',
      '  end',
      'end',
      'local function outer() return inner() end',
      'return used(1)',
    ];
    expect(dropUnusedFunctions(text.join('\n'))).toBe(
      'local function used(x) return x end\nreturn used(1)',
    );
  });

  test('keeps a script without such functions', () => {
    const text = 'local function f() return 1 end\nreturn f()';
    expect(dropUnusedFunctions(text)).toBe(text);
  });
});

describe('madeLater', () => {
  test('makes a function once, at its first call', () => {
    const text = madeLater('add', 'local function add(a, b) return a + b end\nreturn add');
    const lines = text.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'local addMade',
      'local function add(...)',
      'if not addMade then',
      'addMade = (function()',
    ]);
    expect(lines.slice(-4)).toEqual(['end)()', 'end', 'return addMade(...)', 'end']);
  });
});
