import fc from 'fast-check';
import { MUTATION_ACTORS, MUTATION_TYPES } from '../../src/domain/page-mutation.ts';
import type { PageMutation } from '../../src/domain/page-mutation.ts';
import { PAGE_LEVELS, STORAGE_TIERS } from '../../src/domain/page.ts';

/** A mutation with everything filled in: the page comes into the context. */
export function aMutation(fields: Partial<PageMutation> = {}): PageMutation {
  return {
    sequence: 1,
    pageId: 'a',
    type: 'update',
    turn: 0,
    atMs: 0,
    actor: 'system',
    cause: 'mapped',
    tierBefore: 'L1',
    tierAfter: 'L0',
    levelBefore: 0,
    levelAfter: 0,
    ...fields,
  };
}

/** Mutations in their order, each with the next sequence number. */
export function numbered(...mutations: readonly Partial<PageMutation>[]): readonly PageMutation[] {
  return mutations.map((fields, index) => aMutation({ sequence: index + 1, ...fields }));
}

const anyStep: fc.Arbitrary<Partial<PageMutation> & { readonly turnsLater: number }> = fc.record({
  pageId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  type: fc.constantFrom(...MUTATION_TYPES),
  actor: fc.constantFrom(...MUTATION_ACTORS),
  tierAfter: fc.constantFrom(...STORAGE_TIERS, 'L0' as const, 'L0' as const, null),
  levelAfter: fc.constantFrom(...PAGE_LEVELS),
  turnsLater: fc.constantFrom(0, 0, 0, 1, 2),
});

/** Any mutations that a log accepts, also ones that do not fit what was before. */
export const anyMutations: fc.Arbitrary<readonly PageMutation[]> = fc
  .array(anyStep, { maxLength: 60 })
  .map((steps) => {
    let turn = 0;
    return steps.map(({ turnsLater, ...fields }, index) => {
      turn += turnsLater;
      const { levelAfter = 0 } = fields;
      const text = index % 2 === 0 ? null : `text ${index}`;
      const isDescribed = index % 3 === 0;
      return aMutation({
        ...fields,
        sequence: index + 1,
        turn,
        representation: isDescribed
          ? { level: levelAfter, text, maxTokens: null, focus: null }
          : undefined,
      });
    });
  });
