import { describe, expect, test } from 'vitest';
import { RecentPositions } from '../../../src/api/recent-positions.ts';
import { ToolLog } from '../../../src/api/tool-log.ts';
import { anEvent } from '../../lib/events.ts';

describe('RecentPositions', () => {
  test('knows the latest events, from where on it knows all, and which it forgets', () => {
    const recent = new RecentPositions(2);
    expect([recent.knownFrom, recent.note('a', 3), recent.knownFrom]).toEqual([1, null, 1]);
    expect([recent.note('b', 5), recent.note('b', 6), recent.note('c', 8)]).toEqual([
      null,
      null,
      'a',
    ]);
    expect(['a', 'b', 'c'].map((id) => recent.get(id))).toEqual([null, 6, 8]);
    expect(recent.knownFrom).toBe(6);
  });

  test('goes on from its entries', () => {
    const recent = new RecentPositions(3);
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) recent.note(id, index + 1);
    const next = new RecentPositions(3);
    next.replace(recent.entries());
    expect([next.knownFrom, next.note('e', 5), next.knownFrom]).toEqual([2, 'b', 3]);
  });
});

describe('ToolLog', () => {
  test('knows where the latest 1,024 answers are, and which there were before them, also from a snapshot', () => {
    const log = new ToolLog({});
    for (let position = 1; position <= 3000; position += 1)
      log.observe(anEvent({ id: `answer-${position}`, source: 'llm' }), position);
    const next = new ToolLog({});
    next.restore(JSON.parse(JSON.stringify(log.snapshot())));
    for (const one of [log, next]) {
      expect([one.answerAt('answer-1976'), one.answerAt('answer-1977')]).toEqual([null, 1977]);
      expect(['answer-1', 'answer-1976', 'answer-3000'].map((id) => one.mayHaveAnswer(id))).toEqual(
        [true, true, true],
      );
      expect(one.mayHaveAnswer('answer-3001')).toBe(false);
    }
    next.observe(anEvent({ id: 'answer-3001', source: 'llm' }), 3001);
    expect([next.answerAt('answer-1977'), next.mayHaveAnswer('answer-1977')]).toEqual([null, true]);
  });
});
