import { describe, expect, test } from 'vitest';

import {
  canMoveTo,
  createRun,
  isEnded,
  moveRun,
  RUN_STATUSES,
  runDurationSeconds,
  type RunStatus,
  runToJson,
  runToolCalls,
  sessionRunSchema,
  withToolCall,
} from '../../../src/domain/run.ts';
import { deepFreeze } from '../../lib/deep-freeze.ts';
import { anEvent, aRun } from '../../lib/events.ts';

const ALLOWED: ReadonlySet<string> = new Set([
  'pending>running',
  'pending>failed',
  'pending>cancelled',
  'running>completed',
  'running>failed',
  'running>cancelled',
]);

const PAIRS = RUN_STATUSES.flatMap((from) => RUN_STATUSES.map((to) => [from, to] as const));

function inStatus(status: RunStatus): ReturnType<typeof aRun> {
  const endedAtMs = status === 'pending' || status === 'running' ? null : 1_005_000;
  return deepFreeze(aRun({ status, endedAtMs, metadata: { kept: true } }));
}

describe('RUN_STATUSES', () => {
  test('C-3: are five', () => {
    expect(RUN_STATUSES).toEqual(['pending', 'running', 'completed', 'failed', 'cancelled']);
  });
});

describe('moveRun', () => {
  test.each(PAIRS)('W-67: %s to %s is a step only when the machine has it', (from, to) => {
    expect(canMoveTo(from, to)).toBe(ALLOWED.has(`${from}>${to}`));
  });

  test.each(PAIRS.filter(([from, to]) => ALLOWED.has(`${from}>${to}`)))(
    'C-24: %s to %s changes the status and one time',
    (from, to) => {
      const run = inStatus(from);
      const time = to === 'running' ? { startedAtMs: 1_007_500 } : { endedAtMs: 1_007_500 };
      expect(moveRun(run, { to, nowMs: 1_007_500 })).toEqual({ ...run, status: to, ...time });
    },
  );

  test.each(PAIRS.filter(([from, to]) => !ALLOWED.has(`${from}>${to}`)))(
    'W-67: %s to %s is refused',
    (from, to) => {
      expect(() => moveRun(inStatus(from), { to, nowMs: 1_007_500 })).toThrow(
        `a ${from} run cannot become ${to}`,
      );
    },
  );

  test('C-24: keeps the reason of a failure or a cancellation', () => {
    const running = inStatus('running');
    const at = { nowMs: 1_001_000 };
    expect(moveRun(running, { to: 'failed', reason: 'no key', ...at }).metadata).toEqual({
      kept: true,
      failure_reason: 'no key',
    });
    expect(moveRun(running, { to: 'cancelled', reason: 'by user', ...at }).metadata).toEqual({
      kept: true,
      cancel_reason: 'by user',
    });
  });

  test('leaves out an empty reason and one for a success', () => {
    const running = inStatus('running');
    const at = { nowMs: 1_001_000 };
    for (const move of [
      { to: 'failed', reason: '', ...at },
      { to: 'cancelled', ...at },
      { to: 'completed', reason: 'all good', ...at },
    ] as const) {
      expect(moveRun(running, move).metadata).toEqual({ kept: true });
    }
  });
});

describe('createRun', () => {
  test('C-24: is pending, without tool calls, with the metadata given', () => {
    const metadata = { goal: 'answer' };
    expect(createRun({ id: 'r', nowMs: 5, metadata })).toEqual(
      aRun({ id: 'r', startedAtMs: 5, metadata }),
    );
    expect(createRun({ id: 'r', nowMs: 5 }).metadata).toEqual({});
  });
});

describe('isEnded', () => {
  test('is true where no step leads on', () => {
    const ended = RUN_STATUSES.filter((status) => isEnded(inStatus(status)));
    expect(ended).toEqual(['completed', 'failed', 'cancelled']);
  });
});

describe('runDurationSeconds', () => {
  test('C-25: is null until the run has ended', () => {
    expect(runDurationSeconds(inStatus('running'))).toBeNull();
    expect(runDurationSeconds(inStatus('completed'))).toBe(5);
  });

  test('W-67: is never negative, since an ended run does not start again', () => {
    const started = moveRun(aRun(), { to: 'running', nowMs: 1_002_000 });
    const ended = moveRun(started, { to: 'failed', nowMs: 1_002_000 });
    expect(runDurationSeconds(ended)).toBe(0);
    expect(() => moveRun(ended, { to: 'running', nowMs: 1_009_000 })).toThrow('cannot become');
  });
});

describe('withToolCall', () => {
  test('C-26: lists a tool call once', () => {
    const run = deepFreeze(aRun());
    const twice = withToolCall(withToolCall(run, 'b'), 'a');
    expect(twice.toolCalls).toEqual(['b', 'a']);
    expect(withToolCall(twice, 'b')).toBe(twice);
  });
});

describe('runToolCalls', () => {
  test('C-26: finds the events in the order of the session', () => {
    const events = ['a', 'b', 'c'].map((id) => anEvent({ id }));
    const run = aRun({ toolCalls: ['c', 'gone', 'a'] });
    expect(runToolCalls(run, events).map((event) => event.id)).toEqual(['a', 'c']);
  });
});

describe('runToJson', () => {
  test('C-27: has end and duration only once the run has ended', () => {
    const open = aRun({ toolCalls: ['t'], metadata: { a: 1 } });
    const common = {
      id: 'run-1',
      startedAt: '1970-01-01T00:16:40.000Z',
      metadata: { a: 1 },
      toolCalls: ['t'],
    };
    expect(runToJson(open)).toStrictEqual({ ...common, status: 'pending' });
    expect(runToJson({ ...open, status: 'completed', endedAtMs: 1_002_500 })).toStrictEqual({
      ...common,
      status: 'completed',
      endedAt: '1970-01-01T00:16:42.500Z',
      durationSeconds: 2.5,
    });
  });
});

describe('sessionRunSchema', () => {
  test('takes a run as it is, with fields of a later version', () => {
    const run = { ...aRun({ toolCalls: ['a'] }), priority: 3 };
    expect(sessionRunSchema.parse(run)).toStrictEqual(run);
  });

  test.each([
    { status: 'in_progress' },
    { id: '' },
    { startedAtMs: '5' },
    { toolCalls: [1] },
    { metadata: [] },
  ])('refuses %j', (change) => {
    expect(sessionRunSchema.safeParse({ ...aRun(), ...change }).success).toBe(false);
  });
});
