import type { PlannedFamily } from '../chat-export/tracking-plan.ts';
import { replayFamily, type ReplaySettings } from './replay-session.ts';

/**
 * Records many conversations, at most `concurrency` at once, tenants in turn. The first failure stops all.
 * @throws that failure, when nothing runs any more.
 */
export async function replayAll(
  families: readonly PlannedFamily[],
  settings: ReplaySettings & { readonly concurrency: number },
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([settings.signal, stop.signal]);
  const queue = inTurn(families).values();
  const work = async (): Promise<void> => {
    // In order: whoever is free takes the next one.
    for (const family of queue) await replayFamily(family, { ...settings, signal });
  };
  const failures: unknown[] = [];
  const workers = Array.from({ length: Math.min(settings.concurrency, families.length) }, () =>
    work().catch((error: unknown) => {
      failures.push(error);
      stop.abort();
    }),
  );
  await Promise.all(workers);
  settings.signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}

/** One conversation of each tenant, then a second one of each, and so on. */
function inTurn(families: readonly PlannedFamily[]): readonly PlannedFamily[] {
  const counts = new Map<string, number>();
  const ranked = families.map((family) => {
    const tenant = family[0]?.tenant ?? '';
    const rank = counts.get(tenant) ?? 0;
    counts.set(tenant, rank + 1);
    return { family, rank };
  });
  return ranked.sort((left, right) => left.rank - right.rank).map(({ family }) => family);
}
