import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLAIN_LRU } from '../../../src/kernel/working-set/eviction-policy.ts';
import type { SlotIndex } from '../../../src/kernel/working-set/page-kinds.ts';
import { PAGE_MODALITIES, PAGE_TYPES, TIERS } from '../../../src/kernel/working-set/page-kinds.ts';
import type { WorkingSet } from '../../../src/kernel/working-set/working-set.ts';
import { applyCommand, applyToModel } from '../../lib/apply-command.ts';
import { KERNEL_NAMES, makeKernel } from '../../lib/kernels.ts';
import { NaiveWorkingSet } from '../../lib/naive-working-set.ts';
import { anyPolicy, newPage, workingSetCommand } from '../../lib/working-set-commands.ts';

const NOW_MS = 4_500_000;

function expectSameState(set: WorkingSet, model: NaiveWorkingSet): void {
  set.audit();
  const figures = set.figures();
  expect(figures.usedTokens).toBe(model.tokensIn('L0'));
  expect(figures.usedTokens + figures.availableTokens + figures.reservedTokens).toBe(
    model.totalTokens,
  );
  expect(figures.availableTokens).toBeGreaterThanOrEqual(0);
  expect(figures.evictableTokens).toBe(model.evictableTokens());
  for (const tier of TIERS) {
    expect(set.listTier(tier)).toEqual(model.order[tier]);
    expect(figures.tokensByTier[tier]).toBe(model.tokensIn(tier));
  }
  for (const modality of PAGE_MODALITIES) {
    expect(figures.tokensByModality[modality]).toBe(model.contextTokensOf(modality));
  }
}

/** What a prompt would be made of. */
function shownIn(model: NaiveWorkingSet): string {
  return JSON.stringify(
    model.order.L0.map((slot) => {
      const { created, level, levelTokens, contentVersion } = model.page(slot);
      return [created, level, levelTokens[level], contentVersion];
    }),
  );
}

/** What every selection answers, for all sizes of need that matter. */
function answers(set: WorkingSet | NaiveWorkingSet, tokens: number): unknown {
  return {
    context: set.scoreContext(false),
    emergency: set.scoreContext(true),
    hot: set.scoreHot(5, NOW_MS),
    victims: set.selectVictims({ tokens }),
    lastResort: set.selectVictims({ tokens, isEmergency: true }),
    plan: set.planEviction({ tokens }, 2),
    deepPlan: set.planEviction({ tokens, isEmergency: true }, 3),
  };
}

/** A plan frees what was asked for and takes out no more pages than taking out alone would. */
function expectPlanIsWorthIt(set: WorkingSet, tokens: number): void {
  const victims = set.selectVictims({ tokens });
  const plan = set.planEviction({ tokens }, 2) ?? [];
  expect(plan.filter(({ kind }) => kind === 'evict').length).toBeLessThanOrEqual(
    victims?.length ?? 0,
  );
  const before = set.figures().usedTokens;
  for (const step of plan) {
    if (step.kind === 'fold') set.fold(step.slot, step.level);
    else set.moveTo(step.slot, 'L2');
  }
  const freed = before - set.figures().usedTokens;
  expect(freed).toBeGreaterThanOrEqual(victims === undefined ? 0 : tokens);
}

describe('a working set', () => {
  test('does what a naive one does, in every kernel, for any calls', () => {
    const kernels = KERNEL_NAMES.map(makeKernel);
    const run = fc.record({
      policy: anyPolicy,
      commands: fc.array(workingSetCommand, { maxLength: 50 }),
      need: fc.integer({ min: 0, max: 1500 }),
    });
    fc.assert(
      fc.property(run, ({ policy, commands, need }) => {
        const options = { totalTokens: 2000, reservedTokens: 100, policy };
        const model = new NaiveWorkingSet(options);
        const sets = kernels.map((kernel) => kernel.openWorkingSet(options));
        for (const command of commands) {
          const versions = sets.map((set) => set.figures().version);
          const before = shownIn(model);
          const [first, ...others] = sets.map((set) => applyCommand(set, command, model));
          for (const other of others) expect(other).toEqual(first);
          expect(first).toEqual(applyToModel(model, command, first));
          const isChanged = shownIn(model) !== before;
          sets.forEach((set, index) => {
            set.audit();
            // Whoever keeps something made from the context relies on this.
            expect(isChanged && set.figures().version === versions[index]).toBe(false);
          });
          expect(new Set(sets.map((set) => set.figures().version)).size).toBe(1);
        }
        const expected = answers(model, need);
        for (const set of sets) {
          expectSameState(set, model);
          expect(answers(set, need)).toEqual(expected);
          expect(set.canReach({ tokens: need })).toBe(
            model.selectVictims({ tokens: need }) !== undefined,
          );
          for (const [slot, page] of model.pages) {
            const { slot: _, ...facts } = page;
            const read = set.read(slot);
            expect({ ...read, flags: read.flags.toSorted() }).toEqual({
              ...facts,
              flags: facts.flags.toSorted(),
            });
            expect([set.tierOf(slot), set.fullTokensOf(slot), set.isResident(slot)]).toEqual([
              facts.tier,
              facts.levelTokens[0],
              facts.flags.includes('resident'),
            ]);
          }
          expectPlanIsWorthIt(set, need);
          set.close();
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('lists pages by type and by latest use as a naive one does', () => {
    const kernels = KERNEL_NAMES.map(makeKernel);
    fc.assert(
      fc.property(fc.array(newPage, { maxLength: 60 }), fc.nat({ max: 30 }), (pages, limit) => {
        const options = { totalTokens: 1e9, reservedTokens: 0, policy: PLAIN_LRU };
        const model = new NaiveWorkingSet(options);
        const sets = kernels.map((kernel) => kernel.openWorkingSet(options));
        for (const page of pages) {
          const [slot] = sets.map((set) => set.add(page));
          model.add(page, slot as SlotIndex);
        }
        for (const set of sets) {
          for (const type of PAGE_TYPES) expect(set.listType(type)).toEqual(model.listType(type));
          for (const tier of TIERS) {
            expect(set.listOldest(tier, limit)).toEqual(model.listByAccess(tier, limit, 1));
            expect(set.listNewest(tier, limit)).toEqual(model.listByAccess(tier, limit, -1));
          }
          set.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});
