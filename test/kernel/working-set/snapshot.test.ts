import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsKernel } from '../../../src/kernel/js-kernel.ts';
import { createWasmKernel } from '../../../src/kernel/wasm-kernel.ts';
import {
  restoreSnapshot,
  takeSnapshot,
} from '../../../src/kernel/working-set/working-set-snapshot.ts';
import type { WorkingSetSnapshot } from '../../../src/kernel/working-set/working-set-snapshot.ts';
import { applyCommand, applyToModel } from '../../lib/apply-command.ts';
import { instantiateBuild } from '../../lib/kernels.ts';
import { NaiveWorkingSet } from '../../lib/naive-working-set.ts';
import { aPage, options as opening } from '../../lib/working-set-builders.ts';
import { anyPolicy, workingSetCommand } from '../../lib/working-set-commands.ts';

describe('restoreSnapshot', () => {
  test('rebuilds an equal set in another kernel, after any calls', () => {
    const [js, wasm] = [createJsKernel(), createWasmKernel()];
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(workingSetCommand, { maxLength: 60 }),
        fc.integer({ min: 0, max: 1500 }),
        (policy, commands, tokens) => {
          const options = { totalTokens: 2000, reservedTokens: 100, policy, turn: 3 };
          const model = new NaiveWorkingSet(options);
          const original = wasm.openWorkingSet(options);
          for (const command of commands) {
            applyToModel(model, command, applyCommand(original, command, model));
          }
          const taken = takeSnapshot(original);
          // Through JSON, as a store would keep it.
          const { set, slots } = restoreSnapshot(
            JSON.parse(JSON.stringify(taken.snapshot)) as typeof taken.snapshot,
            (restored) => js.openWorkingSet(restored),
          );
          set.audit();
          const again = takeSnapshot(set).snapshot;
          const renumbered = taken.snapshot.pages.map((page, created) => ({ ...page, created }));
          expect(again).toEqual({ ...taken.snapshot, pages: renumbered });
          const translate = new Map(taken.slots.map((slot, index) => [slot, slots[index]]));
          for (const isEmergency of [false, true]) {
            expect(set.canReach({ tokens, isEmergency })).toBe(
              original.canReach({ tokens, isEmergency }),
            );
            expect(set.selectVictims({ tokens, isEmergency })).toEqual(
              original.selectVictims({ tokens, isEmergency })?.map((slot) => translate.get(slot)),
            );
          }
          expect(set.advanceTurn()).toBe(original.advanceTurn());
          original.close();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('refuses an edited snapshot, and leaves no set behind in the kernel', () => {
    const module = instantiateBuild('simd');
    const kernel = createWasmKernel(module);
    const original = kernel.openWorkingSet(opening({ totalTokens: 1e6 }));
    for (let index = 0; index < 40; index += 1) original.add(aPage({ tokens: 100 }));
    const { snapshot } = takeSnapshot(original);
    const edits: readonly (readonly [string, WorkingSetSnapshot])[] = [
      ['snapshot.pages', { ...snapshot, totalTokens: 2000 }],
      ['snapshot.arrivals.L0', { ...snapshot, arrivals: { ...snapshot.arrivals, L0: [0, 40] } }],
      ['snapshot.arrivals.L3', { ...snapshot, arrivals: { ...snapshot.arrivals, L3: [-1] } }],
    ];
    const refuse = (): void => {
      for (const [field, edited] of edits) {
        expect(() => restoreSnapshot(edited, (edit) => kernel.openWorkingSet(edit))).toThrow(
          expect.objectContaining({ code: 'INVALID_INPUT', field }) as Error,
        );
      }
    };
    refuse();
    const bytes = module.memory.buffer.byteLength;
    for (let round = 0; round < 200; round += 1) refuse();
    expect(module.memory.buffer.byteLength).toBe(bytes);
    // The number that the refused sets had is free: the next set has it.
    expect(module.openSet(100, 0)).toBe(1);
    original.audit();
  });
});
