import { describe, expect, test } from 'vitest';
import { aToolState, runCall } from '../../lib/guards/a-tool-state.ts';

describe('numbers from nowhere', () => {
  test('G-57, GV17: the first is a warning, the second is refused', () => {
    const state = aToolState({ limits: { requireBindings: 'block', ungroundedGraceCalls: 1 } });
    const args = { x: 42.5 };
    const first = state.checkAllGuards('price', args).findings[0];
    expect(first).toMatchObject({ guard: 'ungrounded', result: { verdict: 'warn' } });
    expect(first?.result.details).toMatchObject({ ungroundedCount: 1, graceRemaining: 1 });
    state.beginCall('price', args);

    const second = state.beginCall('price', args).findings[0];
    expect(second).toMatchObject({ result: { verdict: 'block', details: { ungroundedCount: 2 } } });
  });

  test('G-57, GV17: without grace the first is refused, and in the mode `warn` none', () => {
    const strict = aToolState({ mode: 'strict' });
    expect(strict.beginCall('price', { x: 42.5 }).verdict).toBe('block');
    const mild = aToolState();
    const verdicts = [1, 2, 3].map((index) => mild.beginCall('price', { x: 40.5 + index }));
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['warn', 'warn', 'warn']);
    expect(verdicts[2]?.findings[0]?.result.details['graceRemaining']).toBe(0);
  });

  test('G-62, G-W06: asking changes nothing', () => {
    const state = aToolState({ limits: { requireBindings: 'block' } });
    const before = state.snapshot();
    const [first, second] = [1, 2].map(() => state.checkAllGuards('price', { x: 42.5 }));

    expect(second).toEqual(first);
    expect(state.snapshot()).toEqual(before);
  });

  test('G-58, G-W46, GV17: ordinary numbers are not accused, even by strict guards', () => {
    const state = aToolState({ mode: 'strict' });
    const args = {
      limit: '25',
      page: 3,
      user_id: 98_765,
      year: 2031,
      zip: '78750',
      flag: true,
      count: 1,
    };

    expect(state.beginCall('find', args).verdict).toBe('allow');
    expect(state.beginCall('search_tools', { weight: 0.73 }).verdict).toBe('allow');
  });

  test('G-67, GV17: what the user wrote is a source, to its last digit', () => {
    const state = aToolState();
    expect(state.registerUserLiterals('take 42 and 12%')).toBe(3);

    expect(state.checkUngroundedCall('t', { a: 42, b: 0.12 }).isUngrounded).toBe(false);
    expect(state.checkUngroundedCall('t', { a: 42.0001 }).isUngrounded).toBe(true);
  });

  test.each([
    ['转账500元给他', 500],
    ['価格は1200円です', 1200],
    ['send USD250', 250],
    ['٣٤٥ جنيه', 345],
    ['1,5 kg', 1.5],
    ['Das kostet 12.345,67 €', 12_345.67],
    ['it was −273.15', -273.15],
    ['minus 40', -40],
    ['twenty-five', 25],
    ['1.2 million', 1_200_000],
    ['1.5k', 1500],
  ])(
    'G-W46, G-W49, GV12: even strict guards take what the user wrote as people do: %s',
    (text, amount) => {
      const state = aToolState({ mode: 'strict' });
      state.resetForNewPrompt(text);

      expect(state.beginCall('pay', { amount }).verdict).toBe('allow');
      expect(state.checkUngroundedCall('pay', { amount: amount + 0.75 }).isUngrounded).toBe(true);
    },
  );

  test('results are sources, nested ones too, but not of what was asked', () => {
    const state = aToolState();
    runCall(state, 'quote', {
      arguments: { x: 77.7 },
      result: { fares: [{ usd: '$255.25' }], asked: 77.7 },
    });

    expect(state.checkUngroundedCall('pay', { amount: 255.25 }).isUngrounded).toBe(false);
    expect(state.checkUngroundedCall('pay', { amount: 77.7 }).isUngrounded).toBe(true);
  });

  test('G-54, G-W41, G-W47: nested numbers and texts count, and one reference excuses no other', () => {
    const state = aToolState();
    state.bindValue('calc', {}, 8.25);
    const args = { a: '$v1', b: [{ c: '1.96' }], d: '$USD' };

    expect(state.checkUngroundedCall('t', args)).toMatchObject({
      isUngrounded: true,
      hasBindings: true,
      numericArguments: [{ path: 'b[0].c', value: 1.96 }],
    });
    expect(state.checkUngroundedCall('t', { d: '$USD', x: 7.77 }).isUngrounded).toBe(true);
  });

  test('G-W25: a reference to nothing is no source', () => {
    const state = aToolState();
    const report = state.checkAllGuards('t', { x: '$v99' });

    expect(report).toMatchObject({ verdict: 'block', findings: [{ guard: 'references' }] });
    expect(report.reason).toContain('$v99');
  });

  test('G-74, G-W41: what the model itself wrote down is no source', () => {
    const state = aToolState();
    const [binding] = state.extractBindingsFromText('so z = 1.96 follows');
    expect(binding).toMatchObject({
      id: 'v1',
      aliases: ['z'],
      toolName: 'assistant_text',
      value: 1.96,
    });
    expect(state.extractBindingsFromText('z = 1.96 again')).toEqual([]);

    expect(state.checkUngroundedCall('t', { x: 1.96 }).isUngrounded).toBe(true);
    expect(state.checkPreconditions('normal_cdf', { x: 1.96 }).verdict).toBe('block');
  });

  test('G-W48: a number that is a computed one needs no reference, and one that is close to it stays what it is', () => {
    const state = aToolState();
    state.bindValue('calc', {}, 1234.5678);

    expect(state.checkAllGuards('t', { x: 1234.57 }).verdict).toBe('allow');
    const close = state.checkAllGuards('t', { x: 1234.6001 });
    expect(close).toMatchObject({ verdict: 'warn', repairedArguments: null });
    expect(close.reason).toContain('x is close to $v1 = 1234.5678');
  });

  test.each([
    ['another account', 4_711_001, { account: 4_711_000 }],
    ['another amount', 150_000, { amount: 150_012.5 }],
    ['another amount, as text', 150_000, { amount: '150012.5' }],
  ])('%s is never put in the place of the one that was asked for', (_, computed, args) => {
    const state = aToolState();
    state.bindValue('calc', {}, computed);

    expect(state.checkAllGuards('pay', args)).toMatchObject({
      verdict: 'warn',
      arguments: args,
      repairedArguments: null,
    });
  });

  test('what the user wrote stays known, however many numbers tools name after it', () => {
    const state = aToolState();
    state.resetForNewPrompt('Pay 150012 to Bob when you have read all rows.');
    for (let part = 1; part <= 5; part += 1) {
      const result = Array.from({ length: 1_000 }, (_, row) => part * 100_000 + row * 7 + 0.37);
      runCall(state, 'rows', { arguments: { part }, result });
    }
    const copy = aToolState();
    copy.restore(state.snapshot());

    expect(state.checkUngroundedCall('pay', { amount: 150_012 }).isUngrounded).toBe(false);
    expect(copy.checkUngroundedCall('pay', { amount: 150_012 }).isUngrounded).toBe(false);
  });

  test('goes on from a snapshot that does not tell the numbers of users apart', () => {
    const state = aToolState();
    const { userNumbers: _, ...before } = aToolState().snapshot();
    state.restore({ ...before, seenNumbers: [77.5] });

    expect(state.checkUngroundedCall('t', { x: 77.5 }).isUngrounded).toBe(false);
  });

  test('G-69, G-70, G-W11: a repair is one only when all numbers have a source after it', () => {
    const state = aToolState();
    expect(state.shouldAutoRebound('sqrt')).toBe(false);
    expect(state.trySoftBlockRepair('t', { x: 55.5 })).toMatchObject({
      isRepaired: false,
      nextAction: 'compute_missing',
    });
    state.bindValue('calc', {}, 1234.5678);
    expect([state.shouldAutoRebound('sqrt'), state.shouldAutoRebound('find')]).toEqual([
      true,
      false,
    ]);

    expect(state.trySoftBlockRepair('t', { x: 1234.57 })).toEqual({
      isRepaired: true,
      arguments: { x: '$v1' },
      nextAction: 'rebind_from_existing',
      message: '',
    });
    expect(state.trySoftBlockRepair('t', { x: 1234.6001 }).isRepaired).toBe(false);
    state.registerUserLiterals('about 1234.6');
    expect(state.trySoftBlockRepair('t', { x: 1234.6 }).isRepaired).toBe(false);
    const half = state.trySoftBlockRepair('t', { x: 1234.57, y: 55.5 });
    expect(half).toMatchObject({ isRepaired: false, arguments: null, nextAction: 'rewrite_call' });
  });

  test('G-68, G-W51: numbers and message say the same', () => {
    const { isUngrounded, numericArguments, message } = aToolState().checkUngroundedCall(
      'normal_cdf',
      {
        mean: 0,
        std: 1,
        x: '1.5',
      },
    );

    expect({ isUngrounded, numericArguments }).toEqual({
      isUngrounded: true,
      numericArguments: [{ path: 'x', value: 1.5 }],
    });
    expect(message).toContain('x=1.5');
    expect(aToolState().checkUngroundedCall('t', {})).toEqual({
      isUngrounded: false,
      numericArguments: [],
      hasBindings: false,
      message: '',
    });
  });
});

describe('preconditions of statistical functions', () => {
  test.each<[string, object, readonly number[], string, string]>([
    ['nothing known', { x: 1.96 }, [], '', 'block'],
    ['written by the user', { x: 1.96 }, [], 'for 1.96', 'allow'],
    ['written by the user, beside another value', { x: 1.96 }, [5], 'for 1.96', 'allow'],
    ['computed', { x: 2.5, mean: 0, std: 1 }, [2.5], '', 'allow'],
    ['another was computed', { x: 9.99 }, [1.5, 666, 2], '', 'block'],
    ['written as text', { x: '1.96' }, [], '', 'block'],
    ['nested', { p: { x: [1.96] } }, [], '', 'block'],
    ['computed, and rounded', { x: 123_456.79 }, [123_456.789_012], '', 'allow'],
    ['no numbers', { x: 'a' }, [], '', 'allow'],
  ])('G-53, G-54, G-W40, G-W41, G-W42, GV18: %s', (...row) => {
    const [, args, values, text, verdict] = row;
    const state = aToolState();
    for (const value of values) state.bindValue('calc', {}, value);
    state.registerUserLiterals(text);

    expect(state.checkPreconditions('stats.normal_cdf', args).verdict).toBe(verdict);
    expect(state.checkPreconditions('find', args).verdict).toBe('allow');
  });

  test('GV18: tells what is there', () => {
    const state = aToolState();
    for (const value of [1.5, 666, 2]) state.bindValue('calc', {}, value);

    expect(state.checkPreconditions('normal_cdf', { x: 9.99 }).details).toEqual({
      toolName: 'normal_cdf',
      ungroundedArgs: { x: 9.99 },
      availableValues: [1.5, 2, 666],
    });
  });
});
