import { describe, expect, test } from 'vitest';

import { tokenUsageByRun, tokenUsageBySource } from '../../../src/domain/session.ts';
import { EMPTY_TOKEN_SUMMARY } from '../../../src/domain/token-summary.ts';
import { NO_RUN, UsageBreakdown } from '../../../src/domain/usage-breakdown.ts';
import { aBilling, aUsage, figures } from '../../lib/events.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

function breakdownOf(session: TestSession): UsageBreakdown {
  const breakdown = new UsageBreakdown();
  for (const entry of session.entries) breakdown.addEntries([entry]);
  return breakdown;
}

/** Both breakdowns of a session, as sums over the log and as read from the whole session. */
function bothWays(session: TestSession): readonly [unknown, unknown] {
  const breakdown = breakdownOf(session);
  const read = session.toSession();
  return [
    { bySource: breakdown.bySource(), byRun: breakdown.byRun() },
    { bySource: tokenUsageBySource(read), byRun: tokenUsageByRun(read) },
  ];
}

describe('UsageBreakdown', () => {
  test('C-53: of nothing has the line of no run', () => {
    const breakdown = new UsageBreakdown();
    expect([breakdown.bySource(), breakdown.byRun()]).toEqual([
      {},
      { [NO_RUN]: EMPTY_TOKEN_SUMMARY },
    ]);
  });

  test('C-52: says what the read model says, without keeping events', () => {
    const session = aSession().says('12345', { taskId: 'r1' }).answers('123', { taskId: 'r2' });
    session.says('x').usesTool('12').answers('1', { model: 'my-own', taskId: 'r1' });
    const [summed, read] = bothWays(session);
    expect(summed).toEqual(read);
    expect(Object.keys(breakdownOf(session).byRun())).toEqual([NO_RUN, 'r1', 'r2']);
  });

  test('C-17: follows a correction to the source and run of its event', () => {
    const session = aSession().says('12345', { taskId: 'r1' }).answers('123', { taskId: 'r2' });
    const { tokenUsage, billing } = session.toSession().events[1]!;
    session.run({
      type: 'change-event-usage',
      eventId: session.toSession().events[1]!.id,
      eventPosition: 3,
      before: figures(tokenUsage, billing),
      after: figures(aUsage({ promptTokens: 40, model: 'large' }), aBilling({ model: 'large' })),
      basisVersion: 3,
    });
    const [summed, read] = bothWays(session);
    expect(summed).toEqual(read);
    expect(breakdownOf(session).byRun()['r2']).toMatchObject({
      totalTokens: 40,
      usageByModel: { large: { estimatedCostUsd: '0.00000000012' } },
    });
  });

  test('a source whose only usage is taken away is left out', () => {
    const session = aSession().says('12345', { taskId: 'r1' });
    session.run({
      type: 'change-event-usage',
      eventId: session.toSession().events[0]!.id,
      eventPosition: 2,
      before: figures(aUsage()),
      after: figures(),
      basisVersion: 2,
    });
    const [summed, read] = bothWays(session);
    expect(summed).toEqual(read);
    expect(breakdownOf(session).bySource()).toEqual({});
  });

  test('W-29: what a fork shares counts as tokens only', () => {
    const session = aSession().says('12345', { taskId: 'r1' }).answers('123');
    const fork = session.fork('fork-1').says('1').answers('12', { taskId: 'r1' });
    const [summed, read] = bothWays(fork);
    expect(summed).toEqual(read);
  });
});
