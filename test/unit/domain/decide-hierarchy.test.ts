import { describe, expect, test } from 'vitest';

import { linkParentId } from '../../../src/domain/decision.ts';
import { MAX_CHILDREN } from '../../../src/domain/session-state.ts';
import { aSession } from '../../lib/session.ts';

describe('set-parent', () => {
  test('C-58: sets and takes away the parent', () => {
    const session = aSession();
    session.run({ type: 'set-parent', parentId: 'p' });
    expect(session.state.parentId).toBe('p');
    session.run({ type: 'set-parent', parentId: null });
    expect(session.state.parentId).toBeNull();
  });

  test('C-58: reminds of the lists of both parents, also when there is no new one', () => {
    const session = aSession({ session: { parentId: 'old' } });
    expect(session.run({ type: 'set-parent', parentId: 'new' })).toMatchObject({
      addFollowUps: [{ id: linkParentId('new') }, { id: linkParentId('old') }],
      removeFollowUps: [],
    });
    expect(session.run({ type: 'set-parent', parentId: null })).toMatchObject({
      addFollowUps: [{ id: linkParentId('new') }],
      removeFollowUps: [],
    });
  });

  test('records nothing when it is the same', () => {
    const session = aSession({ session: { parentId: 'p' } });
    expect(session.decide({ type: 'set-parent', parentId: 'p' })).toEqual({ kind: 'unchanged' });
    expect(aSession().decide({ type: 'set-parent', parentId: null })).toEqual({
      kind: 'unchanged',
    });
  });

  test('leaves a parent alone that is not the one to be replaced', () => {
    const session = aSession({ session: { parentId: 'moved-to' } });
    for (const parentId of [null, 'back'])
      expect(session.decide({ type: 'set-parent', parentId, from: 'p' })).toEqual({
        kind: 'unchanged',
      });
    session.run({ type: 'set-parent', parentId: 'back', from: 'moved-to' });
    expect(session.state.parentId).toBe('back');
  });

  test('C-62: refuses the session itself', () => {
    expect(aSession().decide({ type: 'set-parent', parentId: 'session-1' })).toMatchObject({
      kind: 'rejected',
      error: { code: 'INVALID_SESSION_OPERATION', sessionId: 'session-1' },
    });
  });
});

describe('link-child', () => {
  test('C-58: lists a child once, forks marked', () => {
    const session = aSession();
    session.run({ type: 'link-child', childId: 'a', isFork: false });
    session.run({ type: 'link-child', childId: 'b', isFork: true });
    const again = session.run({ type: 'link-child', childId: 'a', isFork: false });
    expect(again).toEqual({ kind: 'unchanged' });
    expect(session.state.children).toEqual([
      { id: 'a', isFork: false },
      { id: 'b', isFork: true },
    ]);
    expect(session.toSession().childIds).toEqual(['a', 'b']);
  });

  test('W-17: a fork is recorded again each time, so that a deletion under way notices it', () => {
    const session = aSession();
    session.run({ type: 'link-child', childId: 'a', isFork: true });
    for (const isFork of [true, false, true]) {
      const again = session.run({ type: 'link-child', childId: 'a', isFork });
      expect(again).toMatchObject({ mode: 'expected', events: [{ isLinked: true, isFork }] });
      expect(session.state.children).toEqual([{ id: 'a', isFork }]);
    }
  });

  test('C-62: refuses the session itself', () => {
    const command = { type: 'link-child', childId: 'session-1', isFork: false } as const;
    expect(aSession().decide(command)).toMatchObject({
      kind: 'rejected',
      error: { code: 'INVALID_SESSION_OPERATION' },
    });
  });

  test('refuses more children than a state may hold', () => {
    const session = aSession();
    const children = Array.from({ length: MAX_CHILDREN }, (_, n) => ({
      id: `c${n}`,
      isFork: false,
    }));
    session.current = { ...session.state, children };
    expect(session.decide({ type: 'link-child', childId: 'more', isFork: false })).toMatchObject({
      kind: 'rejected',
      error: { operation: 'addChild' },
    });
  });
});

describe('unlink-child', () => {
  test('W-17: takes a child out, and a missing one is fine', () => {
    const session = aSession();
    session.run({ type: 'link-child', childId: 'a', isFork: true });
    expect(session.run({ type: 'unlink-child', childId: 'a' })).toMatchObject({
      mode: 'expected',
      events: [{ type: 'child-changed', isLinked: false, isFork: true }],
    });
    expect(session.state.children).toEqual([]);
    expect(session.run({ type: 'unlink-child', childId: 'a' })).toEqual({ kind: 'unchanged' });
  });
});

describe('child-changed', () => {
  test('C-56: a link that comes twice in a log counts once', () => {
    const link = {
      type: 'child-changed',
      atMs: 1,
      childId: 'a',
      isLinked: true,
      isFork: false,
    } as const;
    expect(aSession().apply([link, link]).state.children).toEqual([{ id: 'a', isFork: false }]);
  });
});

describe('a fork', () => {
  test('C-136: records where it leaves its origin, and keeps the parent apart from that', () => {
    const origin = aSession().says('u0').answers('a0').says('u1');
    const fork = origin.fork('fork-1', 3);
    expect(fork.state).toMatchObject({
      sessionId: 'fork-1',
      fork: { sessionId: 'session-1', position: 3 },
      parentId: 'session-1',
      version: 4,
    });
  });

  test('W-29: takes nothing that its origin records later', () => {
    const origin = aSession().says('u0').answers('a0');
    const fork = origin.fork('fork-1');
    origin.says('later');
    fork.says('mine');
    const messages = fork.toSession().events.map((event) => event.message);
    expect(messages).toEqual(['u0', 'a0', 'mine']);
  });
});
