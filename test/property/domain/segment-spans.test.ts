import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evolveAll } from '../../../src/domain/evolve.ts';
import { effectiveSummaries, MAX_SPANS, summaryShare } from '../../../src/domain/segment-span.ts';
import { MAX_RESIDENT_SEGMENTS, type SegmentPolicy } from '../../../src/domain/segment.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import { summariesWithin } from '../../../src/domain/told-summaries.ts';
import { parseStoredState, toStoredState } from '../../../src/store/stored-state.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

const POLICY: SegmentPolicy = {
  tokenThreshold: 100_000,
  maxTurnsPerSegment: 1,
  carryTokens: 0,
  summaryTokens: 400,
  requestSummary: true,
};

type Step =
  /** A message that closes the segment before it. */
  | { readonly kind: 'close'; readonly length: number }
  /** A summary that a model wrote for one of those that stand, or once stood; `late` ones come twice or after a crash. */
  | { readonly kind: 'summarise'; readonly which: number; readonly text: string }
  /** Who held the session is gone: what was stored or the log alone is left. */
  | { readonly kind: 'crash'; readonly isSnapshot: boolean };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('close'), length: fc.nat(80) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('summarise'),
      which: fc.nat(),
      text: fc.string({ maxLength: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash'), isSnapshot: fc.boolean() }) },
);

/** The state that somebody comes to who has the log, or what was stored of it. */
function afterCrash(session: TestSession, isSnapshot: boolean): SessionState | null {
  if (!isSnapshot)
    return evolveAll(
      null,
      session.entries.map(({ event }) => event),
    );
  return parseStoredState(JSON.parse(JSON.stringify(toStoredState(session.state))));
}

function take(session: TestSession, step: Step, known: (readonly [number, number])[]): void {
  if (step.kind === 'crash') {
    session.current = afterCrash(session, step.isSnapshot);
    return;
  }
  if (step.kind === 'close') {
    session.record({ message: `${'word '.repeat(step.length)}?` });
    for (const { fromSegment, toSegment } of effectiveSummaries(session.state))
      known.push([fromSegment, toSegment]);
    return;
  }
  const [fromSegment, segment] = known[step.which % Math.max(1, known.length)] ?? [1, 1];
  const { text } = step;
  const decision = session.decide({
    type: 'apply-summary',
    segment,
    fromSegment,
    text,
    model: 'm',
    revision: 1,
  });
  if (decision.kind === 'accepted') session.apply(decision.events);
}

function assertCovered(state: SessionState): void {
  const summaries = effectiveSummaries(state);
  expect(state.spans.length).toBeLessThanOrEqual(MAX_SPANS);
  expect(state.closed.length).toBeLessThanOrEqual(MAX_RESIDENT_SEGMENTS);
  let next = 1;
  for (const { fromSegment, toSegment, level } of summaries) {
    expect(fromSegment).toBe(next);
    expect(level === 0).toBe(fromSegment === toSegment);
    next = toSegment + 1;
  }
  expect(next).toBe(state.open.number);
}

describe('summaries of summaries', () => {
  test('W-07: whatever closes, is summarised and crashes in any order, a bounded number stands for each segment once', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 150 }), (steps) => {
        const session = aSession({ policy: POLICY });
        const known: (readonly [number, number])[] = [];
        for (const step of steps) {
          take(session, step, known);
          assertCovered(session.state);
        }
        expect(afterCrash(session, false)).toEqual(session.state);
        expect(afterCrash(session, true)).toEqual(session.state);
      }),
      { numRuns: 60 },
    );
  });

  test('those of spans have room in a prompt, whatever is written, and extractive ones keep to it', () => {
    const session = aSession({ policy: POLICY });
    for (let count = 0; count < 300; count += 1) {
      session.record({
        message: `What is the answer to question number ${count}, if there is one?`,
      });
      for (const { level, summary } of session.state.spans) {
        expect(summary.tokens).toBeLessThanOrEqual(summaryShare(level, POLICY.summaryTokens));
      }
    }
    const { spans } = session.state;
    const told = summariesWithin(session.state, POLICY.summaryTokens).summaries;
    expect(told.slice(0, spans.length).map(({ text }) => text)).toEqual(
      spans.map(({ summary }) => summary.text),
    );
    expect(told.at(-1)?.toSegment).toBe(session.state.open.number - 1);
  });

  test('the work for a long session grows little faster than it', () => {
    const session = aSession({ policy: { ...POLICY, summaryTokens: 1000 } });
    const times = new Map<number, number>();
    const SEGMENTS = 5000;
    for (let count = 0; count < SEGMENTS; count += 1) session.record({ message: 'a question?' });
    for (const { event } of session.entries) {
      if (event.type !== 'segments-summarised') continue;
      for (let at = event.fromSegment; at <= event.toSegment; at += 8)
        times.set(at, (times.get(at) ?? 0) + 1);
    }
    expect(Math.max(...times.values())).toBeLessThanOrEqual(25);
  });
});
