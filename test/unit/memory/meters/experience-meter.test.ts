import { describe, expect, test } from 'vitest';
import type { FaultReason } from '../../../../src/domain/paging-policy.ts';
import { ExperienceMeter } from '../../../../src/memory/meters/experience-meter.ts';
import type { FaultRecord } from '../../../../src/memory/meters/experience-meter.ts';

function aFault(fields: Partial<FaultRecord> = {}): FaultRecord {
  return {
    pageId: 'a',
    reason: 'resolve_reference',
    turn: 1,
    tokensLoaded: 10,
    latencyMs: 1,
    ...fields,
  };
}

/** A meter of faults written as page and turn: `a1 b2`. */
function meterOf(faults: string): ExperienceMeter {
  const meter = new ExperienceMeter();
  for (const [pageId = '', ...turn] of faults.split(' ')) {
    meter.recordFault(aFault({ pageId, turn: Number(turn.join('')) }));
  }
  return meter;
}

const SIX = 'a1 b2 a3 a4 c8 b9';

describe('ExperienceMeter', () => {
  test('V25: M-29: the thrash index as it was first defined', () => {
    expect([5, 8, 0].map((turns) => meterOf(SIX).legacyThrashIndex(turns))).toEqual([0, 0.375, 0]);
    expect(meterOf('a1 b2 a3 a4').legacyThrashIndex(5)).toBe(0.4);
    expect(new ExperienceMeter().legacyThrashIndex()).toBe(0);
  });

  test('M-29: M-W60: the thrash index looks at as many turns as it divides by', () => {
    expect(meterOf('a1 b2 a3 a4').thrashIndex({ windowTurns: 3 })).toBe(1 / 3);
    expect(meterOf('a1 b2 a3 a4').legacyThrashIndex(3)).toBe(2 / 3);
    expect(meterOf(SIX).thrashIndex({ windowTurns: 0 })).toBe(0);
    expect(new ExperienceMeter().thrashIndex()).toBe(0);
  });

  test('M-W60: turns without faults count, and pages of one topic are one', () => {
    const meter = meterOf('a1 b2 a3 a4');

    expect(meter.thrashIndex({ turn: 8 })).toBe(0);
    expect(meter.thrashIndex({ turn: 4, topicOf: () => 'everything' })).toBe(3 / 5);
  });

  test('V25: M-28: recall succeeds where nobody had to correct it', () => {
    const meter = new ExperienceMeter();
    expect(meter.recallSuccessRate()).toBe(1);

    for (const userCorrected of [false, true, false]) {
      meter.recordRecall({ turn: 1, query: 'budget?', pageIdsCited: ['claim_1'], userCorrected });
    }
    expect(meter.recallSuccessRate()).toBe(2 / 3);
    expect(meter.attempts()).toHaveLength(3);
  });

  test('V25: M-30: the ratio of useful tokens, with 200 for a page of unknown size', () => {
    const meter = new ExperienceMeter();
    const pages = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ pageId: `p${at}` }));
    meter.recordTurn({ turn: 1, tokensInContext: 1_000, pagesReferenced: pages(7) });
    meter.recordTurn({ turn: 2, tokensInContext: 10_000, pagesReferenced: pages(5) });
    meter.recordTurn({ turn: 3, tokensInContext: 0, pagesReferenced: pages(5) });

    expect([1, 2, 3, 4].map((turn) => meter.effectiveTokensRatio(turn))).toEqual([1, 0.1, 0, 0]);
  });

  test('M-30: M-W60: the ratio of useful tokens goes by real sizes', () => {
    const meter = new ExperienceMeter();
    const pagesReferenced = [
      { pageId: 'a', tokens: 30 },
      { pageId: 'b', tokens: 70 },
    ];
    meter.recordTurn({ turn: 1, tokensInContext: 5, pagesReferenced: [] });
    meter.recordTurn({ turn: 1, tokensInContext: 1_000, pagesReferenced });

    expect(meter.effectiveTokensRatio(1)).toBe(0.1);
  });

  test('M-31: counts every reason, also those that never were', () => {
    const meter = new ExperienceMeter();
    meter.recordFault(aFault({ reason: 'speculative' }));

    expect(meter.faultReasons()).toEqual({
      user_requested_recall: 0,
      resolve_reference: 0,
      tool_prereq: 0,
      speculative: 1,
    });
  });

  test('M-31: says which reasons are out of their range', () => {
    const meter = new ExperienceMeter();
    expect(new Set(meter.faultReasonShares().map(({ verdict }) => verdict))).toEqual(
      new Set(['good']),
    );
    const faults = {
      user_requested_recall: 5,
      resolve_reference: 1,
      tool_prereq: 1,
      speculative: 3,
    } as const;
    for (const [reason, count] of Object.entries(faults)) {
      for (let at = 0; at < count; at += 1)
        meter.recordFault(aFault({ reason: reason as FaultReason }));
    }

    expect(meter.faultReasonShares().map(({ share, verdict }) => [share, verdict])).toEqual([
      [0.5, 'good'],
      [0.1, 'tolerable'],
      [0.1, 'good'],
      [0.3, 'bad'],
    ]);
  });

  test('M-W38: it keeps no more than the latest turns', () => {
    const meter = new ExperienceMeter();
    for (let turn = 0; turn < 1_500; turn += 1) {
      meter.recordFault(aFault({ pageId: `p${turn % 2}`, turn }));
      meter.recordTurn({ turn, tokensInContext: 400, pagesReferenced: [{ pageId: 'a' }] });
      meter.recordRecall({ turn, query: '', pageIdsCited: [], userCorrected: turn % 2 === 0 });
    }

    expect(meter.effectiveTokensRatio(499)).toBe(0);
    expect(meter.effectiveTokensRatio(500)).toBe(0.5);
    expect(meter.thrashIndex({ windowTurns: 1_500 })).toBe(998 / 1_500);
    expect(meter.recallSuccessRate()).toBe(0.5);
    expect(meter.attempts()).toHaveLength(100);
    expect(meter.faultReasons().resolve_reference).toBe(1_500);
  });
});
