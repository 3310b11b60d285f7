import type { Durability, Store } from '../store/store.ts';
import { closedError } from './closed-error.ts';

/** A store that turns callers away once its runtime is closed, while it stays open for whoever owns it. */
export class GatedStore implements Store {
  readonly backend: string;
  readonly durability: Durability;
  readonly isShared: boolean;
  readonly #inner: Store;
  #isShut = false;

  constructor(inner: Store) {
    this.#inner = inner;
    this.backend = inner.backend;
    this.durability = inner.durability;
    this.isShared = inner.isShared;
  }

  /** From now on every call is refused. */
  shut(): void {
    this.#isShut = true;
  }

  /** See {@link Store.append}. */
  append(params: Parameters<Store['append']>[0]): ReturnType<Store['append']> {
    return this.#pass((store) => store.append(params));
  }

  /** See {@link Store.load}. */
  load(params: Parameters<Store['load']>[0]): ReturnType<Store['load']> {
    return this.#pass((store) => store.load(params));
  }

  /** See {@link Store.read}. */
  read(params: Parameters<Store['read']>[0]): ReturnType<Store['read']> {
    return this.#pass((store) => store.read(params));
  }

  /** See {@link Store.saveSnapshot}. */
  saveSnapshot(params: Parameters<Store['saveSnapshot']>[0]): Promise<boolean> {
    return this.#pass((store) => store.saveSnapshot(params));
  }

  /** See {@link Store.head}. */
  head(params: Parameters<Store['head']>[0]): ReturnType<Store['head']> {
    return this.#pass((store) => store.head(params));
  }

  /** See {@link Store.list}. */
  list(params: Parameters<Store['list']>[0]): ReturnType<Store['list']> {
    return this.#pass((store) => store.list(params));
  }

  /** See {@link Store.tenantUsage}. */
  tenantUsage(params: Parameters<Store['tenantUsage']>[0]): ReturnType<Store['tenantUsage']> {
    return this.#pass((store) => store.tenantUsage(params));
  }

  /** See {@link Store.setTimeToLive}. */
  setTimeToLive(params: Parameters<Store['setTimeToLive']>[0]): Promise<boolean> {
    return this.#pass((store) => store.setTimeToLive(params));
  }

  /** See {@link Store.raiseEpoch}. */
  raiseEpoch(params: Parameters<Store['raiseEpoch']>[0]): Promise<number | null> {
    return this.#pass((store) => store.raiseEpoch(params));
  }

  /** See {@link Store.remove}. */
  remove(params: Parameters<Store['remove']>[0]): Promise<boolean> {
    return this.#pass((store) => store.remove(params));
  }

  /** See {@link Store.erase}. */
  erase(params: Parameters<Store['erase']>[0]): ReturnType<Store['erase']> {
    return this.#pass((store) => store.erase(params));
  }

  /** See {@link Store.dueOutbox}. */
  dueOutbox(params: Parameters<Store['dueOutbox']>[0]): ReturnType<Store['dueOutbox']> {
    return this.#pass((store) => store.dueOutbox(params));
  }

  /** See {@link Store.settleOutbox}. */
  settleOutbox(params: Parameters<Store['settleOutbox']>[0]): Promise<boolean> {
    return this.#pass((store) => store.settleOutbox(params));
  }

  /** See {@link Store.sweep}. */
  sweep(params: Parameters<Store['sweep']>[0]): Promise<number> {
    return this.#pass((store) => store.sweep(params));
  }

  /** See {@link Store.stats}. */
  stats(): ReturnType<Store['stats']> {
    return this.#pass((store) => store.stats());
  }

  /** See {@link Store.close}. */
  close(): Promise<void> {
    this.shut();
    return this.#inner.close();
  }

  #pass<T>(call: (store: Store) => Promise<T>): Promise<T> {
    return this.#isShut ? Promise.reject(closedError()) : call(this.#inner);
  }
}
