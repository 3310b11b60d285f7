import { describe, expect, test } from 'vitest';
import type { MemoryManager } from '../../../../src/memory/manager/memory-manager.ts';
import type { WorkingSetStats } from '../../../../src/memory/manager/manager-stats.ts';
import { addPages, aMemory, aPlainMemory, aVault, contextOf } from '../../../lib/memories.ts';

function workingSetOf(memory: MemoryManager): WorkingSetStats {
  const { workingSet } = memory.getStats();
  expect(workingSet).not.toBeNull();
  return workingSet!;
}

describe('what a context costs', () => {
  test('M-36: is freed once, whatever is taken out again', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a', 'b'], 100);
    for (let times = 0; times < 3; times += 1) await memory.evictPage('a');
    expect(workingSetOf(memory).tokensUsed).toBe(100);
    expect([memory.deletePage('a'), memory.deletePage('b')]).toEqual([true, true]);
    expect([memory.deletePage('a'), memory.deletePage('b')]).toEqual([false, false]);
    expect(workingSetOf(memory)).toMatchObject({ tokensUsed: 0, tokensAvailable: 1000 });
  });

  test('M-37: M-64: is told by modality, with all else that stands there', async () => {
    const config = { maxL0Tokens: 1000, reservedTokens: 200, evictionThreshold: 0.75 };
    const memory = aPlainMemory(1000, { config });
    await addPages(memory, ['a', 'b'], 100);
    for (const [modality, sizeTokens] of [
      ['image', 300],
      ['structured', 50],
    ] as const) {
      memory.createPage('x', { pageId: modality, modality, sizeTokens });
      await memory.addToWorkingSet(modality);
    }
    memory.createPage('x', { pageId: 'beside', modality: 'audio', sizeTokens: 70 });
    expect(workingSetOf(memory)).toEqual({
      l0Pages: 4,
      l1Pages: 1,
      totalPages: 5,
      tokensUsed: 550,
      tokensAvailable: 250,
      utilization: 0.6875,
      needsEviction: false,
      tokensByModality: { text: 200, image: 300, audio: 0, video: 0, structured: 50 },
    });
    await memory.evictPage('image');
    expect(workingSetOf(memory).tokensByModality).toMatchObject({ image: 0, text: 200 });
  });

  test('M-14: M-W58: is what a counter of yours says, or what is said of the page', () => {
    const memory = aMemory({ countTokens: (text) => [...text].length });
    memory.createPage('x', { pageId: 'a' });
    memory.createPage('x👍x', { pageId: 'b' });
    memory.createPage('x👍x', { pageId: 'c', sizeTokens: 7 });
    const tokens = ['a', 'b', 'c'].map((id) => memory.page(id)!.tokens);
    expect(tokens).toEqual([tokens[0], tokens[0]! + 2, 7]);
  });

  test('M-59: needs an eviction above the threshold, not at it', async () => {
    const config = { maxL0Tokens: 1000, reservedTokens: 0, evictionThreshold: 0.75 };
    const memory = aPlainMemory(1000, { config });
    await addPages(memory, ['a', 'b', 'c'], 250);
    expect([memory.needsEviction(), workingSetOf(memory).needsEviction]).toEqual([false, false]);
    await addPages(memory, ['d'], 1);
    expect([memory.needsEviction(), workingSetOf(memory).needsEviction]).toEqual([true, true]);
  });
});

describe('pages come and go', () => {
  test('M-50: M-183: at the end of the context, once, as something that was used', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a', 'b'], 100);
    memory.createPage('x', { pageId: 'c', sizeTokens: 100 });
    const before = memory.page('c')!;
    expect(await memory.addToWorkingSet('c')).toEqual({
      isInContext: true,
      level: 0,
      refusal: null,
      evicted: [],
      folded: [],
    });
    expect(memory.page('c')).toMatchObject({ tier: 'L0', accessCount: before.accessCount + 1 });
    expect(memory.page('c')!.lastAccessedMs).toBeGreaterThan(before.lastAccessedMs);
    await memory.addToWorkingSet('a');
    expect(contextOf(memory)).toEqual(['a', 'b', 'c']);
    expect(memory.page('a')?.accessCount).toBe(2);
    expect(workingSetOf(memory)).toMatchObject({ l0Pages: 3, l1Pages: 0, tokensUsed: 300 });
  });

  test('M-183: a page that displaces others says which', async () => {
    const memory = aPlainMemory(300);
    await addPages(memory, ['a', 'b', 'c'], 100);
    memory.createPage('x', { pageId: 'd', sizeTokens: 150 });
    const { evicted } = await memory.addToWorkingSet('d');
    expect(evicted.length).toBeGreaterThanOrEqual(2);
    expect(contextOf(memory)).toEqual([
      ...['a', 'b', 'c'].filter((id) => !evicted.includes(id)),
      'd',
    ]);
    for (const id of evicted) expect(memory.page(id)?.tier).toBe('L2');
  });

  test('M-53: beside the context there is room for so many, and those used longest ago make it', async () => {
    const config = { maxL0Tokens: 1000, reservedTokens: 0, maxL1Pages: 2 };
    const memory = aPlainMemory(1000, { config });
    await addPages(memory, ['a', 'b', 'c', 'd'], 100);
    for (const id of ['a', 'b', 'c'])
      expect(await memory.evictPage(id, 'L1')).toMatchObject({ isEvicted: true, tier: 'L1' });
    expect(['a', 'b', 'c', 'd'].map((id) => memory.page(id)?.tier)).toEqual([
      'L2',
      'L1',
      'L1',
      'L0',
    ]);
    expect(workingSetOf(memory)).toMatchObject({ l0Pages: 1, l1Pages: 2, tokensUsed: 100 });
    expect((await memory.searchPages('content', { tier: 'L1' })).results).toHaveLength(2);
    expect(memory.health().findings).toEqual([]);
  });

  test('M-53: a page that is older than all beside the context goes past them', async () => {
    const config = { maxL0Tokens: 1000, reservedTokens: 0, maxL1Pages: 1 };
    const memory = aPlainMemory(1000, { config });
    await addPages(memory, ['a', 'b'], 100);
    await memory.evictPage('b', 'L1');
    expect(await memory.evictPage('a', 'L1')).toMatchObject({ isEvicted: true, tier: 'L2' });
    expect(memory.page('b')?.tier).toBe('L1');
  });

  test('M-54: M-56: M-61: what is not there can neither join, leave nor be valued', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a'], 100);
    await expect(memory.addToWorkingSet('nope')).rejects.toThrow('pageId');
    expect(await memory.evictPage('nope')).toEqual({
      isEvicted: false,
      tier: null,
      refusal: 'unknown',
    });
    expect(() => memory.setImportance('nope', 1)).toThrow('pageId');
    expect(await memory.evictPage('a', 'L1')).toEqual({
      isEvicted: true,
      tier: 'L1',
      refusal: null,
    });
    expect(await memory.addToWorkingSet('a')).toMatchObject({ isInContext: true });
    expect(workingSetOf(memory).tokensUsed).toBe(100);
  });

  test('M-61: an importance that is set goes before that of the page, within bounds', () => {
    const memory = aPlainMemory(1000);
    memory.createPage('x', { pageId: 'a', importance: 0.25 });
    const set = (value: number | null): number | undefined => {
      memory.setImportance('a', value);
      return memory.page('a')?.importance;
    };
    expect([7, -1, 0.5, null, null].map(set)).toEqual([1, 0, 0.5, 0.25, 0.25]);
    expect(() => memory.setImportance('a', Number.NaN)).toThrow('value');
  });

  test('M-62: turns go on, and with them ends what protects a page that was loaded', async () => {
    const config = {
      maxL0Tokens: 300,
      reservedTokens: 0,
      evictionThreshold: 1,
      targetUtilization: 1,
      autoPinLastNTurns: 0,
    };
    const evictedAfter = async (turns: number): Promise<readonly string[]> => {
      const memory = aPlainMemory(300, { config });
      await addPages(memory, ['a', 'b', 'c'], 100);
      await memory.evictPage('a');
      await memory.handleFault('a', { level: 0 });
      memory.setImportance('a', 0);
      for (const id of ['b', 'c']) memory.setImportance(id, 1);
      for (let turn = 1; turn <= turns; turn += 1)
        expect(await memory.newTurn()).toMatchObject({ turn, evicted: [] });
      expect(memory.turn).toBe(turns);
      memory.createPage('x', { pageId: 'd', sizeTokens: 100 });
      return (await memory.addToWorkingSet('d')).evicted;
    };
    expect(await evictedAfter(0)).toEqual(['b']);
    expect(await evictedAfter(4)).toEqual(['a']);
  });
});

describe('contents and faults', () => {
  test('M-141: contents come from the process, and from a vault where there is one', async () => {
    const vault = aVault();
    for (const memory of [aPlainMemory(1000), aPlainMemory(1000, { vault })]) {
      await addPages(memory, ['a'], 100);
      await memory.evictPage('a');
      expect(await memory.handleFault('a', { level: 0 })).toMatchObject({
        kind: 'loaded',
        text: 'content of a',
      });
    }
    const stored = aPlainMemory(1000, { vault });
    await addPages(stored, ['a'], 100);
    await stored.evictPage('a', 'L4');
    expect(stored.getStats().pagesInStore).toBe(0);
    expect(await stored.handleFault('a', { level: 0 })).toMatchObject({
      kind: 'loaded',
      text: 'content of a',
    });
  });

  test('M-173: M-W16: without a vault no page leaves the process, and there are no checkpoints', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a'], 100);
    expect(await memory.evictPage('a', 'L3')).toMatchObject({ refusal: 'no-storage', tier: 'L0' });
    for (const call of [memory.checkpoint('now'), memory.restore('checkpoint_1')])
      await expect(call).rejects.toMatchObject({ code: 'INVALID_SESSION_OPERATION' });
    expect((await memory.readPage('a'))?.content).toBe('content of a');
  });

  test('M-151: faults are counted in all, by turn, and over turns; failures are none', async () => {
    const memory = aMemory();
    for (const pageId of ['a', 'b', 'c']) memory.createPage('x', { pageId });
    await memory.handleFault('a');
    await memory.handleFault('b');
    await memory.handleFault('nope');
    await memory.handleFault('a');
    expect(memory.getStats()).toMatchObject({
      faultHandler: { faultsThisTurn: 2, totalFaults: 2, maxFaultsPerTurn: 3, faultsRemaining: 1 },
      metrics: { faultsTotal: 2, faultsThisTurn: 2, faultsPerTurn: 2 },
    });
    await memory.newTurn();
    await memory.handleFault('c');
    const { metrics, tlb, faultHandler } = memory.getStats();
    expect(metrics).toMatchObject({ faultsTotal: 3, faultsThisTurn: 1, faultsPerTurn: 1.5 });
    expect(faultHandler).toMatchObject({ faultsThisTurn: 1, totalFaults: 3, faultsRemaining: 2 });
    expect([metrics?.tlbHits, metrics?.tlbMisses]).toEqual([tlb?.hits, tlb?.misses]);
    expect(faultHandler?.tlbHitRate).toBe(tlb?.hitRate);
  });
});
