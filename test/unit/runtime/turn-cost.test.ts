import { expect, test } from 'vitest';
import { TurnCost } from '../../../src/runtime/turn-cost.ts';

const SECOND = { calls: 1000, turnMs: 60, queued: 64 };

/** What it says to figures that grow by this much with each look. */
function looks(...seconds: readonly Partial<typeof SECOND>[]): readonly boolean[] {
  const cost = new TurnCost();
  let commands = 0;
  let turnMs = 0;
  return seconds.map((second) => {
    const grown = { ...SECOND, ...second };
    commands += grown.calls;
    turnMs += grown.turnMs;
    return cost.look({ commands, turnMs, queued: grown.queued });
  });
}

test('finds that workers pay when turns have been dear for three looks in a row', () => {
  expect(looks({}, {}, {})).toEqual([false, false, true]);
});

test.each([
  ['turns are cheap', { turnMs: 30 }],
  ['there are few callers', { queued: 8 }],
  ['there are few calls', { calls: 100, turnMs: 100 }],
])('begins anew when %s', (_, quiet) => {
  expect(looks({}, {}, quiet, {}, {}, {})).toEqual([false, false, false, false, false, true]);
});

test('finds nothing in figures that stand still', () => {
  expect(looks({ calls: 0, turnMs: 0 }, { calls: 0, turnMs: 0 }, { calls: 0, turnMs: 0 })).toEqual([
    false,
    false,
    false,
  ]);
});
