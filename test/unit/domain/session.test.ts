import { describe, expect, test } from 'vitest';

import {
  activeRun,
  childEvents,
  type EventNode,
  eventTree,
  lastUpdateMs,
  tokenUsageByRun,
  tokenUsageBySource,
  totalCostUsd,
  totalTokens,
} from '../../../src/domain/session.ts';
import { EMPTY_TOKEN_SUMMARY } from '../../../src/domain/token-summary.ts';
import { aBilling, aRecordedEvent, aRun, aUsage } from '../../lib/events.ts';
import { aSession } from '../../lib/session.ts';

function shape(nodes: readonly EventNode[]): unknown {
  return nodes.map(({ event, children }) =>
    children.length === 0 ? event.id : [event.id, shape(children)],
  );
}

/** Events from `id` or `id<parent`, in this order. */
function events(...names: readonly string[]): ReturnType<typeof aRecordedEvent>[] {
  return names.map((name, index) => {
    const [id = '', parentEventId = null] = name.split('<');
    return aRecordedEvent({ id, parentEventId, position: index + 2 });
  });
}

describe('lastUpdateMs', () => {
  const metadata = { createdAtMs: 7, updatedAtMs: 99, properties: {} };

  test('C-9: is the latest event, wherever it stands', () => {
    const times = [10, 30, 20].map((timestampMs) => aRecordedEvent({ timestampMs }));
    expect(lastUpdateMs({ events: times, metadata })).toBe(30);
  });

  test('C-9: is the creation when nothing happened', () => {
    expect(lastUpdateMs({ events: [], metadata })).toBe(7);
  });
});

describe('activeRun', () => {
  test('C-10: is the last one that is running', () => {
    const runs = ['a', 'b', 'c'].map((id) =>
      aRun({ id, status: id === 'c' ? 'failed' : 'running' }),
    );
    expect(activeRun({ runs })?.id).toBe('b');
    expect(activeRun({ runs: [aRun()] })).toBeNull();
  });
});

describe('totals', () => {
  test('C-11: are the tokens of the content and the exact cost of the calls', () => {
    const session = aSession().says('12345').answers('123').toSession();
    expect(totalTokens(session)).toBe(8);
    // The call reads 5 tokens and 7 of overhead at 2 pico, and writes 3 at 10.
    expect(totalCostUsd(session)).toBe('0.000000000054');
  });
});

describe('tokenUsageBySource', () => {
  test('C-52: has only sources with usage', () => {
    const session = aSession().says('12345').answers('123').toSession();
    const usage = tokenUsageBySource(session);
    expect(Object.keys(usage)).toEqual(['user', 'llm']);
    expect(usage.user).toMatchObject({ totalPromptTokens: 5, totalEstimatedCostUsd: '0' });
    expect(usage.llm).toMatchObject({
      totalCompletionTokens: 3,
      totalEstimatedCostUsd: '0.000000000054',
      usageByModel: { small: { completionTokens: 3, estimatedCostUsd: '0.000000000054' } },
    });
  });

  test('C-52: is empty without events, and without usage', () => {
    expect(tokenUsageBySource({ events: [], fork: null })).toEqual({});
    expect(tokenUsageBySource({ events: [aRecordedEvent()], fork: null })).toEqual({});
  });

  test('W-29: what a fork shares costs nothing in it', () => {
    const fork = aSession().says('12345').answers('123').fork('fork-1').answers('1').toSession();
    const { user, llm } = tokenUsageBySource(fork);
    expect(user).toEqual({ ...EMPTY_TOKEN_SUMMARY, totalPromptTokens: 5, totalTokens: 5 });
    expect(llm).toMatchObject({ totalTokens: 4, usageByModel: { small: { usages: 1 } } });
    expect(llm?.totalEstimatedCostUsd).toBe(fork.tokenSummary.totalEstimatedCostUsd);
  });
});

describe('tokenUsageByRun', () => {
  test('C-53: has events of no run under no_run, which is always there', () => {
    expect(tokenUsageByRun({ events: [], fork: null })).toEqual({ no_run: EMPTY_TOKEN_SUMMARY });
    const session = aSession().says('123', { taskId: 'r1' }).says('12', { taskId: 'r1' });
    const usage = tokenUsageByRun(session.says('1').says('1234', { taskId: '' }).toSession());
    expect(Object.keys(usage)).toEqual(['no_run', 'r1']);
    expect([usage['no_run']?.totalTokens, usage['r1']?.totalTokens]).toEqual([5, 5]);
  });

  test.each(['__proto__', 'constructor'])('C-53: a run named %s is a run', (taskId) => {
    const usage = tokenUsageByRun(aSession().says('123', { taskId }).toSession());
    expect(Object.keys(usage).sort()).toEqual([taskId, 'no_run'].sort());
    expect(Object.getOwnPropertyDescriptor(usage, taskId)?.value).toMatchObject({ totalTokens: 3 });
  });
});

describe('the cost of an event in summaries', () => {
  test('is what was billed, whatever the usage itself says', () => {
    const tokenUsage = aUsage({ estimatedCostUsd: '5' });
    const billed = aRecordedEvent({ tokenUsage, billing: aBilling({ costPico: '7' }) });
    const unbilled = aRecordedEvent({ tokenUsage, position: 3 });
    const usage = tokenUsageBySource({ events: [billed, unbilled], fork: null });
    expect(usage.user?.totalEstimatedCostUsd).toBe('0.000000000007');
  });

  test('stands in the line of the model that was called', () => {
    const tokenUsage = aUsage({ model: '' });
    const event = aRecordedEvent({ tokenUsage, billing: aBilling({ model: 'large' }) });
    const usage = tokenUsageBySource({ events: [event], fork: null });
    expect(usage.user).toMatchObject({
      totalTokens: 5,
      usageByModel: { large: { totalTokens: 0, estimatedCostUsd: '0.00000000012' } },
    });
  });

  test('W-45: is null in the line of a model without a price', () => {
    const billing = aBilling({ model: 'my-own', costPico: null });
    const event = aRecordedEvent({ tokenUsage: aUsage({ model: 'my-own' }), billing });
    const usage = tokenUsageBySource({ events: [event], fork: null });
    expect(usage.user?.usageByModel['my-own']).toMatchObject({
      estimatedCostUsd: null,
      unpricedUsages: 1,
    });
  });
});

describe('childEvents', () => {
  test('W-38: finds the children by the one parent link', () => {
    const session = { events: events('a', 'b<a', 'c', 'd<a') };
    expect(childEvents(session, 'a').map((event) => event.id)).toEqual(['b', 'd']);
    expect(childEvents(session, 'x')).toEqual([]);
  });
});

describe('eventTree', () => {
  test('W-38: puts events below their parents, in the order of the log', () => {
    const tree = eventTree({ events: events('a', 'b<a', 'c', 'd<b', 'e<a') });
    expect(shape(tree)).toEqual([['a', [['b', ['d']], 'e']], 'c']);
  });

  test('W-32: an unknown, later or own parent makes a root, so that nothing is lost', () => {
    const tree = eventTree({ events: events('a<b', 'b<a', 'c<c', 'd<gone') });
    expect(shape(tree)).toEqual([['a', ['b']], 'c', 'd']);
  });

  test('W-67: of two events with one id, the later takes the children that follow', () => {
    expect(shape(eventTree({ events: events('a', 'x<a', 'a', 'y<a') }))).toEqual([
      ['a', ['x']],
      ['a', ['y']],
    ]);
  });

  test('stands a chain of a hundred thousand', () => {
    const chain = Array.from({ length: 100_000 }, (_, n) =>
      aRecordedEvent({ id: `e${n}`, parentEventId: n === 0 ? null : `e${n - 1}`, position: n + 2 }),
    );
    expect(eventTree({ events: chain })).toHaveLength(1);
  });
});
