import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { recordedEvents } from '../../../src/domain/recorded-event.ts';
import { addEntries, createHistory, toSession } from '../../../src/domain/session-history.ts';
import { parseSession, sessionToJson } from '../../../src/domain/session-json.ts';
import { segmentStatsOf, statsOf, totalsOf } from '../../../src/domain/session-stats.ts';
import { lastUpdateMs as lastUpdateOfState } from '../../../src/domain/session-state.ts';
import {
  eventTree,
  lastUpdateMs,
  tokenUsageByRun,
  tokenUsageBySource,
} from '../../../src/domain/session.ts';
import type { SessionTotals } from '../../../src/domain/totals.ts';
import { toUsdString } from '../../../src/domain/money.ts';
import { UsageBreakdown } from '../../../src/domain/usage-breakdown.ts';
import { aSession, type TestSession } from '../../lib/session.ts';
import { anyPolicy, anyStepOrClose, type Step, takeStep } from '../../lib/session-steps.ts';

const steps = fc.array(anyStepOrClose, { maxLength: 50, size: 'max' });

/** A session with a history of its own, or a fork of one that goes on. */
const sessions: fc.Arbitrary<TestSession> = fc
  .record({ first: steps, later: fc.option(steps), policy: fc.option(anyPolicy) })
  .map(({ first, later, policy }) => {
    const session = take(aSession({ policy }), first);
    return later === null ? session : take(session.fork('fork-1'), later);
  });

function take(session: TestSession, taken: readonly Step[]): TestSession {
  const from = session.entries.length;
  for (const [index, step] of taken.entries()) takeStep(session, step, `e${from + index}`);
  return session;
}

/** Lines of models that were used and are not any more say nothing. */
function withoutEmptyLines({ models, ...totals }: SessionTotals): unknown {
  const lines = Object.entries(models).filter(
    ([, line]) => line.totalTokens !== 0 || line.costPico !== 0n,
  );
  return { ...totals, models: Object.fromEntries(lines) };
}

describe('the read model of any session', () => {
  test('agrees with the state', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const { state } = source;
        const session = source.toSession();
        expect(session).toMatchObject({
          id: state.sessionId,
          tenant: state.tenant,
          version: state.version,
          metadata: {
            createdAtMs: state.createdAtMs,
            updatedAtMs: state.updatedAtMs,
          },
          parentId: state.parentId,
          childIds: state.children.map((child) => child.id),
          systemPrompt: state.systemPrompt,
          fork: state.fork,
        });
        expect(session.metadata.properties).toStrictEqual(state.properties);
        expect(session.state).toStrictEqual(state.values);
        expect(lastUpdateMs(session)).toBe(lastUpdateOfState(state));
        for (const run of state.runs) expect(session.runs).toContainEqual(run);
        for (const { number, summary } of state.closed) {
          expect(session.segments[number - 1]?.summary).toEqual(summary);
        }
      }),
    );
  });

  test('C-51: has the token summary that the totals say', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const { totals } = source.state;
        const { tokenSummary } = source.toSession();
        expect(tokenSummary).toMatchObject({
          totalPromptTokens: totals.promptTokens,
          totalCompletionTokens: totals.completionTokens,
          totalTokens: totals.totalTokens,
          totalEstimatedCostUsd: toUsdString(totals.costPico),
        });
        for (const [model, line] of Object.entries(tokenSummary.usageByModel)) {
          expect(line.totalTokens).toBe(totals.models[model]?.totalTokens ?? 0);
          expect(line.estimatedCostUsd ?? '0').toBe(
            toUsdString(totals.models[model]?.costPico ?? (0n as never)),
          );
        }
      }),
    );
  });

  test('C-114: sums of its events are the totals of the state', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const { state } = source;
        const totals = totalsOf(source.toSession().events, state.fork?.position);
        expect(withoutEmptyLines(totals)).toEqual(withoutEmptyLines(state.totals));
      }),
    );
  });

  test('C-113: stats of all segments are those of the segments together', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const { state } = source;
        const { events, segments } = source.toSession();
        const whole = statsOf(state, { includeAllSegments: true, isInfinite: true });
        const parts = segments.map(({ number }) =>
          segmentStatsOf(state, {
            events: events.filter((event) => event.segment === number),
            isInfinite: true,
          }),
        );
        const add = (figure: (stats: (typeof parts)[number]) => number): number =>
          parts.reduce((sum, stats) => sum + figure(stats), 0);
        expect(whole.sessionSegments).toBe(segments.length);
        expect(whole.sessionChain).toEqual(segments.map((segment) => segment.id));
        expect(whole.totalMessages).toBe(add((stats) => stats.totalMessages));
        expect(whole.totalEvents).toBe(add((stats) => stats.totalEvents));
        expect(whole.toolCalls).toBe(add((stats) => stats.toolCalls));
        expect(whole.totalTokens).toBe(add((stats) => stats.totalTokens));
        expect(whole.unpricedCalls).toBe(add((stats) => stats.unpricedCalls));
      }),
    );
  });

  test('C-52: usage summed over the log is usage read from the session', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const session = source.toSession();
        const breakdown = new UsageBreakdown();
        breakdown.addEntries(source.entries);
        expect(breakdown.bySource()).toEqual(tokenUsageBySource(session));
        expect(breakdown.byRun()).toEqual(tokenUsageByRun(session));
      }),
    );
  });

  test('C-31: comes back from JSON as it was', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const session = source.toSession();
        const text = JSON.stringify(sessionToJson(session));
        expect(parseSession(JSON.parse(text))).toStrictEqual(session);
      }),
    );
  });

  test('is the same however the log is paged, also in its open segment alone', () => {
    fc.assert(
      fc.property(sessions, fc.integer({ min: 1, max: 9 }), (source, size) => {
        const history = createHistory(source.key);
        for (let at = 0; at < source.entries.length; at += size) {
          addEntries(history, source.entries.slice(at, at + size));
        }
        const session = toSession(history);
        expect(session).toStrictEqual(source.toSession());
        const { fromPosition, number } = source.state.open;
        const start = { sessionId: session.id, segment: number };
        const stretch = source.entries.filter(({ position }) => position >= fromPosition);
        expect(recordedEvents(stretch, start)).toStrictEqual(
          session.events.filter(({ position }) => position >= fromPosition),
        );
      }),
    );
  });

  test('W-32: trees of events hold every event once', () => {
    fc.assert(
      fc.property(sessions, (source) => {
        const session = source.toSession();
        const pending = [...eventTree(session)];
        const positions: number[] = [];
        for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
          positions.push(node.event.position);
          pending.push(...node.children);
        }
        expect(positions.sort((a, b) => a - b)).toEqual(session.events.map((e) => e.position));
      }),
    );
  });
});
