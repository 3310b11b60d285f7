import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SlotIndex } from '../../../src/kernel/working-set/page-kinds.ts';
import { PAGE_MODALITIES } from '../../../src/kernel/working-set/page-kinds.ts';
import { createWasmKernel } from '../../../src/kernel/wasm-kernel.ts';
import { instantiateBuild, makeKernel } from '../../lib/kernels.ts';
import { NaiveWorkingSet } from '../../lib/naive-working-set.ts';
import { aPage, options } from '../../lib/working-set-builders.ts';
import { anyPolicy } from '../../lib/working-set-commands.ts';

// Contexts that are long enough to be sieved, with gaps to close and sets that grew many times.

const contents = fc.record({
  policy: anyPolicy,
  pages: fc.integer({ min: 1500, max: 4000 }),
  seed: fc.integer({ min: 1, max: 1e9 }),
  /** Of 100 pages, how many cost nothing; a sample that sees many of them guesses too low. */
  freePages: fc.constantFrom(0, 10, 60),
  /** Of what may leave in an emergency; close to 1 it matters what is protected. */
  share: fc.double({ min: 0, max: 1.05, noNaN: true }),
});

describe('a large context', () => {
  test('has the same victims in every kernel and in a naive set', () => {
    const simd = createWasmKernel(instantiateBuild('simd'));
    const kernels = [simd, makeKernel('plain'), makeKernel('debug'), makeKernel('js')];
    const groups = simd.groupCount();
    fc.assert(
      fc.property(contents, ({ policy, pages, seed, freePages, share: anyShare }) => {
        const opening = options({ totalTokens: 1e9, policy, turn: 5 });
        const model = new NaiveWorkingSet(opening);
        const sets = kernels.map((kernel) => kernel.openWorkingSet(opening));
        let state = seed;
        const draw = (count: number): number => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
          return Math.floor((state / 2 ** 32) * count);
        };
        for (let index = 0; index < pages; index += 1) {
          const page = aPage({
            tokens: draw(100) < freePages ? 0 : draw(500),
            importance: draw(20) / 20,
            modality: PAGE_MODALITIES[draw(5)]!,
            flags: draw(50) === 0 ? ['resident', 'pinnedExplicitly'] : ['resident'],
            faultTurn: draw(30) === 0 ? 5 - draw(4) : null,
            evictTurn: draw(30) === 0 ? 5 - draw(4) : null,
          });
          const [slot] = sets.map((set) => set.add(page));
          model.add(page, slot as SlotIndex);
          if (draw(4) > 0) continue;
          for (const set of sets) set.remove(slot as SlotIndex);
          model.remove(slot as SlotIndex);
        }
        for (const share of [anyShare, 0.99, 1]) {
          const tokens = Math.floor(model.evictableTokens() * share);
          for (const isEmergency of [false, true]) {
            const expected = model.selectVictims({ tokens, isEmergency });
            for (const set of sets) {
              expect(set.selectVictims({ tokens, isEmergency })).toEqual(expected);
              expect(set.canReach({ tokens, isEmergency })).toBe(expected !== undefined);
            }
          }
        }
        for (const set of sets) {
          set.audit();
          set.close();
        }
      }),
      { numRuns: 40 },
    );
    expect(simd.groupCount() - groups).toBeGreaterThan(40_000);
  });
});
