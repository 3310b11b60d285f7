import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Decision } from '../../../src/domain/command.ts';
import { evolveAll } from '../../../src/domain/evolve.ts';
import {
  MAX_CARRIED_EXCHANGES,
  MAX_RESIDENT_SEGMENTS,
  type SegmentPolicy,
} from '../../../src/domain/segment.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import { deepFreeze } from '../../lib/deep-freeze.ts';
import { exchangesOf, NaiveSession, sum } from '../../lib/naive-session.ts';
import { aSession, type TestSession } from '../../lib/session.ts';
import {
  anyPolicy,
  anyStep,
  anyStepOrClose,
  type Step,
  takeStep,
} from '../../lib/session-steps.ts';

interface Pair {
  readonly session: TestSession;
  readonly naive: NaiveSession;
}

/** Takes the same steps with both; `check` runs after each. */
function play(
  steps: readonly Step[],
  policy: SegmentPolicy | null,
  check: (pair: Pair) => void = () => undefined,
): Pair {
  return playOn({ session: aSession({ policy }), naive: new NaiveSession(policy) }, steps, check);
}

function playOn(pair: Pair, steps: readonly Step[], check: (pair: Pair) => void): Pair {
  const first = pair.session.entries.length;
  for (const [index, step] of steps.entries()) {
    // A state that a command could change would be no cache but a second truth.
    deepFreeze(pair.session.current);
    const id = `e${first + index}`;
    const before = pair.session.state;
    const decision = takeStep(pair.session, deepFreeze(step), id);
    expect(decision?.kind === 'accepted' || pair.session.state === before).toBe(true);
    follow(pair, { step, id, decision });
    check(pair);
  }
  return pair;
}

function follow(
  { session, naive }: Pair,
  taken: { readonly step: Step; readonly id: string; readonly decision: Decision | null },
): void {
  const { step, id, decision } = taken;
  switch (step.kind) {
    case 'record':
      return naive.record(step, id, session.nowMs);
    case 'close':
      return naive.policy === null ? undefined : naive.close(naive.policy, true);
    case 'correct': {
      const event = naive.events[step.nth % Math.max(1, naive.events.length)];
      if (event !== undefined && event.position > naive.shared) naive.correct(event, step);
      return;
    }
    case 'prompt':
      if (step.text !== naive.prompt) naive.version += 1;
      naive.prompt = step.text;
      return;
    case 'summary': {
      const closed = naive.resident;
      const segment = closed[step.nth % Math.max(1, closed.length)];
      if (segment === undefined) return;
      segment.summary = step.text;
      naive.version += 1;
      return;
    }
    default:
      // What the rest does has no bearing on the conversation, but it takes a place in the log.
      if (decision?.kind === 'accepted') naive.version += 1;
  }
}

function naiveTotals({ events, segments, shared }: NaiveSession): unknown {
  const own = events.filter((event) => event.position > shared);
  const bills = own.flatMap(({ bill }) => (bill === null ? [] : [bill]));
  const priced = bills.filter((bill) => bill.costPico !== null);
  const count = (type: string, source?: string): number =>
    events.filter((e) => e.type === type && (source === undefined || e.source === source)).length;
  const summaries = segments.length - 1;
  return {
    counts: {
      events: events.length + summaries,
      userMessages: count('message', 'user'),
      aiMessages: count('message', 'llm'),
      systemMessages: count('message', 'system'),
      toolCalls: count('tool_call'),
      summaries: count('summary') + summaries,
    },
    promptTokens: sum(events, (event) => event.promptTokens),
    completionTokens: sum(events, (event) => event.completionTokens),
    totalTokens: sum(events, (event) => event.promptTokens + event.completionTokens),
    inputTokens: sum(bills, (bill) => bill.input),
    outputTokens: sum(bills, (bill) => bill.output),
    costPico: priced.reduce((total, bill) => total + bill.costPico!, 0n),
    pricedCalls: priced.length,
    unpricedCalls: bills.length - priced.length,
    models: ['small', 'large', 'my-own'].map((model) => [
      sum(own, (e) => (e.model === model ? e.promptTokens + e.completionTokens : 0)),
      priced.reduce((total, bill) => total + (bill.model === model ? bill.costPico! : 0n), 0n),
    ]),
  };
}

function totalsOf({ totals }: SessionState): unknown {
  const { models, billed, ...rest } = totals;
  return {
    ...rest,
    inputTokens: billed.inputTokens ?? 0,
    outputTokens: billed.outputTokens ?? 0,
    models: ['small', 'large', 'my-own'].map((model) => [
      models[model]?.totalTokens ?? 0,
      models[model]?.costPico ?? 0n,
    ]),
  };
}

function naiveSegments(naive: NaiveSession): unknown {
  const messages = (segment: number): number =>
    naive.events.filter((e) => e.segment === segment && e.type === 'message').length;
  return {
    spans: naive.spans.map(({ from, to, text }) => [from, to, text]),
    closed: naive.resident.map(({ number, from, to, summary }) => [
      number,
      from,
      to,
      summary,
      messages(number),
    ]),
    open: [naive.open.number, naive.open.from, messages(naive.open.number)],
    tokens: naive.conversationTokens - naive.carriedTokens,
    promptFrom: naive.carryFrom ?? naive.open.from,
    carriedTokens: naive.carriedTokens,
  };
}

function segmentsOf({ spans, closed, open }: SessionState): unknown {
  return {
    spans: spans.map((s) => [s.fromSegment, s.toSegment, s.summary.text]),
    closed: closed.map((s) => [s.number, s.fromPosition, s.toPosition, s.summary.text, s.messages]),
    open: [open.number, open.fromPosition, open.messages],
    tokens: open.tokens,
    promptFrom: open.promptFromPosition,
    carriedTokens: open.carriedTokens,
  };
}

const anySteps = fc.array(anyStep, { maxLength: 60, size: 'max' });
const anyStepsWithClose = fc.array(anyStepOrClose, { maxLength: 60, size: 'max' });

describe('a session over any sequence of commands', () => {
  test('W-47: totals are the sums over its events, after every command', () => {
    fc.assert(
      fc.property(anyStepsWithClose, fc.option(anyPolicy), (steps, policy) => {
        play(steps, policy, ({ session, naive }) => {
          expect(totalsOf(session.state)).toEqual(naiveTotals(naive));
        });
      }),
    );
  });

  test('C-121: segments, summaries and carried exchanges are those of the naive rules', () => {
    fc.assert(
      fc.property(anyStepsWithClose, anyPolicy, (steps, policy) => {
        play(steps, policy, ({ session, naive }) => {
          expect(session.state.version).toBe(naive.version);
          expect(segmentsOf(session.state)).toEqual(naiveSegments(naive));
        });
      }),
    );
  });

  test('C-127: an exchange lies in one segment, and no segment is empty', () => {
    fc.assert(
      fc.property(anySteps, anyPolicy, (steps, policy) => {
        const { session } = play(steps, policy);
        const { events, segments } = session.toSession();
        const recorded = events.filter((event) => !event.id.endsWith('#summary'));
        for (const exchange of exchangesOf(recorded)) {
          expect(new Set(exchange.map((event) => event.segment)).size).toBe(1);
        }
        for (const segment of segments.slice(0, -1)) expect(segment.messages).toBeGreaterThan(0);
      }),
    );
  });

  test('positions are contiguous, and segments cover the log without gap or overlap', () => {
    fc.assert(
      fc.property(anyStepsWithClose, anyPolicy, (steps, policy) => {
        const { session } = play(steps, policy);
        expect(session.entries.map((entry) => entry.position)).toEqual(
          session.entries.map((_, index) => index + 1),
        );
        const { segments, events, version } = session.toSession();
        expect(version).toBe(session.state.version);
        expect(segments.map((segment) => segment.fromPosition)).toEqual([
          2,
          ...segments.slice(0, -1).map((segment) => segment.toPosition! + 1),
        ]);
        for (const { position, segment } of events) {
          const { fromPosition, toPosition } = segments[segment - 1]!;
          expect(position).toBeGreaterThanOrEqual(fromPosition);
          expect(position).toBeLessThanOrEqual(toPosition ?? version);
        }
      }),
    );
  });

  test('a replay of its log gives the same state', () => {
    fc.assert(
      fc.property(anyStepsWithClose, fc.option(anyPolicy), (steps, policy) => {
        const { session } = play(steps, policy);
        const events = deepFreeze(session.entries.map((entry) => entry.event));
        expect(evolveAll(null, events)).toStrictEqual(session.state);
      }),
    );
  });

  test('the state stays bounded', () => {
    fc.assert(
      fc.property(anyStepsWithClose, anyPolicy, (steps, policy) => {
        const { state } = play(steps, policy).session;
        expect(state.closed.length).toBeLessThanOrEqual(MAX_RESIDENT_SEGMENTS);
        expect(state.open.exchanges.length).toBeLessThanOrEqual(MAX_CARRIED_EXCHANGES);
        expect(state.open.digest.topics.length).toBeLessThanOrEqual(3);
        const words = JSON.stringify([state.open, state.latestMessage]);
        expect(words.length).toBeLessThan(2500);
      }),
    );
  });
});

describe('a fork over any sequence of commands', () => {
  test('C-136: has the conversation of its origin and its own costs', () => {
    fc.assert(
      fc.property(anySteps, anyStepsWithClose, anyPolicy, (before, after, policy) => {
        const origin = play(before, policy);
        const session = origin.session.fork('fork-1');
        const fork = { session, naive: origin.naive.fork() };
        const unchanged = origin.session.state;
        playOn(fork, after, ({ session: current, naive }) => {
          expect(totalsOf(current.state)).toEqual(naiveTotals(naive));
          expect(segmentsOf(current.state)).toEqual(naiveSegments(naive));
        });
        expect(origin.session.state).toBe(unchanged);
        expect(fork.session.entries.slice(0, origin.session.entries.length)).toEqual(
          origin.session.entries,
        );
      }),
    );
  });
});
