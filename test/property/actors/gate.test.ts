import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Gate } from '../../../src/actors/gate.ts';

describe('Gate', () => {
  test('runs every task, in order, never more at once than there are places', async () => {
    const tasks = fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean() }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), tasks, async (places, plan) => {
        const gate = new Gate(places);
        const begun: number[] = [];
        let running = 0;
        let most = 0;
        const runs = plan.map(({ turns, fails }, index) =>
          gate.run(async () => {
            begun.push(index);
            running += 1;
            most = Math.max(most, running);
            for (let turn = 0; turn < turns; turn += 1) await nextTurn();
            running -= 1;
            if (fails) throw new Error(`task ${index}`);
          }),
        );
        const outcomes = await Promise.allSettled(runs);
        expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(
          plan.map(({ fails }) => fails),
        );
        expect(begun).toEqual(plan.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(places);
      }),
      { numRuns: 50 },
    );
  });
});
