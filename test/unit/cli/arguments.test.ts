import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../../src/cli/arguments.ts';

const OPTIONS = {
  json: { type: 'boolean' },
  model: { type: 'string' },
  threshold: { type: 'string' },
} as const;

describe('parseArguments', () => {
  test('takes files and options apart in any order', () => {
    const args = parseArguments(
      ['a.json', '--json', '-', '--model', 'm', '--threshold=5'],
      OPTIONS,
    );
    expect(args.files).toEqual(['a.json', '-']);
    expect(args.has('json')).toBe(true);
    expect(args.text('model')).toBe('m');
    expect(args.count('threshold')).toBe(5);
  });

  test('says what is not given', () => {
    const args = parseArguments([], OPTIONS);
    expect(args.has('json')).toBe(false);
    expect(args.text('model')).toBeNull();
    expect(args.count('threshold')).toBeNull();
  });

  test.each([[['--nonsense']], [['--model']], [['--json=yes']]])('refuses %j', (args) => {
    expect(() => parseArguments(args, OPTIONS)).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'INVALID_INPUT' }),
    );
  });

  test('refuses words where a command takes options alone', () => {
    expect(() => parseArguments(['--json', 'revive', 'x'], OPTIONS).nothingElse()).toThrow(
      'only options are taken here, not revive',
    );
    expect(() => parseArguments(['--json'], OPTIONS).nothingElse()).not.toThrow();
  });

  test.each(['0', '-1', '1.5', 'many', '', '99999999999999999999'])(
    'refuses %s where a count is wanted',
    (value) => {
      const args = parseArguments([`--threshold=${value}`], OPTIONS);
      expect(() => args.count('threshold')).toThrow('--threshold takes a whole number from 1 on');
    },
  );
});
