import { describe, expect, test } from 'vitest';
import { IdleList } from '../../../src/actors/idle-list.ts';
import type { SessionActor } from '../../../src/actors/session-actor.ts';
import { anActor } from './test-actor.ts';

const NO_BOUNDS = { idleBeforeMs: -Infinity, maxBytes: Infinity };

/** What the list would let go of for a reason that holds for all, in that order. */
function drain(list: IdleList<SessionActor>): readonly SessionActor[] {
  const actors: SessionActor[] = [];
  const bounds = { ...NO_BOUNDS, idleBeforeMs: Infinity };
  for (let actor = list.next(bounds); actor !== null; actor = list.next(bounds)) {
    actors.push(actor);
    list.remove(actor);
  }
  return actors;
}

describe('IdleList', () => {
  test('offers the actor that has been idle longest', () => {
    const list = new IdleList<SessionActor>();
    const actors = [anActor('a'), anActor('b'), anActor('c')];
    for (const actor of actors) list.add(actor, { bytes: 1, nowMs: 0 });
    expect(drain(list)).toEqual(actors);
  });

  test('moves an actor that is used again to the end', () => {
    const list = new IdleList<SessionActor>();
    const [one, two] = [anActor('a'), anActor('b')];
    list.add(one, { bytes: 1, nowMs: 0 });
    list.add(two, { bytes: 1, nowMs: 1 });
    list.add(one, { bytes: 5, nowMs: 2 });
    expect(list.bytes).toBe(6);
    expect(drain(list)).toEqual([two, one]);
  });

  test('takes an actor out of the middle', () => {
    const list = new IdleList<SessionActor>();
    const [one, two, three] = [anActor('a'), anActor('b'), anActor('c')];
    for (const actor of [one, two, three]) list.add(actor, { bytes: 2, nowMs: 0 });
    list.remove(two);
    expect(list.bytes).toBe(4);
    expect(drain(list)).toEqual([one, three]);
    expect(list.bytes).toBe(0);
  });

  test('does not mind taking out what is not there', () => {
    const list = new IdleList<SessionActor>();
    list.remove(anActor('a'));
    expect(list.next({ ...NO_BOUNDS, idleBeforeMs: Infinity })).toBeNull();
  });

  test('offers nothing while everything is young and fits', () => {
    const list = new IdleList<SessionActor>();
    list.add(anActor('a'), { bytes: 10, nowMs: 100 });
    expect(list.next({ idleBeforeMs: 100, maxBytes: 10 })).toBeNull();
  });

  test('offers what has been idle since before the bound', () => {
    const list = new IdleList<SessionActor>();
    const actor = anActor('a');
    list.add(actor, { bytes: 10, nowMs: 100 });
    expect(list.next({ idleBeforeMs: 101, maxBytes: 10 })).toBe(actor);
  });

  test('offers the oldest while the bytes exceed the budget', () => {
    const list = new IdleList<SessionActor>();
    const [one, two] = [anActor('a'), anActor('b')];
    list.add(one, { bytes: 6, nowMs: 100 });
    list.add(two, { bytes: 6, nowMs: 100 });
    const bounds = { idleBeforeMs: 0, maxBytes: 10 };
    expect(list.next(bounds)).toBe(one);
    list.remove(one);
    expect(list.next(bounds)).toBeNull();
  });
});
