import { describe, expect, test } from 'vitest';

import {
  openSegment,
  type OpenSegment,
  segmentSummarySchema,
  SUMMARY_ORIGINS,
} from '../../../src/domain/segment.ts';
import { isSegmentDue, nextSegment } from '../../../src/domain/segment-growth.ts';
import { aPolicy } from '../../lib/commands.ts';

function aSegment(options: Partial<OpenSegment> = {}): OpenSegment {
  return { ...openSegment(3, 20), ...options };
}

describe('isSegmentDue', () => {
  test('C-121: by messages, counting each as one', () => {
    const params = { policy: aPolicy({ maxTurnsPerSegment: 2 }), standingTokens: 0 };
    expect(isSegmentDue(aSegment({ messages: 1 }), params)).toBe(false);
    expect(isSegmentDue(aSegment({ messages: 2 }), params)).toBe(true);
  });

  test('C-121: by tokens, reached or passed', () => {
    const params = { policy: aPolicy({ tokenThreshold: 100 }), standingTokens: 0 };
    expect(isSegmentDue(aSegment({ messages: 1, tokens: 99 }), params)).toBe(false);
    expect(isSegmentDue(aSegment({ messages: 1, tokens: 100 }), params)).toBe(true);
  });

  test('W-26: system prompt, summaries and carried exchanges count', () => {
    const segment = aSegment({ messages: 1, tokens: 50, carriedTokens: 20 });
    const policy = aPolicy({ tokenThreshold: 100 });
    expect(isSegmentDue(segment, { policy, standingTokens: 29 })).toBe(false);
    expect(isSegmentDue(segment, { policy, standingTokens: 30 })).toBe(true);
  });

  test('C-121: an empty segment never is, whatever the limits', () => {
    const policy = aPolicy({ tokenThreshold: 0, maxTurnsPerSegment: 0 });
    expect(isSegmentDue(aSegment({ tokens: 500 }), { policy, standingTokens: 500 })).toBe(false);
  });
});

describe('nextSegment', () => {
  const exchanges = [
    { fromPosition: 20, tokens: 40 },
    { fromPosition: 24, tokens: 30 },
    { fromPosition: 27, tokens: 20 },
  ];

  test('C-123: begins behind the record that closed the one before', () => {
    const next = nextSegment(aSegment({ exchanges }), { closedAtPosition: 30, carryTokens: 0 });
    expect(next).toEqual(openSegment(4, 31));
  });

  test.each([
    [0, 31, 0],
    [19, 31, 0],
    [20, 27, 20],
    [49, 27, 20],
    [50, 24, 50],
    [89, 24, 50],
    [90, 20, 90],
    [1000, 20, 90],
  ])('W-20: carries whole exchanges within %i tokens', (carryTokens, from, carried) => {
    const next = nextSegment(aSegment({ exchanges }), { closedAtPosition: 30, carryTokens });
    expect([next.promptFromPosition, next.carriedTokens]).toEqual([from, carried]);
    expect([next.fromPosition, next.tokens, next.messages]).toEqual([31, 0, 0]);
  });

  test('W-20: an exchange that does not fit hides the ones before it', () => {
    const big = [exchanges[2]!, { fromPosition: 29, tokens: 80 }];
    const next = nextSegment(aSegment({ exchanges: big }), {
      closedAtPosition: 30,
      carryTokens: 60,
    });
    expect([next.promptFromPosition, next.carriedTokens]).toEqual([31, 0]);
  });
});

describe('segmentSummarySchema', () => {
  test('takes both origins and keeps later fields', () => {
    for (const origin of SUMMARY_ORIGINS) {
      const summary = { text: 'x', tokens: 1, origin, revision: 0, language: 'en' };
      expect(segmentSummarySchema.parse(summary)).toStrictEqual(summary);
    }
  });

  test.each([{ text: 7 }, { tokens: -1 }, { revision: 0.5 }, { origin: 'person' }])(
    'refuses %j',
    (change) => {
      const summary = { text: 'x', tokens: 1, origin: 'model', revision: 1, ...change };
      expect(segmentSummarySchema.safeParse(summary).success).toBe(false);
    },
  );
});
