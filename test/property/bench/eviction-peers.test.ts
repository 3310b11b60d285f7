import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArcCache } from '../../../bench/lib/eviction/arc.ts';
import type { BlockCache } from '../../../bench/lib/eviction/block-cache.ts';
import { FifoCache } from '../../../bench/lib/eviction/fifo.ts';
import { ImportanceWeightedCache } from '../../../bench/lib/eviction/importance-weighted.ts';
import { LruCache } from '../../../bench/lib/eviction/lru.ts';
import { MinCache } from '../../../bench/lib/eviction/min.ts';
import { S3FifoCache } from '../../../bench/lib/eviction/s3-fifo.ts';
import { SieveCache } from '../../../bench/lib/eviction/sieve.ts';
import {
  naiveArc,
  naiveFifo,
  naiveImportanceWeighted,
  naiveLru,
  naiveMin,
  naiveS3Fifo,
  naiveSieve,
} from './naive-caches.ts';
import type { NaiveCache } from './naive-caches.ts';

type Create = (capacity: number, sequence: readonly number[]) => BlockCache;

const PEERS: readonly (readonly [name: string, create: Create, naive: NaiveCache])[] = [
  ['FIFO', (capacity) => new FifoCache(capacity), naiveFifo],
  ['LRU', (capacity) => new LruCache(capacity), naiveLru],
  ['SIEVE', (capacity) => new SieveCache(capacity), naiveSieve],
  ['S3-FIFO', (capacity) => new S3FifoCache(capacity), naiveS3Fifo],
  ['ARC', (capacity) => new ArcCache(capacity), naiveArc],
  [
    'importance-weighted',
    (capacity) => new ImportanceWeightedCache(capacity),
    naiveImportanceWeighted,
  ],
];

const run = fc.record({
  capacity: fc.integer({ min: 2, max: 12 }),
  sequence: fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.nat(8) }, { weight: 2, arbitrary: fc.nat(40) }),
    { maxLength: 200 },
  ),
});

function hitsOf(cache: BlockCache, sequence: readonly number[]): readonly boolean[] {
  return sequence.map((key, at) => cache.access(key, at * 60_000));
}

describe('the policies that ours is compared with', () => {
  test.each(PEERS)('%s hits what a naive one hits', (_, create, naive) => {
    fc.assert(
      fc.property(run, ({ capacity, sequence }) => {
        const hits = hitsOf(create(capacity, sequence), sequence);
        expect(hits).toEqual(naive(capacity, sequence));
      }),
    );
  });

  test('MIN hits as often as a naive one, and no policy more often', () => {
    fc.assert(
      fc.property(run, ({ capacity, sequence }) => {
        const count = (hits: readonly boolean[]): number => hits.filter(Boolean).length;
        const most = count(hitsOf(new MinCache(capacity, sequence), sequence));
        expect(most).toBe(count(naiveMin(capacity, sequence)));
        for (const [, create] of PEERS) {
          expect(count(hitsOf(create(capacity, sequence), sequence))).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
