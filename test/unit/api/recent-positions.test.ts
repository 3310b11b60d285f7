import { describe, expect, test } from 'vitest';
import { RecentPositions } from '../../../src/api/recent-positions.ts';
import { ToolLog } from '../../../src/api/tool-log.ts';
import { anEvent } from '../../lib/events.ts';

describe('RecentPositions', () => {
  test('knows the latest events, and from where on it knows all', () => {
    const recent = new RecentPositions(2);
    expect(recent.knownFrom).toBe(1);
    recent.note('a', 3);
    expect(recent.knownFrom).toBe(1);
    recent.note('b', 5);
    recent.note('c', 8);
    expect(['a', 'b', 'c'].map((id) => recent.get(id))).toEqual([null, 5, 8]);
    expect(recent.knownFrom).toBe(5);
  });

  test('goes on from a snapshot, before which it knows no more than that one', () => {
    const recent = new RecentPositions(3);
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) recent.note(id, index + 1);
    const next = new RecentPositions(9);
    next.restore(recent.snapshot());
    next.note('e', 5);
    expect(next.snapshot()).toEqual({
      knownFrom: 2,
      positions: [
        ['b', 2],
        ['c', 3],
        ['d', 4],
        ['e', 5],
      ],
    });
  });
});

describe('ToolLog', () => {
  test('goes on from a snapshot of before, which says nothing of answers', () => {
    const log = new ToolLog({});
    log.observe(anEvent({ id: 'a', source: 'llm' }), 1);
    const { answers: _, ...former } = log.snapshot();
    const next = new ToolLog({});
    next.restore(former);
    next.observe(anEvent({ id: 'b', source: 'llm' }), 2);
    expect([next.answersKnownFrom, next.answerAt('a'), next.answerAt('b')]).toEqual([2, null, 2]);
  });
});
