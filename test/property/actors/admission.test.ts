import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, type Waiting } from '../../../src/actors/admission.ts';
import { Overloaded } from '../../../src/domain/errors.ts';

const LIMITS = {
  sessionQueue: 3,
  tenantQueue: 5,
  shardQueue: 8,
  shardQueueBytes: 50,
  processQueueBytes: 60,
};

const call = fc.record({
  type: fc.constant('admit' as const),
  tenant: fc.constantFrom('a', 'b', 'c'),
  sessionId: fc.constantFrom('one', 'two'),
  length: fc.nat(30),
});
const release = fc.record({ type: fc.constant('release' as const), waitedMs: fc.nat(100_000) });

/** What an admission should hold, counted anew from a plain list of who waits. */
function countOf(waiting: readonly Waiting[], fits: (one: Waiting) => boolean): number {
  return waiting.filter(fits).length;
}

describe('Admission', () => {
  test('invariant 13: never lets more wait than any bound allows, and refuses only at a bound', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(call, release), { maxLength: 60 }), (steps) => {
        const admission = new Admission(LIMITS);
        const waiting: Waiting[] = [];
        const answers: unknown[] = [];
        const expected: unknown[] = [];
        for (const step of steps) {
          if (step.type === 'release') {
            const first = waiting.shift();
            if (first !== undefined) admission.release(first, step.waitedMs);
          } else {
            const next = toWaiting(step, waiting);
            expected.push(hasRoom(waiting, next) ? 'admitted' : 'refused for a while');
            answers.push(answerTo(admission, next));
            if (answers.at(-1) === 'admitted') waiting.push(next);
          }
          answers.push(admission.queued);
          expected.push(waiting.length);
        }
        expect(answers).toEqual(expected);
      }),
    );
  });
});

function toWaiting(
  {
    tenant,
    sessionId,
    length,
  }: { readonly tenant: string; readonly sessionId: string; readonly length: number },
  waiting: readonly Waiting[],
): Waiting {
  const key = { tenant, sessionId };
  return { key, sessionQueued: countOf(waiting, (one) => isSame(one, key)), length };
}

function isSame({ key }: Waiting, other: Waiting['key']): boolean {
  return key.tenant === other.tenant && key.sessionId === other.sessionId;
}

function hasRoom(waiting: readonly Waiting[], next: Waiting): boolean {
  const { tenant } = next.key;
  const length = waiting.reduce((sum, one) => sum + one.length, next.length);
  return (
    next.sessionQueued < LIMITS.sessionQueue &&
    countOf(waiting, ({ key }) => key.tenant === tenant) < LIMITS.tenantQueue &&
    waiting.length < LIMITS.shardQueue &&
    (waiting.length === 0 || length <= LIMITS.shardQueueBytes)
  );
}

function answerTo(admission: Admission, next: Waiting): string {
  try {
    admission.admit(next);
    return 'admitted';
  } catch (error) {
    if (!(error instanceof Overloaded)) throw error;
    const { retryAfterMs } = error;
    return retryAfterMs >= 10 && retryAfterMs <= 5000
      ? 'refused for a while'
      : `${retryAfterMs} ms`;
  }
}
