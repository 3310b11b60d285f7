import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MUTATION_ACTORS } from '../../../../src/domain/page-mutation.ts';
import type { MutationType, PageMutation } from '../../../../src/domain/page-mutation.ts';
import { diffContexts } from '../../../../src/memory/journal/context-diff.ts';
import { replayContext } from '../../../../src/memory/journal/context-replay.ts';
import { foldMutations } from '../../../../src/memory/journal/memory-fold.ts';
import { MutationLog } from '../../../../src/memory/journal/mutation-log.ts';
import { anyMutations } from '../../../lib/mutations.ts';

function naiveContext(mutations: readonly PageMutation[]): readonly string[] {
  let context: readonly string[] = [];
  for (const { pageId, type, tierAfter } of mutations) {
    const isIn = tierAfter === 'L0' && type !== 'delete';
    if (!isIn) context = context.filter((id) => id !== pageId);
    else if (!context.includes(pageId)) context = [...context, pageId];
  }
  return context;
}

function count(mutations: readonly PageMutation[], type: MutationType): number {
  return mutations.filter((each) => each.type === type).length;
}

describe('foldMutations', () => {
  test('M-171: the fold of a part and then of the rest is the fold of all', () => {
    fc.assert(
      fc.property(anyMutations, fc.nat(60), (mutations, at) => {
        const part = foldMutations(mutations.slice(0, at));

        expect(foldMutations(mutations.slice(at), part)).toEqual(foldMutations(mutations));
      }),
    );
  });

  test('the context is in the order in which pages came into it', () => {
    fc.assert(
      fc.property(anyMutations, (mutations) => {
        const { context, pages } = foldMutations(mutations);

        expect(context).toEqual(naiveContext(mutations));
        const resident = [...pages.values()].filter(({ tier }) => tier === 'L0');
        expect(resident.map(({ pageId }) => pageId).toSorted()).toEqual(context.toSorted());
      }),
    );
  });
});

describe('MutationLog', () => {
  test('M-168: M-W28: its counters are those of a recount, whatever it keeps', () => {
    fc.assert(
      fc.property(anyMutations, fc.integer({ min: 1, max: 70 }), (mutations, maxMutations) => {
        const log = new MutationLog({ maxMutations });
        for (const mutation of mutations) log.append(mutation);
        const kept = mutations.slice(-maxMutations);

        expect(log.all()).toEqual(kept);
        expect(log.summary()).toEqual({
          totalMutations: mutations.length,
          uniquePages: new Set(kept.map(({ pageId }) => pageId)).size,
          contextSnapshots: 0,
          creates: count(mutations, 'create'),
          faults: count(mutations, 'fault_in'),
          evictions: count(mutations, 'evict'),
          compressions: count(mutations, 'compress'),
          pins: count(mutations, 'pin'),
          unpins: count(mutations, 'unpin'),
          updates: count(mutations, 'update'),
          deletes: count(mutations, 'delete'),
          byActor: Object.fromEntries(
            MUTATION_ACTORS.map((actor) => [
              actor,
              mutations.filter((each) => each.actor === actor).length,
            ]),
          ),
          kept: kept.length,
        });
      }),
    );
  });

  test('M-171: what it rebuilds is what all mutations up to then come to', () => {
    const bound = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(anyMutations, bound, fc.nat(60), (mutations, maxMutations, sequence) => {
        const log = new MutationLog({ maxMutations });
        for (const mutation of mutations) log.append(mutation);
        const isForgotten = sequence < mutations.length - maxMutations;

        expect(log.replay({ sequence })).toEqual(
          isForgotten ? null : replayContext(mutations, { sequence }),
        );
        expect(log.state()).toEqual(foldMutations(mutations));
      }),
    );
  });
});

describe('diffContexts', () => {
  test('what came, went and moved turns one order into the other', () => {
    fc.assert(
      fc.property(anyMutations, fc.nat(60), (mutations, sequence) => {
        const before = replayContext(mutations, { sequence });
        const after = replayContext(mutations, { sequence: Infinity });
        const { added, removed, reordered } = diffContexts(before, after);

        const moved = new Set([...added, ...removed, ...reordered]);
        const stayed = (entries: typeof before): readonly string[] =>
          entries.map(({ pageId }) => pageId).filter((id) => !moved.has(id));
        expect(stayed(after)).toEqual(stayed(before));
        expect(removed.every((id) => before.some(({ pageId }) => pageId === id))).toBe(true);
      }),
    );
  });
});
