import { describe, expect, test } from 'vitest';
import { aToolState, runCall } from '../../lib/guards/a-tool-state.ts';

function verdictsAfter(values: readonly number[]): readonly boolean[] {
  const state = aToolState();
  return values.map((value) => {
    state.recordNumericResult(value);
    return state.checkRunaway().shouldStop;
  });
}

describe('calls that go in circles', () => {
  test('G-55, G-56, G-W06, G-W37, GV16: asking twice after one zero is no circle', () => {
    const state = aToolState();
    state.recordNumericResult(0);

    expect(
      [state.checkRunaway(), state.checkRunaway()].map(({ shouldStop }) => shouldStop),
    ).toEqual([false, false]);
  });

  test.each([
    [
      [0, 5, 1],
      [false, false, false],
    ],
    [
      [0, 1, 0],
      [false, false, true],
    ],
    [
      [7, 7, 7],
      [false, false, true],
    ],
    [[1e-13], [true]],
    [[-1e-12], [false]],
    [
      [1, 2, 3, 4, 5],
      [false, false, false, false, false],
    ],
    [
      [1e-13, 0.5],
      [true, false],
    ],
  ])('G-55, G-56, G-W37, GV16: %j', (values, stops) => {
    expect(verdictsAfter(values)).toEqual(stops);
  });

  test('G-7, G-W39: the kind of circle is told in data', () => {
    const kinds = [[0, 0, 0], [1e-13], [7, 7, 7]].map((values) => {
      const state = aToolState();
      for (const value of values) state.recordNumericResult(value);
      const { isDegenerate, isSaturated, isRepeating } = state.checkRunaway();
      return { isDegenerate, isSaturated, isRepeating };
    });

    expect(kinds).toEqual([
      { isDegenerate: true, isSaturated: false, isRepeating: false },
      { isDegenerate: false, isSaturated: true, isRepeating: false },
      { isDegenerate: false, isSaturated: false, isRepeating: true },
    ]);
  });

  test('G-56: the same call with the same result is refused after the third time, a warning before', () => {
    const state = aToolState();
    const verdicts = Array.from({ length: 5 }, () =>
      runCall(state, 'find', { arguments: { q: 'x' }, result: [] }),
    );

    expect(verdicts).toEqual(['allow', 'allow', 'warn', 'block', 'block']);
    expect(runCall(state, 'find', { arguments: { q: 'y' }, result: [] })).toBe('allow');
  });

  test('G-56, G-W45: calls in turns are found, whatever is between them', () => {
    const state = aToolState();
    const verdicts = Array.from({ length: 8 }, (_, index) =>
      runCall(state, index % 2 === 0 ? 'a' : 'b'),
    );

    expect(verdicts.slice(-2)).toEqual(['block', 'block']);
    expect(verdicts.slice(0, 6)).not.toContain('block');
  });

  test('a result that changes is progress, and a tool that is polled may give the same for long', () => {
    const state = aToolState({ tools: { tools: { status: { isPolled: true } } } });
    const verdicts = [1, 2, 3, 4, 5, 6].flatMap((index) => [
      runCall(state, 'list', { result: [index] }),
      runCall(state, 'status', { result: 'pending' }),
    ]);

    expect(new Set(verdicts)).toEqual(new Set(['allow']));
  });

  test('G-W38: numbers of different tools, and of different subjects, are different series', () => {
    const state = aToolState();
    for (const tool of ['a', 'b', 'c', 'd']) {
      expect(runCall(state, tool, { arguments: { x: 2.5 }, result: 7 })).not.toBe('block');
    }
    for (const folder of ['in', 'out', 'spam', 'sent']) {
      expect(runCall(state, 'unread', { arguments: { folder }, result: 0 })).not.toBe('block');
    }
    for (const id of [101, 102, 103, 104]) {
      expect(runCall(state, 'stock', { arguments: { itemId: id }, result: 0 })).not.toBe('block');
    }
  });

  test('a series whose number no longer changes is refused, also between other calls', () => {
    const state = aToolState({ limits: { requireBindings: 'off', unusedResults: 'off' } });
    const verdicts = [5.5, 6.5, 7.5, 8.5].map((x) => {
      runCall(state, 'other', { arguments: { x }, result: x });
      return runCall(state, 'cdf', { arguments: { x, tail: 'upper' }, result: 0.25 });
    });

    expect(verdicts).toEqual(['allow', 'allow', 'allow', 'block']);
  });

  test.each([
    ['product', [101, 102, 103, 104], 0],
    ['seat', ['21', '22', '23', '24'], 49],
    ['day', ['2024-05-20', '2024-05-21', '2024-05-22', '2024-05-23'], 1],
    ['size', [1.5, 2.5, 3.5, 4.5], 0],
  ])(
    'things that are asked for one after the other may all be equal: %s',
    (name, things, result) => {
      const state = aToolState();
      state.resetForNewPrompt('Is anything there of size 1.5, 2.5, 3.5 or 4.5?');
      for (const thing of things)
        expect(runCall(state, 'stock', { arguments: { [name]: thing }, result })).not.toBe('block');
    },
  );

  test('a tool that computes goes in a circle with whole numbers too, and a term is computed by any tool', () => {
    const state = aToolState({
      tools: { tools: { cdf: { effect: 'pure' } } },
      limits: { requireBindings: 'off', unusedResults: 'off' },
    });
    const verdicts = [11, 12, 13, 14].map((x) =>
      runCall(state, 'cdf', { arguments: { x }, result: 1 }),
    );
    const terms = ['1 + 2', '3*4', '(5)^6', '8 - 7'].map((term) =>
      runCall(state, 'evaluate', { arguments: { term }, result: 1 }),
    );

    expect(verdicts).toEqual(['allow', 'allow', 'allow', 'block']);
    expect(terms).toEqual(['allow', 'allow', 'allow', 'block']);
  });

  test('equal values are known by their digest where results are references to them', () => {
    const state = aToolState();
    const verdicts = [1, 2, 3, 4].map((page) => {
      const { verdict } = state.beginCall('big', {});
      const event = { toolName: 'big', arguments: {}, result: { page }, resultDigest: 'same' };
      const ended = { hasFailed: false, isBound: false, aliases: [], nowMs: 1 };
      if (verdict !== 'block') state.apply({ type: 'call-finished', ...event, ...ended });
      return verdict;
    });

    expect(verdicts).toEqual(['allow', 'allow', 'warn', 'block']);
  });

  test('a tool that keeps failing in the same way is refused in the end, whatever the arguments', () => {
    const state = aToolState({ limits: { executionBudget: 50, toolBudgetTotal: 50 } });
    const verdicts = Array.from({ length: 11 }, (_, index) =>
      runCall(state, 'book', {
        arguments: { seat: `s${index}` },
        result: 'no seats',
        hasFailed: true,
      }),
    );

    expect(verdicts[4]).toBe('allow');
    expect(verdicts[5]).toBe('warn');
    expect(verdicts[10]).toBe('block');
  });

  test('a tool that finds the same wrong with many things is at work', () => {
    const state = aToolState({ limits: { executionBudget: 50, toolBudgetTotal: 50 } });
    const check = (url: string): string => {
      const { verdict } = state.beginCall('check_link', { url });
      const result = { status: 404, error: 'Not Found' };
      if (verdict !== 'block')
        state.finishCall({ toolName: 'check_link', arguments: { url }, result });
      return verdict;
    };
    const verdicts = Array.from({ length: 14 }, (_, index) => check(`/${index}`));
    const again = [1, 2, 3].map(() => check('/13'));

    expect(new Set(verdicts)).toEqual(new Set(['allow']));
    expect(again).toEqual(['allow', 'warn', 'block']);
  });

  test('a new message starts anew', () => {
    const state = aToolState();
    for (let index = 0; index < 3; index += 1) runCall(state, 'a');
    expect(runCall(state, 'a')).toBe('block');
    state.resetForNewPrompt();
    expect(runCall(state, 'a')).toBe('allow');
  });

  test('G-72: circles first, then the budget of the kind, then that of all', () => {
    const state = aToolState();
    state.setBudget(2);
    state.recordToolCall('work');
    expect(state.checkRunaway('work')).toMatchObject({ shouldStop: false, callsRemaining: 1 });
    state.recordToolCall('work');
    expect(state.checkRunaway('work')).toMatchObject({
      isBudgetExhausted: true,
      callsRemaining: 0,
    });
    expect(state.checkRunaway('search_tools')).toMatchObject({ isBudgetExhausted: true });
    expect(state.checkRunaway()).toMatchObject({ isBudgetExhausted: true });
    state.recordNumericResult(1e-13);
    expect(state.checkRunaway('work')).toMatchObject({
      isSaturated: true,
      isBudgetExhausted: false,
    });
  });
});
