/** A cache of so many blocks, used block by block. */
export interface BlockCache {
  /** Uses a block and answers whether it was there; it is afterwards. */
  access(key: number, nowMs: number): boolean;
}

/** The key that stands first in a map or set. */
export function firstKey(keys: { keys(): IterableIterator<number> }): number {
  const { value, done } = keys.keys().next();
  if (done === true) throw new Error('The list is empty.');
  return value;
}
