/** Work done at once: enough to keep a disk busy, few enough to leave files and memory to others. */
const AT_ONCE = 8;

/**
 * Does asynchronous work on every item, a few at a time, and gives the results in the order of the items.
 * @throws what the first failing piece of work rejects with, once those begun with it have ended.
 */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const some = items.slice(start, start + AT_ONCE);
    const settled = await Promise.allSettled(some.map((item, index) => work(item, start + index)));
    for (const outcome of settled) {
      if (outcome.status === 'rejected') throw outcome.reason;
      results.push(outcome.value);
    }
  }
  return results;
}
