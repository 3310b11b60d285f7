import { describe, expect, test } from 'vitest';
import type { Modality } from '../../../../src/domain/page.ts';
import type {
  EvictionCandidate,
  EvictionPolicy,
} from '../../../../src/memory/eviction/eviction-policy.ts';
import {
  ImportanceWeightedLRU,
  WITHOUT_PAGE_IMPORTANCE,
} from '../../../../src/memory/eviction/importance-weighted-lru.ts';
import { LRUEvictionPolicy } from '../../../../src/memory/eviction/lru-eviction-policy.ts';
import { ModalityAwareLRU } from '../../../../src/memory/eviction/modality-aware-lru.ts';
import { anEvictionContext, anEvictionPage } from '../../../lib/eviction-context.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 100 * HOUR_MS;
const NAMES = ['p0', 'p1', 'p2', 'p3', 'p4'];

const modalities: Readonly<Record<string, Modality>> = {
  p0: 'text',
  p1: 'text',
  p2: 'image',
  p3: 'video',
  p4: 'structured',
};

const ofFive = anEvictionContext({
  l0PageIds: NAMES,
  table: Object.fromEntries(
    NAMES.map((name) => [name, anEvictionPage({ modality: modalities[name] ?? 'text' })]),
  ),
});

const withOverrides = anEvictionContext({
  l0PageIds: NAMES,
  pinnedPageIds: new Set(['p1']),
  importanceOverrides: new Map([
    ['p0', 0.9],
    ['p3', 0.1],
  ]),
});

function hotPage(
  importance: number,
  accessCount: number,
  hours: number,
): ReturnType<typeof anEvictionPage> {
  return anEvictionPage({ importance, accessCount, lastAccessedMs: NOW_MS - hours * HOUR_MS });
}

const hot = anEvictionContext({
  nowMs: NOW_MS,
  l1Pages: new Map([
    ['a', hotPage(0.5, 0, 0)],
    ['b', hotPage(0.9, 100, 24)],
    ['c', { ...hotPage(0.5, 5, 1), modality: 'image' }],
    ['d', { ...hotPage(0.5, 5, 1), modality: 'video' }],
    ['e', hotPage(0.2, 30_000, 2)],
    ['f', { ...hotPage(1, 1, 0.5), modality: 'audio' }],
  ]),
});

function pairs(candidates: readonly EvictionCandidate[]): readonly [string, number][] {
  return candidates.map(({ pageId, score }) => [pageId, score]);
}

function rounded(policy: EvictionPolicy): readonly string[] {
  return policy
    .scoreCandidates(hot, 'L1')
    .map(({ pageId, score }) => `${pageId} ${Number(score.toFixed(12))}`);
}

describe('ImportanceWeightedLRU', () => {
  test('scores the context by position, override and the middle importance (V4, M-83)', () => {
    for (const policy of [
      new ImportanceWeightedLRU(),
      new ImportanceWeightedLRU(WITHOUT_PAGE_IMPORTANCE),
    ]) {
      expect(pairs(policy.scoreCandidates(withOverrides, 'L0'))).toEqual([
        ['p3', 0.28],
        ['p0', 0.36000000000000004],
        ['p2', 0.36000000000000004],
        ['p4', 0.52],
      ]);
    }
  });

  test('keeps the order of the context between equal scores (V4, M-89)', () => {
    const context = anEvictionContext({
      l0PageIds: ['p0', 'p1'],
      importanceOverrides: new Map([['p0', 1]]),
    });
    expect(pairs(new ImportanceWeightedLRU().scoreCandidates(context, 'L0'))).toEqual([
      ['p0', 0.4],
      ['p1', 0.4],
    ]);
  });

  test('scores hot pages by hours, logarithm of uses and importance (V6, M-84)', () => {
    expect(rounded(new ImportanceWeightedLRU())).toEqual([
      'c 0.335835189385',
      'd 0.335835189385',
      'e 0.36',
      'b 0.374302410337',
      'a 0.45',
      'f 0.513862943611',
    ]);
  });

  test('takes a use in the future for one of now (V6, M-92, M-W53)', () => {
    const page = anEvictionPage({ accessCount: 1, lastAccessedMs: NOW_MS + 2 * HOUR_MS });
    const context = anEvictionContext({ nowMs: NOW_MS, l1Pages: new Map([['p', page]]) });
    const [candidate] = new ImportanceWeightedLRU().scoreCandidates(context, 'L1');
    expect(candidate?.score).toBeCloseTo(0.463862943611, 12);
  });
});

describe('LRUEvictionPolicy', () => {
  test('scores the context by position alone (V5, M-86)', () => {
    expect(pairs(new LRUEvictionPolicy().scoreCandidates(withOverrides, 'L0'))).toEqual([
      ['p0', 0],
      ['p2', 0.4],
      ['p3', 0.6],
      ['p4', 0.8],
    ]);
  });

  test('scores hot pages by the time of their latest use (V6, M-86)', () => {
    expect(rounded(new LRUEvictionPolicy())).toEqual([
      'b 0.04',
      'e 0.333333333333',
      'c 0.5',
      'd 0.5',
      'f 0.666666666667',
      'a 1',
    ]);
  });
});

describe('ModalityAwareLRU', () => {
  test('multiplies the score of its base by the factor of the modality (V5, M-87)', () => {
    expect(pairs(new ModalityAwareLRU().scoreCandidates(ofFive, 'L0'))).toEqual([
      ['p3', 0.132],
      ['p2', 0.18000000000000002],
      ['p0', 0.2],
      ['p1', 0.28],
      ['p4', 0.468],
    ]);
  });

  test('wraps any other policy (V5, M-87)', () => {
    const policy = new ModalityAwareLRU({}, new LRUEvictionPolicy());
    expect(pairs(policy.scoreCandidates(ofFive, 'L0'))).toEqual([
      ['p0', 0],
      ['p3', 0.18],
      ['p1', 0.2],
      ['p2', 0.2],
      ['p4', 0.7200000000000001],
    ]);
  });

  test('multiplies the scores of hot pages (V6, M-87)', () => {
    expect(rounded(new ModalityAwareLRU())).toEqual([
      'd 0.100750556815',
      'c 0.167917594692',
      'f 0.205545177444',
      'e 0.36',
      'b 0.374302410337',
      'a 0.45',
    ]);
  });

  test('looks for the modality in the hot pages, then in the table, and else leaves the score (M-87)', () => {
    const context = anEvictionContext({
      l0PageIds: ['none', 'table', 'both'],
      l1Pages: new Map([['both', anEvictionPage({ modality: 'video' })]]),
      table: {
        table: anEvictionPage({ modality: 'image' }),
        both: anEvictionPage({ modality: 'image' }),
      },
    });
    const policy = new ModalityAwareLRU({ modalityWeights: { image: 2, video: 3 } });
    const base = new ImportanceWeightedLRU().scoreCandidates(context, 'L0');
    expect(pairs(policy.scoreCandidates(context, 'L0'))).toEqual(
      base.map(({ pageId, score }, index) => [pageId, score * (index + 1)]),
    );
  });
});
