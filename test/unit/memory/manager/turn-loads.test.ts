import { describe, expect, test } from 'vitest';
import { RecentTurns } from '../../../../src/memory/manager/recent-turns.ts';
import { questionMark, TurnLoads } from '../../../../src/memory/manager/turn-loads.ts';

function aTurn(): { readonly turns: RecentTurns; readonly loads: TurnLoads } {
  const turns = new RecentTurns(3);
  turns.start();
  return { turns, loads: new TurnLoads(turns) };
}

describe('TurnLoads', () => {
  test('names pages once, the latest first, until the next turn', () => {
    const { turns, loads } = aTurn();
    for (const pageId of ['a', 'b', 'a']) loads.noteLoaded(pageId);
    const open = loads.pageIds;

    turns.start();

    expect([open, loads.pageIds]).toEqual([['a', 'b'], []]);
  });

  test('counts faults and failures of the open turn only', () => {
    const { turns, loads } = aTurn();
    loads.countFault(40);
    loads.countFailure();
    loads.countFault(2);
    const open = loads.faults;

    turns.start();
    loads.countFailure();

    expect(open).toEqual({ turn: 1, count: 2, tokens: 42, failures: 1 });
    expect(loads.faults).toEqual({ turn: 2, count: 0, tokens: 0, failures: 1 });
  });

  test('knows the question that was looked up, in its turn', () => {
    const { turns, loads } = aTurn();
    const before = loads.hasRecalled('Where?');
    loads.noteRecall(questionMark('Where?'));
    const [same, other] = [loads.hasRecalled('Where?'), loads.hasRecalled('When?')];

    turns.start();

    expect([before, same, other, loads.hasRecalled('Where?')]).toEqual([false, true, false, false]);
    expect(loads.recalledTurn).toBe(1);
  });

  test('takes a record that does not name its question for any of the turn', () => {
    const { loads } = aTurn();

    loads.noteRecall(null);

    expect([loads.hasRecalled('Where?'), loads.hasRecalled('When?')]).toEqual([true, true]);
  });
});
