import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import type { AdaptiveOptions, PressureOptions } from '../../../../src/domain/meter-options.ts';
import { STORAGE_TIERS } from '../../../../src/domain/page.ts';
import { AdaptiveThresholds } from '../../../../src/memory/meters/adaptive-thresholds.ts';
import { faultCost, refetchWeight } from '../../../../src/memory/meters/fault-cost.ts';
import { PressureMonitor } from '../../../../src/memory/meters/pressure-monitor.ts';
import type {
  PressureChange,
  PressureReading,
} from '../../../../src/memory/meters/pressure-monitor.ts';

const CALM: PressureReading = { turn: 1, utilisation: 0.1, faults: 0, evictions: 0 };

/** The levels that utilisations lead to, one turn each. */
function levelsOf(utilisations: readonly number[], options?: PressureOptions): readonly string[] {
  const monitor = new PressureMonitor(options);
  return utilisations.map((utilisation, turn) => monitor.endTurn({ ...CALM, turn, utilisation }));
}

describe('PressureMonitor', () => {
  test('the level follows how full the context is', () => {
    expect(levelsOf([0.1, 0.7, 0.85, 0.95, 1.2])).toEqual([
      'low',
      'medium',
      'high',
      'critical',
      'critical',
    ]);
  });

  test('a level is left only when the measure is well below it', () => {
    expect(levelsOf([0.86, 0.84, 0.78, 0.76, 0.64, 0.62])).toEqual([
      'high',
      'high',
      'high',
      'medium',
      'medium',
      'low',
    ]);
    expect(levelsOf([0.86, 0.84], { hysteresis: 0 })).toEqual(['high', 'medium']);
  });

  test('faults and evictions count on average, and the worst measure decides', () => {
    const monitor = new PressureMonitor({ windowTurns: 2 });

    expect(monitor.endTurn({ ...CALM, faults: 3 })).toBe('high');
    expect(monitor.endTurn({ ...CALM, faults: 0 })).toBe('medium');
    expect(monitor.endTurn({ ...CALM, faults: 0 })).toBe('low');
    expect(monitor.endTurn({ ...CALM, evictions: 120, utilisation: 0.75 })).toBe('critical');
  });

  test('the listener is told of changes alone', () => {
    const changes: PressureChange[] = [];
    const monitor = new PressureMonitor({}, (change) => changes.push(change));
    for (const utilisation of [0.1, 0.9, 0.9, 0.2]) monitor.endTurn({ ...CALM, utilisation });

    expect(changes.map(({ from, to }) => `${from}-${to}`)).toEqual(['low-high', 'high-low']);
    expect(changes[0]!.measures).toEqual({
      utilisation: 0.9,
      faultsPerTurn: 0,
      evictionsPerTurn: 0,
    });
  });

  test('a listener that throws or rejects is counted and changes nothing', async () => {
    const failures = [
      () => {
        throw new Error('broken');
      },
      async () => {
        throw new Error('broken');
      },
    ];
    for (const listener of failures) {
      const monitor = new PressureMonitor({}, listener);
      expect(monitor.endTurn({ ...CALM, utilisation: 0.9 })).toBe('high');
      await Promise.resolve();
      await Promise.resolve();

      expect([monitor.level, monitor.listenerFailures]).toEqual(['high', 1]);
    }
  });

  test.each([
    { utilisation: { medium: 0.9, high: 0.5, critical: 1 } },
    { hysteresis: 1 },
    { windowTurns: 0 },
    { levels: 3 },
  ])('refuses options %o', (options) => {
    expect(() => new PressureMonitor(options as PressureOptions)).toThrow(InvalidInput);
  });
});

describe('AdaptiveThresholds', () => {
  test('evicts less while pages come back, and more while none do, within bounds', () => {
    const thresholds = new AdaptiveThresholds();
    const after = (turns: number, faults: number): number => {
      for (let turn = 0; turn < turns; turn += 1) thresholds.endTurn({ faults, evictions: 1 });
      return thresholds.thresholds().targetUtilisation;
    };

    expect(after(1, 3)).toBeGreaterThan(0.7);
    expect(after(50, 3)).toBe(0.8);
    expect(after(1, 0)).toBeLessThanOrEqual(0.8);
    expect(after(200, 0)).toBe(0.5);
  });

  test('a turn without faults and evictions moves nothing', () => {
    const thresholds = new AdaptiveThresholds({ initial: 0.6 });

    expect(thresholds.endTurn({ faults: 0, evictions: 0 }).targetUtilisation).toBe(0.6);
  });

  test('a single turn moves it by no more than a step, and runs begin above where they end', () => {
    const thresholds = new AdaptiveThresholds({ maxStep: 0.01 });
    const { targetUtilisation, evictionThreshold } = thresholds.endTurn({
      faults: 10_000,
      evictions: 0,
    });

    expect(targetUtilisation).toBeCloseTo(0.71, 10);
    expect(evictionThreshold).toBeCloseTo(0.86, 10);
  });

  test.each([{ min: 0.8, initial: 0.7 }, { max: 1.5 }, { target: 0.5 }])(
    'refuses options %o',
    (options) => {
      expect(() => new AdaptiveThresholds(options as AdaptiveOptions)).toThrow(InvalidInput);
    },
  );
});

describe('faultCost', () => {
  test('a page is dearer the further away it is, and what is in the context costs nothing', () => {
    const weights = STORAGE_TIERS.map((tier) => refetchWeight(faultCost(tier, 100_000)));

    expect(weights).toEqual(weights.toSorted((one, other) => one - other));
    expect(weights[0]).toBe(0);
    expect(weights.at(-1)).toBeLessThan(1);
    expect(faultCost('L0', 5_000).bandwidthBytes).toBe(0);
  });

  test('time and money grow with the bytes', () => {
    expect(faultCost('L3', 1_000_000)).toEqual({
      tier: 'L3',
      latencyMs: 20,
      bandwidthBytes: 1_000_000,
      monetaryCostUsd: 0.00001,
    });
  });

  test('what loading costs can be said', () => {
    const cost = { latencyMs: 100, bytesPerMs: Infinity, usdPerGb: 0 };
    const costs = { L0: cost, L1: cost, L2: cost, L3: cost, L4: cost };

    expect(refetchWeight(faultCost('L2', 10, costs))).toBe(0.5);
  });
});
