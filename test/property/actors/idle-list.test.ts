import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdleList } from '../../../src/actors/idle-list.ts';
import type { SessionActor } from '../../../src/actors/session-actor.ts';
import { anActor } from '../../unit/actors/test-actor.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  fc.record({ type: fc.constant('add' as const), name, bytes: fc.nat(10) }),
  fc.record({ type: fc.constant('remove' as const), name }),
  fc.record({ type: fc.constant('next' as const), maxBytes: fc.nat(30), age: fc.nat(10) }),
);

interface Entry {
  readonly actor: unknown;
  readonly bytes: number;
  readonly nowMs: number;
}

/** The oldest entry of a plain list, when it is due. */
function dueIn(
  model: readonly Entry[],
  bounds: { readonly idleBeforeMs: number; readonly maxBytes: number },
): unknown {
  const [oldest] = model;
  if (oldest === undefined) return null;
  const isDue = oldest.nowMs < bounds.idleBeforeMs || bytesOf(model) > bounds.maxBytes;
  return isDue ? oldest.actor : null;
}

function bytesOf(model: readonly Entry[]): number {
  return model.reduce((sum, entry) => sum + entry.bytes, 0);
}

describe('IdleList', () => {
  test('is a list from oldest to newest that knows its bytes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const list = new IdleList<SessionActor>();
        // An actor is in one list, and knows its place there.
        const actors = new Map(NAMES.map((each) => [each, anActor(each)]));
        let model: readonly Entry[] = [];
        const answers: unknown[] = [];
        const expected: unknown[] = [];
        for (const [nowMs, taken] of steps.entries()) {
          if (taken.type === 'next') {
            const bounds = { idleBeforeMs: nowMs - taken.age, maxBytes: taken.maxBytes };
            answers.push(list.next(bounds));
            expected.push(dueIn(model, bounds));
          } else {
            const actor = actors.get(taken.name) ?? anActor(taken.name);
            model = model.filter((entry) => entry.actor !== actor);
            if (taken.type === 'remove') list.remove(actor);
            else {
              const { bytes } = taken;
              list.add(actor, { bytes, nowMs });
              model = [...model, { actor, bytes, nowMs }];
            }
          }
          answers.push(list.bytes);
          expected.push(bytesOf(model));
        }
        expect(answers).toEqual(expected);
      }),
    );
  });
});
