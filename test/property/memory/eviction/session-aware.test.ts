import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SessionAwareCache } from '../../../../src/memory/eviction/session-aware.ts';
import type { ChainPage, TouchOutcome } from '../../../../src/memory/eviction/session-aware.ts';

const MAX_BYTES = 60;

/** A session is a path in a tree: its number, read digit by digit, says which way it goes. */
interface Use {
  readonly kind: 'touch';
  readonly branch: number;
  readonly length: number;
  readonly waitMs: number;
}

type Step = Use | { readonly kind: 'remove'; readonly branch: number; readonly length: number };

const branch = fc.nat(80);
const length = fc.integer({ min: 0, max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('touch' as const),
      branch,
      length,
      waitMs: fc.oneof(fc.nat(5000), fc.integer({ min: -1000, max: 400_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), branch, length }) },
);
const steps = fc.array(step, { maxLength: 150 });

/** Sessions share their first pages as far as their numbers agree; every fifth page is large. */
function chainOf(session: number, pages: number): readonly ChainPage[] {
  return Array.from({ length: pages }, (_, depth) => ({
    key: `${session % (depth < 3 ? 1 : depth < 6 ? 9 : 81)}/${depth}`,
    bytes: depth % 5 === 4 ? 9 : depth % 3,
  }));
}

type Outcome = TouchOutcome | boolean;

function replay(
  cache: SessionAwareCache,
  given: readonly Step[],
  check: (one: Step, outcome: Outcome) => void,
): void {
  let nowMs = 0;
  for (const one of given) {
    const chain = chainOf(one.branch, one.length);
    if (one.kind === 'remove') {
      check(one, cache.remove(chain.at(-1)?.key ?? ''));
      continue;
    }
    nowMs += one.waitMs;
    check(one, cache.touch(chain, nowMs));
  }
}

/** What a cache that holds these pages has to answer; what it drops is its own choice, among what it holds. */
function expectedOf(held: Map<string, number>, one: Step, outcome: Outcome): Outcome {
  const chain = chainOf(one.branch, one.length);
  if (typeof outcome === 'boolean') return held.delete(chain.at(-1)?.key ?? '');
  const missing = chain.map(({ key }) => key).filter((key) => !held.has(key));
  for (const { key, bytes } of chain) held.set(key, bytes);
  return { missing, evicted: outcome.evicted.filter((key) => held.delete(key)) };
}

describe('SessionAwareCache', () => {
  test('holds what it was given and has not named since, within its budget', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const cache = new SessionAwareCache({ maxBytes: MAX_BYTES });
        const held = new Map<string, number>();
        replay(cache, given, (one, outcome) => {
          expect(outcome).toEqual(expectedOf(held, one, outcome));
          expect(cache.size).toBe(held.size);
          expect(cache.usedBytes).toBe([...held.values()].reduce((sum, bytes) => sum + bytes, 0));
          expect(cache.usedBytes).toBeLessThanOrEqual(MAX_BYTES);
          expect([...held.keys()].every((key) => cache.has(key))).toBe(true);
        });
      }),
    );
  });

  test('remembers no more than a few pages for each that it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 300, maxLength: 300 }), (sessions) => {
        const cache = new SessionAwareCache({ maxBytes: 20 });
        sessions.forEach((session, index) => {
          const chain = [0, 1, 2, 3].map((depth) => ({ key: `${session}/${depth}`, bytes: 1 }));
          cache.touch(chain, index * 1000);
          expect(cache.ghostCount).toBeLessThanOrEqual(64 + 3 * cache.size);
        });
      }),
      { numRuns: 20 },
    );
  });

  test('answers the same to the same calls', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const answers = [0, 1].map(() => {
          const outcomes: unknown[] = [];
          replay(new SessionAwareCache({ maxBytes: MAX_BYTES }), given, (_, outcome) => {
            outcomes.push(outcome);
          });
          return outcomes;
        });
        expect(answers[0]).toEqual(answers[1]);
      }),
    );
  });

  test('takes the pages of a session that were used equally often from their end', () => {
    const session = fc.record({ pages: fc.integer({ min: 2, max: 15 }), waitMs: fc.nat(60_000) });
    fc.assert(
      fc.property(fc.array(session, { maxLength: 60 }), (sessions) => {
        const cache = new SessionAwareCache({ maxBytes: 50 });
        let nowMs = 0;
        sessions.forEach(({ pages, waitMs }, index) => {
          nowMs += waitMs;
          const keys = Array.from({ length: pages }, (_, depth) => `${index}/${depth}`);
          cache.touch(
            keys.map((key) => ({ key, bytes: 1 })),
            nowMs,
          );
        });
        for (const [index, { pages }] of sessions.entries()) {
          // The last page is judged apart.
          const isThere = Array.from({ length: pages - 1 }, (_, at) => cache.has(`${index}/${at}`));
          expect(isThere.lastIndexOf(true)).toBe(isThere.filter(Boolean).length - 1);
        }
      }),
    );
  });
});
