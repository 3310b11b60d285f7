import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsKernel, createWasmKernel } from '../../../src/kernel/kernel.ts';
import {
  restoreSnapshot,
  takeSnapshot,
} from '../../../src/kernel/working-set/working-set-snapshot.ts';
import { applyCommand, applyToModel } from '../../lib/apply-command.ts';
import { NaiveWorkingSet } from '../../lib/naive-working-set.ts';
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
});
