import { describe, expect, test } from 'vitest';
import type { Command, Opening } from '../../../src/domain/command.ts';
import { decide } from '../../../src/domain/decide.ts';
import { aNewSession, aRecordCommand } from '../../lib/commands.ts';
import { anEnvironment } from '../../lib/environment.ts';
import { aSession } from '../../lib/session.ts';

const KEY = { tenant: 'tenant-1', sessionId: 'session-1' };
const SET: Command = { type: 'change-values', change: { set: { k: 1 }, remove: [] } };
const WANTED = { properties: { plan: 'pro' }, systemPrompt: 'Be kind.', model: 'small' };

/** What is decided about a command with an opening; the types of its events, or its kind. */
function outcome(
  state: ReturnType<typeof aSession>['state'] | null,
  opening: Opening,
  command: Command = SET,
) {
  const decision = decide({ key: KEY, state, env: anEnvironment(), opening }, command);
  if (decision.kind !== 'accepted') return { kind: decision.kind };
  return { mode: decision.mode, types: decision.events.map(({ type }) => type) };
}

describe('the opening of a command', () => {
  test('creates the session with it', () => {
    expect(outcome(null, { create: aNewSession(), wanted: null })).toEqual({
      mode: 'expected',
      types: ['session-created', 'values-changed'],
    });
  });

  test('brings what a session that is there does not have', () => {
    const opening = { create: aNewSession(), wanted: WANTED };
    expect(outcome(aSession().state, opening)).toEqual({
      mode: 'expected',
      types: ['system-prompt-changed', 'properties-changed', 'values-changed'],
    });
    expect(
      outcome(aSession().state, { create: null, wanted: { ...WANTED, properties: {} } }),
    ).toEqual({ mode: 'any', types: ['system-prompt-changed', 'values-changed'] });
  });

  test('adds nothing where all is there', () => {
    const { state } = aSession({
      session: { properties: { plan: 'pro' }, systemPrompt: 'Be kind.' },
    });
    expect(outcome(state, { create: null, wanted: WANTED })).toEqual({
      mode: 'any',
      types: ['values-changed'],
    });
  });

  test('is recorded with a command that changes nothing, and not with one that is refused or repeated', () => {
    const session = aSession();
    session.run(aRecordCommand({ message: 'a' }, { idempotencyKey: 'k' }));
    const opening = { create: null, wanted: { ...WANTED, systemPrompt: null } };
    const { state } = session;

    const unlink: Command = { type: 'unlink-child', childId: 'nobody' };
    expect(outcome(state, opening, unlink)).toMatchObject({ types: ['properties-changed'] });
    const again = aRecordCommand({ message: 'a' }, { idempotencyKey: 'k' });
    expect(outcome(state, opening, again)).toEqual({ kind: 'repeated' });
    const other = aRecordCommand({ message: 'b' }, { idempotencyKey: 'k' });
    expect(outcome(state, opening, other)).toEqual({ kind: 'rejected' });
  });
});

test('a turn is recorded as one, and refused as one', () => {
  const question = aRecordCommand({ message: 'q' }, { create: aNewSession() });
  const answer = aRecordCommand({ message: 'a', source: 'llm' });
  const nothing = { create: null, wanted: null };

  expect(outcome(null, nothing, { type: 'record-turn', question, answer })).toEqual({
    mode: 'expected',
    types: ['session-created', 'event-recorded', 'event-recorded'],
  });
  const huge = aRecordCommand({ message: 'x'.repeat(1_000_001), source: 'llm' });
  expect(outcome(null, nothing, { type: 'record-turn', question, answer: huge })).toEqual({
    kind: 'rejected',
  });
});
