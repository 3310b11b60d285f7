import { describe, expect, test } from 'vitest';

import type { Command, NewSession } from '../../../src/domain/command.ts';
import { decide } from '../../../src/domain/decide.ts';
import { FOLLOW_UP_DELAY_MS, linkParentId } from '../../../src/domain/decision.ts';
import { aNewSession, aPolicy, aRecordCommand } from '../../lib/commands.ts';
import { anEnvironment } from '../../lib/environment.ts';
import { figures } from '../../lib/events.ts';
import { aSession } from '../../lib/session.ts';

const AT = 1_000_000;

/** The commands that begin a session where there is none. */
function creations(options: Partial<NewSession>): readonly (readonly [string, Command])[] {
  const session = aNewSession(options);
  const prompt = { systemPrompt: 'p', model: 'small' };
  return [
    ['create', { type: 'create', session }],
    ['record-event', aRecordCommand({}, { create: session })],
    ['set-system-prompt', { type: 'set-system-prompt', ...prompt, create: session }],
  ];
}

describe('create', () => {
  test('C-6: begins a session with its properties and nothing else', () => {
    const session = aSession({ session: { properties: { user_id: 'u' }, parentId: 'p' } });
    expect(session.state).toMatchObject({
      sessionId: 'session-1',
      tenant: 'tenant-1',
      version: 1,
      createdAtMs: AT,
      updatedAtMs: AT,
      parentId: 'p',
      properties: { user_id: 'u' },
      values: {},
      children: [],
      runs: [],
      closed: [],
      systemPrompt: null,
      lastEventAtMs: null,
      fork: null,
    });
  });

  test('C-101: records the system prompt with its tokens in the same step', () => {
    const session = aSession({ session: { systemPrompt: 'Be kind.' } });
    expect(session.entries.map(({ event }) => event.type)).toEqual([
      'session-created',
      'system-prompt-changed',
    ]);
    expect([session.state.systemPrompt, session.state.systemPromptTokens]).toEqual(['Be kind.', 8]);
  });

  test('C-34: refuses an id that is taken', () => {
    const session = aSession();
    expect(session.decide({ type: 'create', session: aNewSession() })).toMatchObject({
      kind: 'rejected',
      error: { code: 'SESSION_ALREADY_EXISTS', sessionId: 'session-1' },
    });
  });

  test.each(creations({ parentId: 'session-1' }))(
    'C-62: %s refuses a session that would be its own parent',
    (_type, command) => {
      expect(aSession({ session: null }).decide(command)).toMatchObject({
        kind: 'rejected',
        error: { code: 'INVALID_SESSION_OPERATION', sessionId: 'session-1' },
      });
    },
  );

  test.each(creations({ parentId: 'p' }))(
    'C-56: %s leaves a reminder to register the child with its parent',
    (_type, command) => {
      expect(aSession({ session: null }).decide(command)).toMatchObject({
        addFollowUps: [{ id: linkParentId('p'), dueAtMs: AT + FOLLOW_UP_DELAY_MS }],
      });
    },
  );

  test.each(creations({}))('%s without a parent leaves none', (_type, command) => {
    expect(aSession({ session: null }).decide(command)).toMatchObject({ addFollowUps: [] });
  });

  test('W-11: is only true where there is no session yet', () => {
    const session = aSession({ session: null });
    expect(session.decide({ type: 'create', session: aNewSession() })).toMatchObject({
      kind: 'accepted',
      mode: 'expected',
    });
  });

  test('W-64: properties named like fields of a session are just properties', () => {
    const properties = { created_at: 'yesterday', updated_at: 1, properties: { a: 1 }, id: 'x' };
    const session = aSession({ session: { properties } });
    expect(session.state.properties).toEqual(properties);
    expect([session.state.createdAtMs, session.state.sessionId]).toEqual([AT, 'session-1']);
  });
});

describe('commands to a session that does not exist', () => {
  const figure = figures();
  const commands: readonly Command[] = [
    aRecordCommand(),
    {
      type: 'change-event-usage',
      eventId: 'e',
      eventPosition: 2,
      before: figure,
      after: figure,
      basisVersion: 1,
    },
    { type: 'change-event-metadata', eventId: 'e', change: { set: {}, remove: [] } },
    { type: 'close-segment', policy: aPolicy(), model: 'small' },
    { type: 'apply-summary', segment: 1, text: 't', model: 'small' },
    { type: 'set-system-prompt', systemPrompt: 'p', model: 'small', create: null },
    { type: 'change-properties', change: { set: {}, remove: [] } },
    { type: 'change-values', change: { set: {}, remove: [] } },
    { type: 'start-run', runId: null, metadata: {} },
    { type: 'move-run', runId: 'r', to: 'running', reason: undefined },
    { type: 'add-run-tool-call', runId: 'r', eventId: 'e' },
    { type: 'change-run-metadata', runId: 'r', change: { set: {}, remove: [] } },
    { type: 'set-parent', parentId: 'p' },
    { type: 'link-child', childId: 'c', isFork: false },
    { type: 'unlink-child', childId: 'c' },
  ];

  test.each(commands.map((command) => [command.type, command] as const))(
    'C-99: %s is refused and creates nothing',
    (_type, command) => {
      expect(aSession({ session: null }).decide(command)).toMatchObject({
        kind: 'rejected',
        error: { code: 'SESSION_NOT_FOUND', sessionId: 'session-1' },
      });
    },
  );
});

describe('set-system-prompt', () => {
  const prompt = (systemPrompt: string | null, create: null | 'new' = null): Command => ({
    type: 'set-system-prompt',
    systemPrompt,
    model: 'small',
    create: create === null ? null : aNewSession({ properties: { a: 1 } }),
  });

  test('C-102: changes it, and takes it away', () => {
    const session = aSession({ session: { systemPrompt: 'one' } });
    session.run(prompt('three'));
    expect([session.state.systemPrompt, session.state.systemPromptTokens]).toEqual(['three', 5]);
    session.run(prompt(null));
    expect([session.state.systemPrompt, session.state.systemPromptTokens]).toEqual([null, 0]);
  });

  test('C-102: an empty one is kept as it is', () => {
    const session = aSession();
    session.run(prompt(''));
    expect([session.state.systemPrompt, session.state.systemPromptTokens]).toEqual(['', 0]);
  });

  test('records nothing when it is the same', () => {
    const session = aSession({ session: { systemPrompt: 'one' } });
    expect(session.decide(prompt('one'))).toEqual({ kind: 'unchanged' });
  });

  test('C-102: creates the session when asked to, with this prompt', () => {
    const session = aSession({ session: null });
    const decision = session.run(prompt('late', 'new'));
    expect(decision).toMatchObject({ kind: 'accepted', mode: 'expected' });
    expect(session.state).toMatchObject({ systemPrompt: 'late', properties: { a: 1 } });
  });
});

describe('change-properties and change-values', () => {
  test('C-23: properties change and the session is updated', () => {
    const session = aSession({ session: { properties: { a: 1, b: 2 } } }).advance(5000);
    session.run({ type: 'change-properties', change: { set: { b: 3 }, remove: ['a'] } });
    expect(session.state).toMatchObject({
      properties: { b: 3 },
      createdAtMs: AT,
      updatedAtMs: AT + 5000,
    });
  });

  test('C-8: values are set, replaced and removed', () => {
    const session = aSession();
    session.run({
      type: 'change-values',
      change: { set: { step: 1, user: { id: 7 } }, remove: [] },
    });
    session.run({
      type: 'change-values',
      change: { set: { step: 2 }, remove: ['user', 'absent'] },
    });
    expect(session.state.values).toEqual({ step: 2 });
  });

  test('properties depend on what they were made from, values do not', () => {
    const session = aSession();
    const change = { set: { a: 1 }, remove: [] };
    expect(session.decide({ type: 'change-properties', change })).toMatchObject({
      mode: 'expected',
    });
    expect(session.decide({ type: 'change-values', change })).toMatchObject({ mode: 'any' });
  });
});

describe('decide', () => {
  test('a fault of the environment refuses the one command, with the cause', () => {
    const cause = new RangeError('no vocabulary');
    const countTokens = (): never => {
      throw cause;
    };
    const { key, state } = aSession();
    const context = { key, state, env: anEnvironment({ countTokens }) };
    expect(decide(context, aRecordCommand())).toMatchObject({
      kind: 'rejected',
      error: { code: 'SESSION_MANAGER_ERROR', cause },
    });
  });
});
