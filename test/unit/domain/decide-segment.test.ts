import { describe, expect, test } from 'vitest';

import { FOLLOW_UP_DELAY_MS } from '../../../src/domain/decision.ts';
import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../../../src/domain/segment.ts';
import { aPolicy, aRecordCommand, type CommandOf } from '../../lib/commands.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

/** Types of the log, one letter each: c created, p prompt, e event, S segment closed, s summary applied. */
function logOf(session: TestSession): string {
  return session.entries
    .map(({ event }) => (event.type === 'segment-closed' ? 'S' : event.type.charAt(0)))
    .join('');
}

function close(policy = aPolicy()): CommandOf<'close-segment'> {
  return { type: 'close-segment', policy, model: 'small' };
}

function summarise(segment: number, text: string): CommandOf<'apply-summary'> {
  return { type: 'apply-summary', segment, text, model: 'small' };
}

describe('a segment closes', () => {
  test('C-122: right before the user message that finds it full, in the same step', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
    session.says('u0').answers('a0');
    const decision = session.record({ message: 'u1' });
    expect(decision).toMatchObject({
      kind: 'accepted',
      events: [
        { type: 'segment-closed', segment: 1, summary: { origin: 'extractive', revision: 0 } },
        { type: 'event-recorded' },
      ],
    });
    expect(session.state.open).toMatchObject({ number: 2, messages: 1 });
    expect(session.state.closed).toMatchObject([{ number: 1, messages: 2 }]);
  });

  test('C-126: only while the same one is open, so that two processes close it once', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 1 }) }).says('u0');
    expect(session.record()).toMatchObject({ mode: 'expected', needsOpenSegment: true });
    expect(session.state.closed).toHaveLength(1);
  });

  test('C-127: never between a question, its answers and its tools', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 1, tokenThreshold: 1 }) });
    session
      .says('u0')
      .answers('a0')
      .usesTool('t0')
      .answers('a1')
      .says('note', { source: 'system' });
    session.says('u1').usesTool('t1').answers('a2');
    expect(logOf(session)).toBe('seeeeeSeee');
    const segments = session.toSession().events.map((event) => event.segment);
    expect(segments).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2]);
  });

  test('C-121: the example of two messages a segment gives four segments', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
    for (const n of [0, 1, 2, 3]) session.says(`u${n}`).answers(`a${n}`);
    expect(logOf(session)).toBe('seeSeeSeeSee');
    expect(session.state.totals.counts).toMatchObject({ events: 11, summaries: 3 });
  });

  test('C-121: never empty, also with limits of zero', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 0, tokenThreshold: 0 }) });
    session.says('u0').says('u1').says('u2');
    expect(logOf(session)).toBe('seSeSe');
    expect(session.state.closed.map((segment) => segment.messages)).toEqual([1, 1]);
  });

  test('C-128: tool output counts towards the threshold', () => {
    const session = aSession({ policy: aPolicy({ tokenThreshold: 1000 }) });
    session
      .says('u0')
      .usesTool({ result: 'x'.repeat(1000) })
      .answers('a0');
    expect(session.state.closed).toHaveLength(0);
    session.says('u1');
    expect(session.state.closed).toHaveLength(1);
  });

  test('W-26: the system prompt counts towards the threshold', () => {
    const session = aSession({
      session: { systemPrompt: 'x'.repeat(40) },
      policy: aPolicy({ tokenThreshold: 100 }),
    });
    session.says('x'.repeat(55));
    expect(session.decide(aRecordCommand({}, { policy: session.policy }))).toMatchObject({
      events: [{ type: 'event-recorded' }],
    });
    session.says('1').says('u2');
    expect(session.state.open.number).toBe(2);
  });

  test('a system prompt of about the threshold leaves half of it to the conversation', () => {
    const session = aSession({
      session: { systemPrompt: 'x'.repeat(99) },
      policy: aPolicy({ tokenThreshold: 100, maxTurnsPerSegment: 1000 }),
    });
    session.says('x'.repeat(20)).says('x'.repeat(20)).says('1');
    expect(session.state.open.number).toBe(1);
    session.says('u');
    expect(session.state.open.number).toBe(2);
  });

  test('W-26: summaries count towards the threshold, as far as they are shown', () => {
    const policy = aPolicy({ tokenThreshold: 100, summaryTokens: 1000, carryTokens: 0 });
    const session = aSession({ policy }).says('x'.repeat(100)).says('u'.repeat(51));
    session.run(summarise(1, 'y'.repeat(55)));
    const next = (summaryTokens: number): unknown =>
      session.decide(aRecordCommand({}, { policy: { ...policy, summaryTokens } }));
    expect(next(1000)).toMatchObject({ events: [{ type: 'segment-closed' }, {}] });
    expect(next(54)).toMatchObject({ events: [{ type: 'event-recorded' }] });
  });

  test('not for events that no prompt shows, however long', () => {
    const session = aSession({ policy: aPolicy({ tokenThreshold: 100 }) }).says('1');
    session.record({ message: 'x'.repeat(500), source: 'system', type: 'reference' });
    session.answers('2').says('3');
    expect(session.state.open.number).toBe(1);
    expect(session.toSession().events[2]?.billing?.usage.inputTokens).toBe(
      REPLY_PRIMER_TOKENS + 1 + MESSAGE_OVERHEAD_TOKENS,
    );
  });

  test('W-28: not at all without a policy', () => {
    const session = aSession();
    for (let n = 0; n < 50; n += 1) session.says('x'.repeat(1000)).answers('y');
    expect(session.state.open.number).toBe(1);
  });

  test('C-123: the session keeps id, prompt, properties and values', () => {
    const session = aSession({
      session: { systemPrompt: 'p', properties: { user_id: 'u' } },
      policy: aPolicy({ maxTurnsPerSegment: 1 }),
    });
    session.run({ type: 'change-values', change: { set: { step: 1 }, remove: [] } });
    session.says('u0').says('u1');
    expect(session.state).toMatchObject({
      sessionId: 'session-1',
      systemPrompt: 'p',
      properties: { user_id: 'u' },
      values: { step: 1 },
    });
  });

  test('W-20: the next prompt begins with the latest exchanges that fit', () => {
    const policy = aPolicy({ maxTurnsPerSegment: 4, carryTokens: 30 });
    const session = aSession({ policy }).says('u0').answers('a0').says('u1').answers('a1');
    session.says('u2');
    // Positions: 2 u0, 3 a0, 4 u1, 5 a1, 6 the roll-over, 7 u2.
    expect(session.state.open).toMatchObject({
      fromPosition: 7,
      promptFromPosition: 2,
      carriedTokens: 4 * (2 + MESSAGE_OVERHEAD_TOKENS),
    });
  });

  test('C-124: the summary says what was asked and how it ended', () => {
    const session = aSession({ policy: aPolicy({ maxTurnsPerSegment: 2 }) });
    session.says('How do refunds work?').answers({ content: 'Within a week.' }).says('Thanks');
    const text = 'User discussed: How do refunds work. Latest answer: Within a week.';
    expect(session.state.closed[0]?.summary).toEqual({
      text,
      tokens: text.length,
      origin: 'extractive',
      revision: 0,
      brief: { length: 22, tokens: 23 },
    });
  });

  test('W-07: a better summary is asked for after the commit, never waited for', () => {
    const policy = aPolicy({ maxTurnsPerSegment: 1, requestSummary: true });
    const session = aSession({ policy }).says('u0');
    expect(session.record()).toMatchObject({
      addFollowUps: [{ id: 'summarise/1', dueAtMs: 1_000_000 + FOLLOW_UP_DELAY_MS }],
      removeFollowUps: [],
    });
    session.policy = aPolicy({ maxTurnsPerSegment: 1 });
    expect(session.record()).toMatchObject({ addFollowUps: [] });
  });
});

describe('close-segment', () => {
  test('closes on request', () => {
    const session = aSession().says('u0').answers('a0');
    const decision = session.run(close(aPolicy({ requestSummary: true })));
    expect(decision).toMatchObject({
      needsOpenSegment: true,
      addFollowUps: [{ id: 'summarise/1' }],
    });
    expect(session.state.open).toMatchObject({ number: 2, messages: 0, fromPosition: 5 });
  });

  test('refuses when there is no message to close over', () => {
    const session = aSession().usesTool('t');
    expect(session.decide(close())).toMatchObject({
      kind: 'rejected',
      error: { code: 'INVALID_SESSION_OPERATION', operation: 'closeSegment' },
    });
  });
});

describe('apply-summary', () => {
  function closed(): TestSession {
    return aSession({ policy: aPolicy({ maxTurnsPerSegment: 1 }) })
      .says('u0')
      .says('u1');
  }

  test('C-125: lays a better summary over a closed segment', () => {
    const session = closed();
    const decision = session.run(summarise(1, 'They greeted.'));
    expect(decision).toMatchObject({ mode: 'expected', removeFollowUps: ['summarise/1'] });
    expect(session.state.closed[0]?.summary).toEqual({
      text: 'They greeted.',
      tokens: 13,
      origin: 'model',
      revision: 1,
    });
  });

  test('a later one has a higher revision', () => {
    const session = closed();
    session.run(summarise(1, 'one'));
    session.run(summarise(1, 'two'));
    expect(session.state.closed[0]?.summary).toMatchObject({ text: 'two', revision: 2 });
  });

  test('C-125: a summary that was written twice has one effect', () => {
    const session = closed();
    session.run({ ...summarise(1, 'one'), revision: 1 });

    expect(session.decide({ ...summarise(1, 'again'), revision: 1 })).toEqual({
      kind: 'unchanged',
    });
    expect(session.state.closed[0]?.summary).toMatchObject({ text: 'one', revision: 1 });
    session.run({ ...summarise(1, 'two'), revision: 2 });
    expect(session.state.closed[0]?.summary).toMatchObject({ text: 'two', revision: 2 });
  });

  test.each([2, 3, 0])('refuses segment %i, which is not a closed one', (segment) => {
    expect(closed().decide(summarise(segment, 'x'))).toMatchObject({
      kind: 'rejected',
      error: { code: 'INVALID_SESSION_OPERATION', operation: 'applySummary' },
    });
  });

  test('an older revision that comes late changes nothing', () => {
    const session = closed();
    session.run(summarise(1, 'one'));
    session.run(summarise(1, 'two'));
    const late = { text: 'late', tokens: 4, origin: 'model', revision: 1 } as const;
    session.apply([{ type: 'summary-applied', atMs: 1, segment: 1, summary: late }]);
    expect(session.state.closed[0]?.summary.text).toBe('two');
    expect(session.toSession().segments[0]?.summary?.text).toBe('two');
  });
});
