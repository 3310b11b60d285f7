import { SessionAwareCache } from '../../../src/memory/eviction/session-aware.ts';
import { ArcCache } from './arc.ts';
import type { BlockCache } from './block-cache.ts';
import type { BlockRequest } from './block-trace.ts';
import { FifoCache } from './fifo.ts';
import { ImportanceWeightedCache } from './importance-weighted.ts';
import { LruCache } from './lru.ts';
import { MinCache } from './min.ts';
import { S3FifoCache } from './s3-fifo.ts';
import { SieveCache } from './sieve.ts';

/** Uses the blocks of a request in their order and answers how many were there. */
export type ServeRequest = (request: BlockRequest) => number;

/** The policy without any idea, the one that knows the future, and ours. */
export const WORST = 'FIFO';
export const BEST = 'MIN';
export const OURS = 'session-aware';

/** All policies, for a cache of so many blocks; MIN has to be told what will be asked. */
export const CONTENDERS: Readonly<
  Record<string, (capacity: number, requests: readonly BlockRequest[]) => ServeRequest>
> = {
  [WORST]: (capacity) => blockByBlock(new FifoCache(capacity)),
  LRU: (capacity) => blockByBlock(new LruCache(capacity)),
  SIEVE: (capacity) => blockByBlock(new SieveCache(capacity)),
  'S3-FIFO': (capacity) => blockByBlock(new S3FifoCache(capacity)),
  ARC: (capacity) => blockByBlock(new ArcCache(capacity)),
  'importance-weighted': (capacity) => blockByBlock(new ImportanceWeightedCache(capacity)),
  [BEST]: (capacity, requests) =>
    blockByBlock(
      new MinCache(
        capacity,
        requests.flatMap(({ blocks }) => blocks),
      ),
    ),
  [OURS]: serveSessionAware,
};

function blockByBlock(cache: BlockCache): ServeRequest {
  return ({ blocks, atMs }) => blocks.filter((block) => cache.access(block, atMs)).length;
}

function serveSessionAware(capacity: number): ServeRequest {
  const cache = new SessionAwareCache({ maxBytes: capacity });
  return ({ blocks, atMs }) => {
    const chain = blocks.map((block) => ({ key: String(block), bytes: 1 }));
    return blocks.length - cache.touch(chain, atMs).missing.length;
  };
}
