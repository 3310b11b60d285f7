import { describe, expect, test } from 'vitest';

import type { Command } from '../../../src/domain/command.ts';
import type { RunStatus, SessionRun } from '../../../src/domain/run.ts';
import {
  activeRun,
  MAX_ACTIVE_RUNS,
  MAX_ENDED_RUNS,
  MAX_RUN_TOOL_CALLS,
} from '../../../src/domain/session-state.ts';
import { MAX_MAP_LENGTH } from '../../../src/domain/record-limit.ts';
import { aRun } from '../../lib/events.ts';
import { aSession, type TestSession } from '../../lib/session.ts';

function start(session: TestSession, runId: string): TestSession {
  session.run({ type: 'start-run', runId, metadata: {} });
  return session;
}

function move(session: TestSession, runId: string, to: RunStatus): TestSession {
  session.run({ type: 'move-run', runId, to, reason: undefined });
  return session;
}

function runOf(session: TestSession, id: string): SessionRun | undefined {
  return session.state.runs.find((run) => run.id === id);
}

function refusal(session: TestSession, command: Command): unknown {
  const decision = session.decide(command);
  return decision.kind === 'rejected' ? decision.error : decision.kind;
}

describe('start-run', () => {
  test('C-28: attaches a pending run under a fresh or given id', () => {
    const session = aSession();
    session.run({ type: 'start-run', runId: null, metadata: { goal: 'x' } });
    start(session, 'mine');
    expect(session.state.runs).toEqual([
      aRun({ id: 'id-2', metadata: { goal: 'x' } }),
      aRun({ id: 'mine' }),
    ]);
  });

  test('is only true right after the state it was made from', () => {
    const decision = aSession().decide({ type: 'start-run', runId: null, metadata: {} });
    expect(decision).toMatchObject({ kind: 'accepted', mode: 'expected' });
  });

  test('refuses an id that is in use', () => {
    const session = start(aSession(), 'r');
    expect(refusal(session, { type: 'start-run', runId: 'r', metadata: {} })).toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'runs.create',
    });
  });

  test('refuses more active runs than a state may hold', () => {
    const session = aSession();
    for (let n = 0; n < MAX_ACTIVE_RUNS; n += 1) start(session, `r${n}`);
    const another = { type: 'start-run', runId: 'more', metadata: {} } as const;
    expect(refusal(session, another)).toMatchObject({ operation: 'runs.create' });
    move(session, 'r0', 'cancelled');
    expect(refusal(session, another)).toBe('accepted');
  });
});

describe('move-run', () => {
  test('C-24: moves a run and stamps the times', () => {
    const session = start(aSession(), 'r').advance(1000);
    move(session, 'r', 'running').advance(1000);
    session.run({ type: 'move-run', runId: 'r', to: 'failed', reason: 'no key' });
    expect(runOf(session, 'r')).toEqual(
      aRun({
        id: 'r',
        status: 'failed',
        startedAtMs: 1_001_000,
        endedAtMs: 1_002_000,
        metadata: { failure_reason: 'no key' },
      }),
    );
  });

  test('W-67: refuses a step that the machine does not have', () => {
    const session = move(move(start(aSession(), 'r'), 'r', 'running'), 'r', 'completed');
    const again = { type: 'move-run', runId: 'r', to: 'running', reason: undefined } as const;
    expect(refusal(session, again)).toMatchObject({ operation: 'runs.start' });
  });

  test('refuses an unknown run', () => {
    const command = { type: 'move-run', runId: 'x', to: 'running', reason: undefined } as const;
    expect(refusal(aSession(), command)).toMatchObject({ code: 'INVALID_SESSION_OPERATION' });
  });
});

describe('add-run-tool-call', () => {
  test('C-26: lists a tool call once', () => {
    const session = start(aSession(), 'r');
    const add = { type: 'add-run-tool-call', runId: 'r', eventId: 'e1' } as const;
    expect(session.run(add).kind).toBe('accepted');
    expect(session.run(add)).toEqual({ kind: 'unchanged' });
    expect(runOf(session, 'r')?.toolCalls).toEqual(['e1']);
  });

  test('refuses more than one run may list', () => {
    const toolCalls = Array.from({ length: MAX_RUN_TOOL_CALLS }, (_, n) => `e${n}`);
    const run = aRun({ id: 'r', toolCalls });
    const session = aSession().apply([{ type: 'run-changed', atMs: 1, run }]);
    const add = (eventId: string): Command => ({ type: 'add-run-tool-call', runId: 'r', eventId });
    expect(refusal(session, add('one more'))).toMatchObject({ operation: 'runs.addToolCall' });
    expect(refusal(session, add('e0'))).toBe('unchanged');
  });

  test('refuses an unknown run', () => {
    const add = { type: 'add-run-tool-call', runId: 'x', eventId: 'e' } as const;
    expect(refusal(aSession(), add)).toMatchObject({ operation: 'runs.addToolCall' });
  });
});

describe('the metadata of a run', () => {
  const long = { text: 'x'.repeat(MAX_MAP_LENGTH) };
  const change = { set: long, remove: [] };

  test.each<[string, string, Command]>([
    ['start-run', 'options.metadata', { type: 'start-run', runId: null, metadata: long }],
    ['change-run-metadata', 'change.set', { type: 'change-run-metadata', runId: 'r', change }],
    ['move-run', 'reason', { type: 'move-run', runId: 'r', to: 'failed', reason: long.text }],
  ])('is refused by %s beyond what a state may hold', (_type, field, command) => {
    const session = start(aSession(), 'r');
    expect(refusal(session, command)).toMatchObject({ code: 'INVALID_INPUT', field });
  });
});

describe('change-run-metadata', () => {
  test('sets and removes entries, also of an ended run', () => {
    const session = move(start(aSession(), 'r'), 'r', 'cancelled');
    const change = { set: { a: 1 }, remove: ['absent'] };
    session.run({ type: 'change-run-metadata', runId: 'r', change });
    expect(runOf(session, 'r')?.metadata).toEqual({ a: 1 });
  });

  test('refuses an unknown run', () => {
    const change = { set: {}, remove: [] };
    const command = { type: 'change-run-metadata', runId: 'x', change } as const;
    expect(refusal(aSession(), command)).toMatchObject({ operation: 'runs.changeMetadata' });
  });
});

describe('the runs of a state', () => {
  test('C-10: the active one is the latest that is running', () => {
    const session = aSession();
    for (const id of ['a', 'b', 'c']) start(session, id);
    expect(activeRun(session.state.runs)).toBeNull();
    move(move(session, 'b', 'running'), 'a', 'running');
    expect(activeRun(session.state.runs)?.id).toBe('b');
    move(session, 'b', 'completed');
    expect(activeRun(session.state.runs)?.id).toBe('a');
  });

  test('keeps the latest ended ones, and the log keeps all', () => {
    const session = aSession();
    start(session, 'active');
    for (let n = 0; n <= MAX_ENDED_RUNS; n += 1) {
      move(start(session, `r${n}`), `r${n}`, 'cancelled');
    }
    expect(session.state.runs).toHaveLength(MAX_ENDED_RUNS + 1);
    expect([runOf(session, 'active')?.status, runOf(session, 'r0')]).toEqual([
      'pending',
      undefined,
    ]);
    expect(session.toSession().runs).toHaveLength(MAX_ENDED_RUNS + 2);
  });

  test('C-28: a fork has none of its origin', () => {
    const fork = start(aSession(), 'r').fork('fork-1');
    expect(fork.state.runs).toEqual([]);
    expect(start(fork, 'r').toSession().taskIds).toEqual(['r']);
  });
});

test('a step that the status of a run does not allow is refused with the id of the session', () => {
  const session = move(start(aSession(), 'r'), 'r', 'cancelled');
  const command = { type: 'move-run', runId: 'r', to: 'completed', reason: undefined } as const;
  expect(refusal(session, command)).toMatchObject({
    operation: 'runs.complete',
    sessionId: 'session-1',
  });
});
