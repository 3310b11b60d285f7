import type { AppendParams, AppendResult, Store } from '../../store/store.ts';

/** What happens to an append on its way; what it returns is the answer. */
export type OnAppend = (
  append: () => Promise<AppendResult>,
  params: AppendParams,
) => Promise<AppendResult>;

/** A store whose appends wait, or meet something, as a test likes. */
export interface HeldStore extends Store {
  /** Appends wait from now on. */
  hold(): void;
  /** Lets all that wait through, and no later one waits. */
  release(): void;
  /** Resolves when so many appends wait. */
  arrived(count: number): Promise<void>;
  /** Puts something in the way of the next appends; null takes it away. */
  meet(onAppend: OnAppend | null): void;
}

/** Puts a store behind a door for appends. */
export function heldStore(store: Store): HeldStore {
  const door = new Door();
  let meeting: OnAppend | null = null;
  return {
    backend: store.backend,
    durability: store.durability,
    isShared: store.isShared,
    hold: () => door.shut(),
    release: () => door.open(),
    arrived: (count) => door.arrived(count),
    meet: (onAppend) => {
      meeting = onAppend;
    },
    append: async (params) => {
      await door.pass();
      const append = (): Promise<AppendResult> => store.append(params);
      return meeting === null ? append() : meeting(append, params);
    },
    load: (params) => store.load(params),
    read: (params) => store.read(params),
    saveSnapshot: (params) => store.saveSnapshot(params),
    head: (params) => store.head(params),
    list: (params) => store.list(params),
    tenantUsage: (params) => store.tenantUsage(params),
    setTimeToLive: (params) => store.setTimeToLive(params),
    raiseEpoch: (params) => store.raiseEpoch(params),
    remove: (params) => store.remove(params),
    erase: (params) => store.erase(params),
    dueOutbox: (params) => store.dueOutbox(params),
    settleOutbox: (params) => store.settleOutbox(params),
    sweep: (params) => store.sweep(params),
    stats: () => store.stats(),
    close: () => store.close(),
  };
}

class Door {
  #isShut = false;
  #waiting: (() => void)[] = [];
  #expected: { readonly count: number; readonly tell: () => void } | null = null;

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    this.#isShut = false;
    for (const proceed of this.#waiting.splice(0)) proceed();
  }

  pass(): Promise<void> {
    if (!this.#isShut) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#look();
    });
  }

  arrived(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#expected = { count, tell: resolve };
      this.#look();
    });
  }

  #look(): void {
    const expected = this.#expected;
    if (expected !== null && this.#waiting.length >= expected.count) expected.tell();
  }
}
