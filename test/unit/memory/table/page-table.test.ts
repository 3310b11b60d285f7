import { describe, expect, test } from 'vitest';
import { parsePageOptions, type PageOptions } from '../../../../src/domain/page-options.ts';
import type { StorageTier } from '../../../../src/domain/page.ts';
import { createJsKernel } from '../../../../src/kernel/js-kernel.ts';
import type { PageCard } from '../../../../src/memory/table/page-entry.ts';
import { PageTable } from '../../../../src/memory/table/page-table.ts';
import { options } from '../../../lib/working-set-builders.ts';

function aCard(pageId: string, changes: PageOptions = {}): PageCard {
  const request = { newPageId: () => pageId, nowMs: 0 };
  const { content: _, ...card } = parsePageOptions(pageId, changes, request).page;
  return card;
}

/** Pages of ten tokens each at their tiers, each used at the time of its place. */
function tableOf(...pages: readonly (readonly [string, StorageTier, PageOptions?])[]): PageTable {
  const table = new PageTable(createJsKernel().openWorkingSet(options({})));
  pages.forEach(([pageId, tier, changes], atMs) => {
    table.register({ card: aCard(pageId, changes), tier, tokens: 10, atMs });
  });
  return table;
}

describe('PageTable.register', () => {
  test('M-65: takes over what is known of a page, and what it costs', () => {
    const table = tableOf();
    const card = aCard('a', { pageType: 'claim', importance: 0.9, provenance: ['m'] });
    expect(table.register({ card, tokens: 25, atMs: 7 })).toBe(true);
    expect(table.lookup('a')).toEqual({
      card,
      tier: 'L1',
      level: 0,
      tokens: 25,
      levelTokens: [25, null, null, null],
      pin: 'none',
      isResident: true,
      isDirty: false,
      importance: 0.9,
      lastAccessedMs: 7,
      accessCount: 0,
      artifactId: null,
    });
  });

  test('M-66: refuses an id that is there, and nothing changes', () => {
    const table = tableOf(['a', 'L2', { pageType: 'claim' }]);
    table.markDirty('a');
    const before = [table.lookup('a'), table.stats()];
    expect(() => table.register({ card: aCard('a'), tokens: 99, atMs: 9 })).toThrow('pageId');
    expect([table.lookup('a'), table.stats()]).toEqual(before);
  });

  test('M-52: refuses what does not fit into the context, and nothing leaves for it', () => {
    const table = tableOf(['a', 'L0'], ['b', 'L1']);
    const big = { card: aCard('big'), tier: 'L0', tokens: 991, atMs: 0 } as const;
    expect(table.register(big)).toBe(false);
    expect(table.has('big')).toBe(false);
    expect(table.showAt('b', 0, 991)).toBe('done');
    expect(table.admit('b', 5)).toBe('no-room');
    expect(table.lookup('b')).toMatchObject({ tier: 'L1', lastAccessedMs: 1, accessCount: 0 });
    expect(table.set.figures()).toMatchObject({ usedTokens: 10, availableTokens: 990 });
    expect(table.idsOfTier('L0')).toEqual(['a']);
  });
});

describe('PageTable places', () => {
  test('M-66: M-68: a page that moves is listed and counted where it went, and nowhere else', () => {
    const table = tableOf(['a', 'L1'], ['b', 'L1']);
    table.markDirty('a');
    table.markStored('a', 'art_1');
    table.moveTo('a', 'L3');
    expect([table.idsOfTier('L1'), table.idsOfTier('L3')]).toEqual([['b'], ['a']]);
    expect(table.lookup('a')).toMatchObject({ tier: 'L3', artifactId: 'art_1', isDirty: false });
    table.moveTo('a', 'L4');
    expect(table.lookup('a')).toMatchObject({ tier: 'L4', artifactId: 'art_1', level: 0 });
    expect(table.stats().pagesByTier).toEqual({ L0: 0, L1: 1, L2: 0, L3: 0, L4: 1 });
  });

  test('M-67: a page that is taken out is listed and counted nowhere', () => {
    const table = tableOf(['a', 'L0', { pageType: 'claim' }], ['b', 'L1']);
    table.markDirty('a');
    table.pin('a', 'explicit');
    expect([table.remove('a'), table.remove('a')]).toEqual([true, false]);
    expect(table.lookup('a')).toBeNull();
    const lists = [table.idsOfTier('L0'), table.idsOfType('claim'), table.pinnedIds()];
    expect(lists).toEqual([[], [], []]);
    expect([...table.ids(), ...table.idsOfModality('text')]).toEqual(['b', 'b']);
    expect(table.stats()).toMatchObject({ totalPages: 1, dirtyPages: 0 });
    expect(table.set.figures().usedTokens).toBe(0);
  });

  test('M-71: M-72: M-73: M-W73: lists have an order: that of arrival or creation', () => {
    const table = tableOf(
      ['c', 'L1', { pageType: 'claim' }],
      ['a', 'L0'],
      ['d', 'L1', { modality: 'image' }],
      ['b', 'L0', { pageType: 'claim', modality: 'image' }],
    );
    table.admit('c', 9);
    table.moveTo('a', 'L1');
    expect(table.idsOfTier('L0')).toEqual(['b', 'c']);
    expect(table.idsOfTier('L1')).toEqual(['d', 'a']);
    expect(table.idsOfType('claim')).toEqual(['c', 'b']);
    expect(table.idsOfModality('image')).toEqual(['d', 'b']);
    expect([...table.ids()]).toEqual(['c', 'a', 'd', 'b']);
    expect(table.inOrder(['b', 'nope', 'a', 'c', 'b'])).toEqual(['c', 'a', 'b']);
    expect(table.stats().workingSetSize).toBe(4);
  });

  test('M-74: those used longest ago come first, as many as are asked for', () => {
    const table = tableOf(['a', 'L1'], ['b', 'L1'], ['c', 'L1'], ['d', 'L2'], ['e', 'L1']);
    table.touch('a', 100);
    expect(table.oldest('L1', 2)).toEqual(['b', 'c']);
    expect(table.oldest('L1', 99)).toEqual(['b', 'c', 'e', 'a']);
    expect(table.newest('L1', 2)).toEqual(['a', 'e']);
    expect(table.oldest('L4', 2)).toEqual([]);
  });

  test('M-75: M-20: figures have every key, and tokens are summed over the tiers asked for', () => {
    const table = tableOf(
      ['a', 'L0'],
      ['b', 'L1', { modality: 'audio' }],
      ['c', 'L2', { pageType: 'summary' }],
    );
    table.markDirty('c');
    expect(table.stats()).toEqual({
      totalPages: 3,
      dirtyPages: 1,
      pagesByTier: { L0: 1, L1: 1, L2: 1, L3: 0, L4: 0 },
      pagesByType: { transcript: 2, summary: 1, artifact: 0, claim: 0, procedure: 0, index: 0 },
      pagesByModality: { text: 2, image: 0, audio: 1, video: 0, structured: 0 },
      workingSetSize: 2,
    });
    expect([table.totalTokens(), table.totalTokens(['L0', 'L2']), table.totalTokens([])]).toEqual([
      30, 20, 0,
    ]);
  });
});

describe('PageTable pages', () => {
  test('M-69: M-57: M-W17: what is shown of a page and what that costs change together', () => {
    const table = tableOf(['a', 'L0'], ['b', 'L0']);
    expect(table.showAt('a', 2, 4)).toBe('done');
    expect(table.lookup('a')).toMatchObject({ level: 2, tokens: 4 });
    expect(table.set.figures().usedTokens).toBe(14);
    expect(table.showAt('a', 0, 991)).toBe('no-room');
    expect(table.lookup('a')).toMatchObject({ level: 2, tokens: 4 });
    expect(table.showAt('a', 0, 990)).toBe('done');
    expect(table.set.figures()).toMatchObject({ usedTokens: 1000, availableTokens: 0 });
  });

  test('M-12: M-70: uses, changes and stores of a page are noted, and of no other', () => {
    const table = tableOf(['a', 'L1'], ['b', 'L1']);
    table.touch('a', 50);
    table.touch('a', 60);
    table.markDirty('a');
    table.markDirty('a');
    expect(table.lookup('a')).toMatchObject({ accessCount: 2, lastAccessedMs: 60, isDirty: true });
    expect(table.lookup('b')).toMatchObject({ accessCount: 0, isDirty: false });
    expect(table.stats().dirtyPages).toBe(1);
    table.markStored('a', 'art_1');
    table.markStored('a', 'art_1');
    expect(table.lookup('a')).toMatchObject({ isDirty: false, artifactId: 'art_1' });
    expect(table.stats().dirtyPages).toBe(0);
    for (const change of [
      () => table.touch('nope', 1),
      () => table.markDirty('nope'),
      () => table.markStored('nope', 'art_2'),
    ])
      expect(change).toThrow('pageId');
  });

  test('M-41: pins of rules go, those that were set stay, and each page is told once', () => {
    const table = tableOf(['a', 'L0'], ['b', 'L0'], ['c', 'L0']);
    table.pin('c', 'page');
    table.pin('a', 'explicit');
    table.pin('a', 'page');
    table.pin('a', 'rule');
    table.pin('b', 'rule');
    expect(table.lookup('b')?.pin).toBe('rule');
    table.clearRulePins();
    expect(['a', 'b', 'c'].map((id) => table.lookup(id)?.pin)).toEqual([
      'explicit',
      'none',
      'page',
    ]);
    expect(table.pinnedIds()).toEqual(['c', 'a']);
    table.unpin('a');
    expect(table.pinnedIds()).toEqual(['c']);
  });
});

describe('PageTable look-ups', () => {
  test('M-80: M-81: M-W14: M-W15: the first reads the page, later ones have it decoded already', () => {
    const table = tableOf(['a', 'L1']);
    expect(table.tlbStats()).toMatchObject({ size: 0, hits: 0, misses: 0 });
    const first = table.lookup('a');
    expect(table.lookup('a')).toBe(first);
    expect(table.lookup('nope')).toBeNull();
    expect(table.tlbStats()).toMatchObject({ size: 1, hits: 1, misses: 2 });
  });

  test('M-80: M-W39: see every change, and what they gave before stays as it was', () => {
    const table = tableOf(['a', 'L1']);
    const steps: readonly [() => unknown, object][] = [
      [() => table.moveTo('a', 'L2'), { tier: 'L2' }],
      [() => table.admit('a', 5), { tier: 'L0', lastAccessedMs: 5 }],
      [() => table.showAt('a', 3, 2), { level: 3, tokens: 2 }],
      [() => table.noteLevel('a', 1, 8), { levelTokens: [10, 8, null, 2] }],
      [() => table.pin('a', 'rule'), { pin: 'rule' }],
      [() => table.clearRulePins(), { pin: 'none' }],
      [() => table.pin('a', 'page'), { pin: 'page' }],
      [() => table.release('a', 'page'), { pin: 'none' }],
      [() => table.markDirty('a'), { isDirty: true }],
      [() => table.markStored('a', 'art_1'), { isDirty: false, artifactId: 'art_1' }],
      [() => table.moveTo('a', 'L3', { asVictim: true }), { tier: 'L3' }],
      [() => table.setResident('a', false), { isResident: false }],
      [() => table.overrideImportance('a', 3), { importance: 1 }],
      [() => table.describe(aCard('a', { hint: 'new' })), { card: { hint: 'new' } }],
    ];
    for (const [change, expected] of steps) {
      const before = table.lookup('a');
      const copy = structuredClone(before);
      change();
      expect(table.lookup('a')).toMatchObject(expected);
      expect(before).toEqual(copy);
    }
    table.remove('a');
    expect(table.lookup('a')).toBeNull();
  });
});
