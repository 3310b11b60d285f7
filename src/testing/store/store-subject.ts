import type { Store } from '../../store/store.ts';
import { type VirtualClock, virtualClock } from '../virtual-clock.ts';

/** A store under test as its maker hands it over. */
export interface StoreHarness {
  readonly store: Store;
  /** Releases what the store does not close itself. */
  readonly close?: () => Promise<void>;
  /** Ends the process that the store lives in, as far as that can be done, and opens the same data again. */
  readonly restart?: () => Promise<Store>;
  /** Lets time pass for the store; without it the virtual clock is moved. */
  readonly advance?: (ms: number) => Promise<void>;
}

/** Makes an empty store that takes its time from the clock given. */
export type CreateStore = (context: {
  readonly clock: VirtualClock;
}) => Promise<StoreHarness> | StoreHarness;

/** What one test of the suite works on. */
export interface StoreSubject {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly advance: (ms: number) => Promise<void>;
  /**
   * The store as the next process finds it.
   * @throws TypeError when the harness cannot restart; such tests are only run on request.
   */
  readonly restart: () => Promise<Store>;
}

/** Tests by title; each gets an empty store of its own. */
export type StoreCases = Readonly<Record<string, (subject: StoreSubject) => Promise<void>>>;

/** Runs a test on a fresh store and closes what was opened, whatever comes of it. */
export async function withStore(
  create: CreateStore,
  run: (subject: StoreSubject) => Promise<void>,
): Promise<void> {
  const clock = virtualClock();
  const harness = await create({ clock });
  const opened = [harness.store];
  const subject: StoreSubject = {
    store: harness.store,
    clock,
    advance: async (ms) =>
      harness.advance === undefined ? clock.advance(ms) : harness.advance(ms),
    restart: async () => {
      if (harness.restart === undefined) throw new TypeError('this harness has no restart');
      const store = await harness.restart();
      opened.push(store);
      return store;
    },
  };
  try {
    await run(subject);
  } finally {
    await Promise.all(opened.map((store) => store.close()));
    await harness.close?.();
  }
}
