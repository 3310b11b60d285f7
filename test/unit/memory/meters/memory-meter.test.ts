import { describe, expect, test } from 'vitest';
import { contextAllowance } from '../../../../src/memory/meters/context-allowance.ts';
import { MemoryMeter } from '../../../../src/memory/meters/memory-meter.ts';
import { numbered } from '../../../lib/mutations.ts';

const TEXT = { modality: 'text' } as const;

function countedMeter(): MemoryMeter {
  const meter = new MemoryMeter();
  const mutations = numbered(
    { pageId: 'a', type: 'create', tierBefore: null, tierAfter: 'L1' },
    { pageId: 'a', tierBefore: 'L1', tierAfter: 'L0' },
    { pageId: 'b', type: 'create', tierBefore: null, tierAfter: 'L1' },
    { pageId: 'a', type: 'evict', tierBefore: 'L0', tierAfter: 'L2' },
    { pageId: 'a', type: 'fault_in', tierBefore: 'L2', tierAfter: 'L0' },
  );
  for (const mutation of mutations) meter.record(mutation, TEXT);
  return meter;
}

describe('MemoryMeter', () => {
  test('M-21: counts faults and evictions of the turn and of all turns', () => {
    const meter = countedMeter();
    meter.newTurn();

    expect(meter.figures()).toMatchObject({
      turns: 2,
      faultsTotal: 1,
      faultsThisTurn: 0,
      faultsPerTurn: 0.5,
      evictionsTotal: 1,
      evictionsThisTurn: 0,
    });
    expect(countedMeter().figures()).toMatchObject({ faultsThisTurn: 1, evictionsThisTurn: 1 });
  });

  test('M-22: counts compressions and what they saved', () => {
    const meter = new MemoryMeter();
    const [folded] = numbered({ type: 'compress', tierBefore: 'L0', tierAfter: 'L0' });
    meter.record(folded!, { ...TEXT, tokensSaved: 120 });
    meter.record(folded!, TEXT);
    meter.newTurn();

    expect(meter.figures()).toMatchObject({
      compressionsTotal: 2,
      compressionsThisTurn: 0,
      tokensSavedByCompression: 120,
    });
  });

  test('M-23: M-W36: knows how many pages there are of every tier and modality', () => {
    const meter = countedMeter();
    const [image, gone] = numbered(
      { pageId: 'i', type: 'create', tierBefore: null, tierAfter: 'L3' },
      { pageId: 'b', type: 'delete', tierBefore: 'L1', tierAfter: null },
    );
    meter.record(image!, { modality: 'image' });
    meter.record(gone!, TEXT);

    expect(meter.figures().pagesByTier).toEqual({ L0: 1, L1: 0, L2: 0, L3: 1, L4: 0 });
    expect(meter.figures().pagesByModality).toEqual({
      text: 1,
      image: 1,
      audio: 0,
      video: 0,
      structured: 0,
    });
  });

  test('M-23: knows look-ups and tokens', () => {
    const meter = new MemoryMeter();
    expect(meter.figures().tlbHitRate).toBe(0);

    for (const isHit of [true, true, false]) meter.recordLookup(isHit);
    meter.setTokens({ inWorkingSet: 300, available: 700 });

    expect(meter.figures()).toMatchObject({
      tlbHits: 2,
      tlbMisses: 1,
      tlbHitRate: 2 / 3,
      tokensInWorkingSet: 300,
      tokensAvailable: 700,
    });
  });

  test('M-W37: figures that were given out do not change', () => {
    const meter = countedMeter();
    const before = meter.figures();
    const copy = structuredClone(before);
    const [another] = numbered({ type: 'create', tierBefore: null, tierAfter: 'L1' });
    meter.record(another!, TEXT);

    expect(before).toEqual(copy);
    expect(meter.figures().pagesByTier.L1).toBe(copy.pagesByTier.L1 + 1);
  });
});

describe('contextAllowance', () => {
  test('V26: M-26: M-27: is what the answer and the schemas of tools leave', () => {
    expect(contextAllowance()).toBe(126_000);
    expect(contextAllowance({ maxContextTokens: 1_000 })).toBe(0);
    expect(
      contextAllowance({ maxContextTokens: 100_000, reservedTokens: 2_000, toolSchemaTokens: 500 }),
    ).toBe(97_500);
  });
});
