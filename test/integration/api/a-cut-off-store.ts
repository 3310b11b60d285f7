import { onTestFinished, vi } from 'vitest';
import { openPagefold, type Pagefold, PagefoldError, type Store } from '../../../src/index.ts';
import { createRuntime } from '../../../src/runtime/runtime.ts';
import { aWatchedStore, linkDown } from './a-watched-store.ts';

/**
 * Runs something in a process whose link to the store breaks for good after so many calls. Returns whether it broke, and the code
 * of the error.
 */
export async function cutOffAfter(
  store: Store,
  calls: number,
  run: (pagefold: Pagefold) => Promise<unknown>,
): Promise<{ readonly isCut: boolean; readonly code: string | null }> {
  let made = 0;
  const broken = aWatchedStore(store, async ({ name, run: carryOut }) => {
    if (name === 'close') return undefined;
    made += 1;
    if (made > calls) throw linkDown();
    return carryOut();
  });
  const pagefold = await openPagefold({
    store: broken,
    tokens: 'estimate',
    limits: { retryHorizonMs: 1, retryFirstMs: 1, retryMaxMs: 1 },
    onWarning: () => undefined,
  });
  let code: string | null = null;
  try {
    await run(pagefold);
  } catch (error) {
    if (!PagefoldError.isInstance(error)) throw error;
    ({ code } = error);
  }
  await pagefold.close();
  return { isCut: made > calls, code };
}

/** Another process does what is left in the outbox, once it is due. */
export async function sweepLater(store: Store): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const runtime = createRuntime({ store, tokens: 'estimate' });
  await runtime.followUps.sweep();
  await runtime.close({ timeoutMs: 1000 });
  vi.useRealTimers();
}
