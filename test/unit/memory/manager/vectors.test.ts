import { describe, expect, test } from 'vitest';
import { evictionTarget } from '../../../../src/domain/working-set-config.ts';
import type { EvictionPolicy } from '../../../../src/memory/eviction/eviction-policy.ts';
import { LRUEvictionPolicy } from '../../../../src/memory/eviction/lru-eviction-policy.ts';
import { ImportanceWeightedLRU } from '../../../../src/memory/eviction/importance-weighted-lru.ts';
import { ModalityAwareLRU } from '../../../../src/memory/eviction/modality-aware-lru.ts';
import { addPages, aMemory, aPlainMemory, aVault, contextOf } from '../../../lib/memories.ts';

const used = (memory: ReturnType<typeof aMemory>): number =>
  memory.getStats().workingSet?.tokensUsed ?? -1;

/** The plain order, by a policy that the kernel does not know. */
const ownPolicy: EvictionPolicy = {
  scoreCandidates: (context, fromTier) =>
    new LRUEvictionPolicy().scoreCandidates(context, fromTier),
};

describe('vectors of the working set', () => {
  test('V2: M-34: M-35: a budget of 1,000 with a reserve of 100 has room for 900 and refuses one more', async () => {
    const memory = aMemory({
      config: { maxL0Tokens: 1000, reservedTokens: 100 },
      compressors: null,
    });
    memory.createPage('a', { pageId: 'a', sizeTokens: 900, pinned: true });
    memory.createPage('b', { pageId: 'b', sizeTokens: 1 });
    expect((await memory.addToWorkingSet('a')).isInContext).toBe(true);
    expect(memory.getStats().workingSet).toMatchObject({ tokensAvailable: 0, utilization: 1 });
    expect(await memory.addToWorkingSet('b')).toMatchObject({
      isInContext: false,
      refusal: 'no-room',
    });
    memory.unpinPage('a');
    await memory.evictPage('a');
    expect(used(memory)).toBe(0);
  });

  test('V7: M-58: M-59: the eviction target brings the context down to its target share', () => {
    const cases = [
      [128_000, 4_000, 0, 0, 0],
      [128_000, 4_000, 100_000, 1_000, 14_200],
      [128_000, 4_000, 86_800, 0, 0],
      [1_000, 0, 900, 300, 500],
      [500, 0, 480, 160, 290],
      [1_003, 0, 1_000, 0, 298],
    ] as const;
    for (const [maxL0Tokens, reservedTokens, usedTokens, neededTokens, target] of cases) {
      const config = { maxL0Tokens, reservedTokens, targetUtilization: 0.7 };
      expect(evictionTarget(config, { usedTokens, neededTokens })).toBe(target);
    }
  });

  test.each([
    ['ImportanceWeighted', new ImportanceWeightedLRU()],
    ['LRU', new LRUEvictionPolicy()],
    ['ModalityAware', new ModalityAwareLRU()],
    ['own', ownPolicy],
  ])('V8: %s takes three pages out for a fourth', async (_, evictionPolicy) => {
    const memory = aPlainMemory(1000, { evictionPolicy });
    const modalities = ['text', 'text', 'image', 'video', 'text'] as const;
    for (const [at, modality] of modalities.entries()) {
      const sizeTokens = at === 4 ? 150 : 200;
      memory.createPage('x', { pageId: `p${at}`, modality, sizeTokens, pinned: at === 0 });
      await memory.addToWorkingSet(`p${at}`);
    }
    memory.setImportance('p1', 1);
    memory.createPage('x', { pageId: 'n', sizeTokens: 300 });
    const { evicted } = await memory.addToWorkingSet('n');
    expect(evicted.toSorted()).toEqual(['p1', 'p2', 'p3']);
    expect(contextOf(memory)).toEqual(['p0', 'p4', 'n']);
    expect(used(memory)).toBe(650);
  });

  test('V9: M-95: M-W46: folding first never keeps fewer pages than plain eviction', async () => {
    const kept = { folded: [] as number[], plain: [] as number[] };
    for (const [name, compressors] of [
      ['folded', undefined],
      ['plain', null],
    ] as const) {
      const memory = aMemory({ config: { maxL0Tokens: 500, reservedTokens: 0 }, compressors });
      for (let at = 0; at < 5; at += 1) {
        const text = `Page ${at} content. `.repeat(40);
        memory.createPage(text, { pageId: `page_${at}`, sizeTokens: 160 });
        expect((await memory.addToWorkingSet(`page_${at}`)).isInContext).toBe(true);
        kept[name].push(contextOf(memory).length);
      }
      expect(memory.health().findings).toEqual([]);
    }
    expect(kept.plain).toEqual([1, 2, 3, 2, 3]);
    kept.folded.forEach((count, at) => expect(count).toBeGreaterThanOrEqual(kept.plain[at]!));
  });

  test('V9: M-W46: a page that folding alone has no room for still gets in', async () => {
    const memory = aMemory({ config: { maxL0Tokens: 1000, reservedTokens: 0 } });
    const text = `${'abcdefgh '.repeat(44)}abcd`;
    for (let at = 0; at < 9; at += 1) {
      memory.createPage(text, { pageId: `p${at}`, sizeTokens: 100 });
      await memory.addToWorkingSet(`p${at}`);
    }
    memory.createPage('new', { pageId: 'n', sizeTokens: 600 });
    expect(await memory.addToWorkingSet('n')).toMatchObject({ isInContext: true, level: 0 });
    expect(contextOf(memory).at(-1)).toBe('n');
  });

  test('V9: M-94: M-W30: a page longer than the context is refused and nothing leaves', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a', 'b', 'c', 'd', 'e'], 100);
    const before = memory.history.total;
    memory.createPage('x', { pageId: 'big', sizeTokens: 2000 });
    const outcome = await memory.addToWorkingSet('big');
    expect(outcome).toMatchObject({ isInContext: false, refusal: 'too-large', evicted: [] });
    expect(contextOf(memory)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(memory.history.total).toBe(before + 1);
  });

  test('V22: M-77: M-81: look-ups are answered from the look-aside buffer once they were decoded', () => {
    const memory = aMemory();
    memory.createPage('x', { pageId: 'a' });
    memory.page('a');
    const { hits = 0, misses = 0 } = memory.getStats().tlb ?? {};
    memory.page('a');
    expect(memory.getStats().tlb).toMatchObject({ hits: hits + 1, misses });
  });

  test('V23: M-25: M-181: M-W72: the trace of a memory says what happened, where and by whom', async () => {
    const memory = aMemory();
    memory.createPage('Hello world, this is a test', { pageId: 'a', hint: '[user] Hello' });
    await memory.addToWorkingSet('a');
    memory.createPage('x'.repeat(100), { pageId: 'b', hint: '[assistant] xx', importance: 0.9 });
    await memory.addToWorkingSet('b');
    await memory.evictPage('b');
    memory.createPage('', { pageId: 'c' });
    await memory.addToWorkingSet('c');
    await memory.handleFault('b');
    const trace = memory.history
      .all()
      .filter(({ type }) => type !== 'update')
      .map(({ pageId, type, tierBefore, tierAfter, actor, cause }) => [
        pageId,
        type,
        tierBefore,
        tierAfter,
        actor,
        cause,
      ]);
    expect(trace).toEqual([
      ['a', 'create', null, 'L1', 'system', 'create_page'],
      ['b', 'create', null, 'L1', 'system', 'create_page'],
      ['b', 'evict', 'L0', 'L2', 'system', 'explicit_evict'],
      ['c', 'create', null, 'L1', 'system', 'create_page'],
      ['b', 'fault_in', 'L2', 'L0', 'model', 'page_fault'],
    ]);
    expect(memory.history.summary()).toMatchObject({
      uniquePages: 3,
      creates: 3,
      faults: 1,
      evictions: 1,
    });
  });

  test('V28: M-48: M-W06: M-W27: M-W35: a newest page gets in though all others are protected', async () => {
    const memory = aPlainMemory(1000, {
      faultPolicy: { maxFaultsPerTurn: 100, maxFaultTokensPerTurn: 100_000 },
    });
    const ids = Array.from({ length: 10 }, (_, at) => `p${at}`);
    await addPages(memory, ids, 100);
    for (const id of ids) {
      await memory.evictPage(id);
      expect(await memory.handleFault(id, { level: 0 })).toMatchObject({ isPromoted: true });
    }
    memory.createPage('x', { pageId: 'new', sizeTokens: 100 });
    expect(await memory.addToWorkingSet('new')).toMatchObject({
      isInContext: true,
      evicted: ['p0'],
    });
    expect(used(memory)).toBe(1000);
  });

  test('V29: M-51: M-55: M-57: M-W02: a page costs once, and leaves all that it cost', async () => {
    const memory = aPlainMemory(1000);
    await addPages(memory, ['a'], 100);
    await memory.addToWorkingSet('a');
    expect(used(memory)).toBe(100);
    await memory.evictPage('a');
    expect(used(memory)).toBe(0);
  });

  test('V29: M-147: M-W32: six faults on a stored page at once are one load and one charge', async () => {
    const vault = aVault();
    let loads = 0;
    const memory = aPlainMemory(1000, {
      vault: {
        storePage: (params) => vault.storePage(params),
        movePage: (params) => vault.movePage(params),
        checkpoint: (params) => vault.checkpoint(params),
        loadCheckpoint: (params) => vault.loadCheckpoint(params),
        loadPage: (params) => {
          loads += 1;
          return vault.loadPage(params);
        },
      },
    });
    await addPages(memory, ['a'], 100);
    expect(await memory.evictPage('a', 'L3')).toMatchObject({ isEvicted: true, tier: 'L3' });
    expect(memory.getStats().pagesInStore).toBe(0);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => memory.handleFault('a', { level: 0 })),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'loaded'));
    expect(loads).toBe(1);
    expect(used(memory)).toBe(100);
    expect(memory.getStats().faultHandler).toMatchObject({
      faultsThisTurn: 1,
      tokensRemaining: 8_092,
    });
    expect(memory.health().findings).toEqual([]);
  });

  test.each([500, 800, 2000, 4000, 5000])(
    'V30: M-38: M-W40: M-W41: a context of %i tokens has room, because the reserve is scaled',
    (maxL0Tokens) => {
      const { tokensAvailable } = aMemory({ config: { maxL0Tokens } }).getStats().workingSet!;
      expect(tokensAvailable).toBe(maxL0Tokens - Math.floor(maxL0Tokens / 10));
    },
  );
});
