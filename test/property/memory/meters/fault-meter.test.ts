import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import { FaultMeter } from '../../../../src/memory/meters/fault-meter.ts';
import type { FaultReservation } from '../../../../src/memory/meters/fault-meter.ts';

type Step =
  | { readonly kind: 'reserve'; readonly tokens: number }
  | { readonly kind: 'settle'; readonly which: number; readonly tokens: number | undefined }
  | { readonly kind: 'release' | 'fail'; readonly which: number }
  | { readonly kind: 'newTurn' };

const which = fc.nat(9);
const tokens = fc.nat(60);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reserve' as const), tokens }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      which,
      tokens: fc.option(tokens, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('release', 'fail'), which }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'newTurn' as const }) },
);

/** What one turn granted, by the turn that a fault began in. */
interface Granted {
  faults: number;
  tokens: number;
}

describe('FaultMeter', () => {
  test('M-147: M-W32: no turn grants more than the policy, in whatever order faults begin and end', () => {
    const policy = {
      ...DEFAULT_FAULT_POLICY,
      maxFaultTokensPerTurn: 100,
      maxFailedFaultsPerTurn: 1_000,
    };
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const meter = new FaultMeter(policy);
        const turns: Granted[] = [{ faults: 0, tokens: 0 }];
        const open: { readonly reservation: FaultReservation; readonly turn: Granted }[] = [];
        for (const step of steps) {
          if (step.kind === 'newTurn') {
            meter.newTurn();
            turns.push({ faults: 0, tokens: 0 });
          } else if (step.kind === 'reserve') {
            const answer = meter.reserve({ reason: 'resolve_reference', tokens: step.tokens });
            if (answer.kind === 'reserved') open.push({ reservation: answer, turn: turns.at(-1)! });
          } else if (open.length > 0) {
            const { reservation, turn } = open[step.which % open.length]!;
            if (step.kind === 'release') reservation.release();
            else if (step.kind === 'fail') reservation.fail();
            else if (step.kind === 'settle' && reservation.settle(step.tokens)) {
              turn.faults += 1;
              turn.tokens += step.tokens ?? reservation.tokens;
            }
          }
          const { faultsRemaining, tokensRemaining } = meter.quota();
          expect(Math.min(faultsRemaining, tokensRemaining)).toBeGreaterThanOrEqual(0);
        }
        for (const granted of turns) {
          expect(granted.faults).toBeLessThanOrEqual(policy.maxFaultsPerTurn);
          expect(granted.tokens).toBeLessThanOrEqual(policy.maxFaultTokensPerTurn);
        }
      }),
    );
  });
});
