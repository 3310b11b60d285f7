import { describe, expect, test } from 'vitest';
import type { ActorLimits } from '../../../src/actors/limits.ts';
import { aShard, says } from './test-shard.ts';

const LIGHT_TENANTS = 2;
const LIGHT_CALLS = 10;
/** A hundred times what all others ask for together. */
const HEAVY_CALLS = 2000;
/** So that nobody is turned away: here only the order counts. */
const ROOMY = { tenantQueue: 10_000, shardQueue: 10_000, sliceCommands: 1_000_000 };

/** Calls carried out between a call and its answer, for each of the light tenants, while another one floods or not. */
async function waitsOf(params: {
  readonly heavyCalls: number;
  readonly limits: Partial<ActorLimits>;
}): Promise<readonly number[]> {
  const { shard } = aShard({ limits: { ...ROOMY, ...params.limits } });
  let answered = 0;
  const waits: number[] = [];
  const calls: Promise<unknown>[] = [];
  const ask = (tenant: string, sessionId: string, onAnswer: () => void): void => {
    const call = shard.execute({ key: { tenant, sessionId }, command: says('hello') });
    calls.push(
      call.then(() => {
        answered += 1;
        onAnswer();
      }),
    );
  };
  for (let index = 0; index < params.heavyCalls; index += 1)
    ask('heavy', `session-${index}`, () => undefined);
  for (let tenant = 0; tenant < LIGHT_TENANTS; tenant += 1)
    for (let index = 0; index < LIGHT_CALLS; index += 1)
      ask(`light-${tenant}`, `session-${index}`, () => waits.push(answered));
  await Promise.all(calls);
  return waits;
}

function percentile99(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length * 0.99)] ?? 0;
}

/** One share that is all there is: the order in which calls came. */
const FIRST_COME: Partial<ActorLimits> = { turnShare: 1_000_000 };

describe('fairness', () => {
  test('invariant 15: a flood of one tenant costs the others less than ten times, and in order of arrival much more', async () => {
    const idle = percentile99(await waitsOf({ heavyCalls: 0, limits: {} }));
    const flooded = percentile99(await waitsOf({ heavyCalls: HEAVY_CALLS, limits: {} }));
    const firstCome = percentile99(await waitsOf({ heavyCalls: HEAVY_CALLS, limits: FIRST_COME }));

    expect(flooded).toBeLessThan(10 * idle);
    expect(firstCome).toBeGreaterThanOrEqual(HEAVY_CALLS);
    expect(flooded).toBeLessThan(firstCome / 20);
  });

  test('gives a tenant of a larger weight a larger part', async () => {
    const limits = { tenantWeights: { heavy: 4 } };
    const even = percentile99(await waitsOf({ heavyCalls: HEAVY_CALLS, limits: {} }));
    const uneven = percentile99(await waitsOf({ heavyCalls: HEAVY_CALLS, limits }));

    expect(uneven).toBeGreaterThan(even);
    expect(uneven).toBeLessThan(HEAVY_CALLS / 2);
  });

  test('hears who calls meanwhile before all is done that was queued', async () => {
    const { shard } = aShard({ limits: { sliceCommands: 16 } });
    const flood = Array.from({ length: 500 }, (_, index) =>
      shard.execute({ key: { tenant: 'heavy', sessionId: `s-${index}` }, command: says('hello') }),
    );
    let answered = 0;
    for (const call of flood) void call.then(() => (answered += 1));
    await new Promise<void>((resolve) => setImmediate(resolve));

    await shard.execute({ key: { tenant: 'light', sessionId: 's' }, command: says('hello') });

    expect(answered).toBeLessThan(100);
    await Promise.all(flood);
  });
});
