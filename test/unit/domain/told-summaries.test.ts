import { describe, expect, test } from 'vitest';
import type { SegmentSpan } from '../../../src/domain/segment-span.ts';
import type { ClosedSegment, SegmentSummary } from '../../../src/domain/segment.ts';
import { LEFT_OUT, summariesWithin } from '../../../src/domain/told-summaries.ts';

const TEXT = 'The user asked about refunds and was told all of it.';
const LONG: SegmentSummary = {
  text: TEXT,
  tokens: 50,
  origin: 'extractive',
  revision: 0,
  brief: { length: 8, tokens: 10 },
};
const OLD: SegmentSummary = { text: TEXT, tokens: 50, origin: 'extractive', revision: 0 };

function closedSegment(number: number, summary = LONG): ClosedSegment {
  const fromPosition = number * 10;
  const toPosition = fromPosition + 9;
  return { number, fromPosition, toPosition, closedAtMs: 0, messages: 2, summary };
}

function aSpan(range: readonly [number, number], level = 1): SegmentSpan {
  const [fromSegment, toSegment] = range;
  const place = { fromPosition: fromSegment * 10, toPosition: toSegment * 10 + 9 };
  return { level, fromSegment, toSegment, ...place, summary: LONG };
}

function told(
  state: { readonly spans?: readonly SegmentSpan[]; readonly closed: readonly ClosedSegment[] },
  maxTokens: number,
): readonly string[] {
  const { summaries } = summariesWithin({ spans: [], ...state }, maxTokens);
  return summaries.map(({ fromSegment, toSegment, text }) => `${fromSegment}-${toSegment} ${text}`);
}

describe('summariesWithin', () => {
  const closed = [1, 2, 3].map((number) => closedSegment(number));

  test('W-24: tells all where all fit, and nothing where there is to be nothing', () => {
    expect(told({ closed }, 150)).toEqual([`1-1 ${TEXT}`, `2-2 ${TEXT}`, `3-3 ${TEXT}`]);
    expect(told({ closed }, 0)).toEqual([]);
    expect(told({ closed: [] }, 150)).toEqual([]);
  });

  test('shortens the oldest first, and none is dropped', () => {
    expect(told({ closed }, 149)).toEqual(['1-1 The user…', `2-2 ${TEXT}`, `3-3 ${TEXT}`]);
    expect(told({ closed }, 70)).toEqual(['1-1 The user…', '2-2 The user…', `3-3 ${TEXT}`]);
    expect(told({ closed }, 30)).toEqual(['1-1 The user…', '2-2 The user…', '3-3 The user…']);
  });

  test('the newest is told whole first, then those that stand for most', () => {
    const spans = [aSpan([1, 16], 2), aSpan([17, 24])];
    const state = { spans, closed: [closedSegment(25)] };
    const brief = 'The user…';
    expect(told(state, 70)).toEqual([`1-16 ${brief}`, `17-24 ${brief}`, `25-25 ${TEXT}`]);
    expect(told(state, 110)).toEqual([`1-16 ${TEXT}`, `17-24 ${brief}`, `25-25 ${TEXT}`]);
  });

  test('neighbours without room are named in one mark in their place', () => {
    const spans = [aSpan([1, 8])];
    const state = { spans, closed: [9, 10, 11].map((number) => closedSegment(number)) };
    expect(told(state, 26)).toEqual(['1-8 The user…', `9-11 ${LEFT_OUT}`]);
    expect(told(state, 27)).toEqual(['1-8 The user…', `9-10 ${LEFT_OUT}`, '11-11 The user…']);
    expect(told(state, 8)).toEqual([`1-11 ${LEFT_OUT}`]);
    expect(told(state, 3)).toEqual([]);
  });

  test('a summary from before there were beginnings is told whole or named as left out', () => {
    const state = { closed: [closedSegment(1, OLD), closedSegment(2, OLD)] };
    expect(told(state, 100)).toEqual([`1-1 ${TEXT}`, `2-2 ${TEXT}`]);
    expect(told(state, 99)).toEqual([`1-1 ${LEFT_OUT}`, `2-2 ${TEXT}`]);
  });

  test('a blank summary says nothing, so its segment is named as left out', () => {
    const blank = { ...OLD, text: ' ', tokens: 0 };
    expect(told({ closed: [closedSegment(1), closedSegment(2, blank)] }, 100)).toEqual([
      `1-1 ${TEXT}`,
      `2-2 ${LEFT_OUT}`,
    ]);
  });

  test('another budget, other segments or other spans get an answer of their own', () => {
    const state = { spans: [aSpan([1, 1])], closed: [closedSegment(2)] };
    expect(summariesWithin(state, 100)).toBe(summariesWithin({ ...state }, 100));
    expect(summariesWithin(state, 60).tokens).toBe(60);
    expect(summariesWithin({ ...state, spans: [] }, 60).tokens).toBe(50);
  });
});
