import { ImportanceWeightedLRU } from '../../../src/memory/eviction/importance-weighted-lru.ts';
import type { EvictionPage } from '../../../src/memory/eviction/eviction-policy.ts';
import { anEvictionContext, anEvictionPage } from '../../lib/eviction-context.ts';

/** Says of every access whether it is a hit. */
export type NaiveCache = (capacity: number, sequence: readonly number[]) => readonly boolean[];

/** Plain lists, first in, first out. */
export const naiveFifo: NaiveCache = (capacity, sequence) => {
  const blocks: number[] = [];
  return sequence.map((key) => {
    if (blocks.includes(key)) return true;
    if (blocks.length === capacity) blocks.shift();
    blocks.push(key);
    return false;
  });
};

/** Looks for the latest use of every block in what was asked so far. */
export const naiveLru: NaiveCache = (capacity, sequence) => {
  const blocks = new Set<number>();
  return sequence.map((key, at) => {
    const past = sequence.slice(0, at);
    if (blocks.has(key)) return true;
    if (blocks.size === capacity) {
      blocks.delete([...blocks].toSorted((a, b) => past.lastIndexOf(a) - past.lastIndexOf(b))[0]!);
    }
    blocks.add(key);
    return false;
  });
};

/** Looks for the next use of every block in all that will be asked. */
export const naiveMin: NaiveCache = (capacity, sequence) => {
  const blocks = new Set<number>();
  return sequence.map((key, at) => {
    const nextUse = (block: number): number => {
      const next = sequence.indexOf(block, at + 1);
      return next === -1 ? Infinity : next;
    };
    if (blocks.has(key)) return true;
    if (blocks.size === capacity) {
      blocks.delete([...blocks].reduce((a, b) => (nextUse(b) > nextUse(a) ? b : a)));
    }
    blocks.add(key);
    return false;
  });
};

/** A list with the oldest block first and a hand that is an index. */
export const naiveSieve: NaiveCache = (capacity, sequence) => {
  const queue: { readonly key: number; isVisited: boolean }[] = [];
  let hand = 0;
  return sequence.map((key) => {
    const known = queue.find((block) => block.key === key);
    if (known !== undefined) {
      known.isVisited = true;
      return true;
    }
    if (queue.length === capacity) {
      hand %= queue.length;
      while (queue[hand]!.isVisited) {
        queue[hand]!.isVisited = false;
        hand = (hand + 1) % queue.length;
      }
      const wasNewest = hand === queue.length - 1;
      queue.splice(hand, 1);
      if (wasNewest) hand = 0;
    }
    queue.push({ key, isVisited: false });
    return false;
  });
};

/** Three lists with the oldest first. */
export const naiveS3Fifo: NaiveCache = (capacity, sequence) => {
  const smallCapacity = Math.max(1, Math.floor(capacity / 10));
  const mainCapacity = capacity - smallCapacity;
  const uses = new Map<number, number>();
  const small: number[] = [];
  const main: number[] = [];
  const ghosts: number[] = [];
  const shrinkMain = (): void => {
    let key = main.shift()!;
    while (uses.get(key)! > 0) {
      uses.set(key, uses.get(key)! - 1);
      main.push(key);
      key = main.shift()!;
    }
    uses.delete(key);
  };
  const shrinkSmall = (): void => {
    const key = small.shift()!;
    const isOften = uses.get(key)! > 1;
    (isOften ? main : ghosts).push(key);
    if (isOften) uses.set(key, 0);
    else uses.delete(key);
    if (ghosts.length > mainCapacity) ghosts.shift();
    if (main.length > mainCapacity) shrinkMain();
  };
  return sequence.map((key) => {
    if (uses.has(key)) {
      uses.set(key, Math.min(3, uses.get(key)! + 1));
      return true;
    }
    while (uses.size >= capacity) {
      if (small.length >= smallCapacity || main.length === 0) shrinkSmall();
      else shrinkMain();
    }
    const ghost = ghosts.indexOf(key);
    if (ghost !== -1) ghosts.splice(ghost, 1);
    (ghost === -1 ? small : main).push(key);
    uses.set(key, 0);
    return false;
  });
};

/** Four lists with the oldest first, case by case as the algorithm was published. */
export const naiveArc: NaiveCache = (capacity, sequence) => {
  let [t1, t2, b1, b2]: number[][] = [[], [], [], []];
  let target = 0;
  const without = (list: number[] = [], key: number): number[] => list.filter((k) => k !== key);
  const replace = (key: number): void => {
    const [once, often] = [t1!, t2!];
    const fromOnce =
      once.length > 0 &&
      (once.length > target || (b2!.includes(key) && once.length === target) || often.length === 0);
    if (fromOnce) b1!.push(once.shift()!);
    else b2!.push(often.shift()!);
  };
  return sequence.map((key) => {
    const isHit = t1!.includes(key) || t2!.includes(key);
    const isGhost = b1!.includes(key) || b2!.includes(key);
    if (isHit || isGhost) {
      if (b1!.includes(key))
        target = Math.min(capacity, target + Math.max(1, b2!.length / b1!.length));
      if (b2!.includes(key)) target = Math.max(0, target - Math.max(1, b1!.length / b2!.length));
      if (isGhost) replace(key);
      [t1, t2, b1, b2] = [t1, t2, b1, b2].map((list) => without(list, key));
      t2!.push(key);
      return isHit;
    }
    const all = t1!.length + t2!.length + b1!.length + b2!.length;
    if (t1!.length + b1!.length === capacity) {
      if (t1!.length < capacity) {
        b1!.shift();
        replace(key);
      } else t1!.shift();
    } else if (all >= capacity) {
      if (all === 2 * capacity) b2!.shift();
      replace(key);
    }
    t1!.push(key);
    return false;
  });
};

/** Asks the policy itself, for all pages at once; the place of an access is its time in minutes. */
export const naiveImportanceWeighted: NaiveCache = (capacity, sequence) => {
  const policy = new ImportanceWeightedLRU();
  const pages = new Map<string, EvictionPage>();
  const uses = new Map<number, number>();
  return sequence.map((key, at) => {
    const isHit = pages.has(String(key));
    if (!isHit && pages.size === capacity) {
      const context = anEvictionContext({ nowMs: at * 60_000, l1Pages: pages });
      pages.delete(policy.scoreCandidates(context, 'L1')[0]!.pageId);
    }
    uses.set(key, (uses.get(key) ?? 0) + 1);
    const accessCount = uses.get(key)!;
    pages.set(String(key), anEvictionPage({ accessCount, lastAccessedMs: at * 60_000 }));
    return isHit;
  });
};
