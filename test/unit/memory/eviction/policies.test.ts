import { describe, expect, test } from 'vitest';
import { AntiThrash } from '../../../../src/memory/eviction/anti-thrash.ts';
import type {
  EvictionContext,
  EvictionPolicy,
} from '../../../../src/memory/eviction/eviction-policy.ts';
import {
  ImportanceWeightedLRU,
  WITHOUT_PAGE_IMPORTANCE,
} from '../../../../src/memory/eviction/importance-weighted-lru.ts';
import { LRUEvictionPolicy } from '../../../../src/memory/eviction/lru-eviction-policy.ts';
import { ModalityAwareLRU } from '../../../../src/memory/eviction/modality-aware-lru.ts';
import { anEvictionContext, anEvictionPage } from '../../../lib/eviction-context.ts';

const POLICIES: readonly (readonly [string, EvictionPolicy])[] = [
  ['ImportanceWeightedLRU', new ImportanceWeightedLRU()],
  ['LRUEvictionPolicy', new LRUEvictionPolicy()],
  ['ModalityAwareLRU', new ModalityAwareLRU()],
];

function idsOf(
  policy: EvictionPolicy,
  context: EvictionContext,
  tokensNeeded = 0,
): readonly string[] {
  return policy.scoreCandidates(context, 'L0', tokensNeeded).map(({ pageId }) => pageId);
}

describe.each(POLICIES)('%s', (_, policy) => {
  test('names no page that is pinned, in either tier, by either way (M-88, M-W04)', () => {
    const pages = new Map([
      ['free', anEvictionPage()],
      ['byPage', anEvictionPage({ pinned: true })],
      ['bySet', anEvictionPage()],
    ]);
    const shared = { pinnedPageIds: new Set(['bySet']) };
    const inContext = anEvictionContext({
      ...shared,
      l0PageIds: [...pages.keys()],
      table: Object.fromEntries(pages),
    });
    const inHot = anEvictionContext({ ...shared, l1Pages: pages });
    expect(policy.scoreCandidates(inContext, 'L0').map(({ pageId }) => pageId)).toEqual(['free']);
    expect(policy.scoreCandidates(inHot, 'L2').map(({ pageId }) => pageId)).toEqual(['free']);
  });

  test('names protected pages in an emergency only, after all others (M-88, M-W06)', () => {
    const antiThrash = new AntiThrash();
    antiThrash.recordFault('old', 5);
    const context = anEvictionContext({
      currentTurn: 5,
      l0PageIds: ['old', 'new'],
      antiThrash,
      table: { old: anEvictionPage(), new: anEvictionPage() },
    });
    expect(idsOf(policy, context)).toEqual(['new']);
    expect(idsOf(policy, { ...context, isEmergency: true })).toEqual(['new', 'old']);
    expect(idsOf(policy, { ...context, isEmergency: true }, 150)).toEqual(['new', 'old']);
    expect(idsOf(policy, { ...context, isEmergency: true }, 100)).toEqual(['new']);
  });

  test('names no more pages than free what is needed (M-93, M-W20)', () => {
    const names = Array.from({ length: 50 }, (_unused, index) => `p${index}`);
    const context = anEvictionContext({
      l0PageIds: names,
      importanceOverrides: new Map(names.map((name, index) => [name, ((index * 7) % 10) / 10])),
      table: Object.fromEntries(names.map((name) => [name, anEvictionPage()])),
    });
    const all = idsOf(policy, context);
    expect(all).toHaveLength(50);
    expect(idsOf(policy, context, 750)).toEqual(all.slice(0, 8));
    expect(idsOf(policy, context, 99_999)).toEqual(all);
  });

  test('answers nothing for a tier without pages', () => {
    expect(policy.scoreCandidates(anEvictionContext(), 'L0', 100)).toEqual([]);
    expect(policy.scoreCandidates(anEvictionContext(), 'L1')).toEqual([]);
  });
});

describe('ImportanceWeightedLRU', () => {
  const claimFirst = anEvictionContext({
    l0PageIds: ['claim', 'message', 'news'],
    table: {
      claim: anEvictionPage({ pageType: 'claim', importance: 0.95 }),
      message: anEvictionPage(),
      news: anEvictionPage(),
    },
  });

  test('keeps an important old page of a lasting type (M-91, M-W03)', () => {
    expect(idsOf(new ImportanceWeightedLRU(), claimFirst)).toEqual(['message', 'news', 'claim']);
  });

  test('looks at neither importance nor type where it is told so (M-W03)', () => {
    const policy = new ImportanceWeightedLRU(WITHOUT_PAGE_IMPORTANCE);
    expect(idsOf(policy, claimFirst)).toEqual(['claim', 'message', 'news']);
  });

  test("takes weights of one's own (M-85)", () => {
    const policy = new ImportanceWeightedLRU({ l0PositionWeight: -1, l0ImportanceWeight: 0 });
    const context = anEvictionContext({ l0PageIds: ['old', 'new'] });
    expect(idsOf(policy, context)).toEqual(['new', 'old']);
  });

  test('adds the penalty of what happened lately (M-W06)', () => {
    const antiThrash = new AntiThrash();
    antiThrash.recordFault('old', 1);
    const context = anEvictionContext({ l0PageIds: ['old', 'new'], antiThrash, currentTurn: 2 });
    const policy = new ImportanceWeightedLRU({ l0ThrashWeight: 1 });
    expect(policy.scoreCandidates(context, 'L0')).toEqual([
      { pageId: 'new', score: 0.4 },
      { pageId: 'old', score: 0.7 },
    ]);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['options.l0PositionWeight', { l0PositionWeight: Number.NaN }],
    ['options.l0ImportanceWeight', { l0ImportanceWeight: 2_000_000 }],
    ['options', { l0PositionWeights: 1 }],
  ];

  test.each(wrong)('refuses what is wrong: %s (M-W45)', (field, options) => {
    expect(() => new ImportanceWeightedLRU(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: expect.stringContaining(field) }),
    );
  });
});

describe('kernelWeights', () => {
  test('are null where the kernel cannot score the same (M-82)', () => {
    const own: EvictionPolicy = { scoreCandidates: () => [] };
    expect(new ModalityAwareLRU({}, own).kernelWeights()).toBeNull();
    expect(new ModalityAwareLRU({}, new ModalityAwareLRU()).kernelWeights()).toBeNull();
  });

  test('of a modality-aware policy are those of its base with its factors (M-82)', () => {
    const base = new LRUEvictionPolicy();
    const policy = new ModalityAwareLRU({ modalityWeights: { image: 0.1 } }, base);
    expect(policy.kernelWeights()).toEqual({
      ...base.kernelWeights(),
      modalityFactor: { image: 0.1 },
    });
  });
});
