/** Work that can begin at any time. */
export type Task<Value> = () => Promise<Value>;

/**
 * Runs tasks side by side, so many at once at most, and gives their results in the order of the tasks. All of them end before it
 * settles, whatever goes wrong; then it rejects with the first error in that order.
 */
export async function runInParallel<Value>(
  tasks: readonly Task<Value>[],
  maxParallel: number,
): Promise<readonly Value[]> {
  const settled: PromiseSettledResult<Value>[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < tasks.length) {
      const index = next;
      next += 1;
      const task = tasks[index];
      if (task === undefined) return;
      // In order within one lane: a lane is one of the calls that run at once.
      [settled[index]] = await Promise.allSettled([task()]);
    }
  };
  const lanes = Math.min(tasks.length, Math.max(1, maxParallel));
  await Promise.all(Array.from({ length: lanes }, work));
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
