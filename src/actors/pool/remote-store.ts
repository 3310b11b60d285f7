import type { Durability, Store } from '../../store/store.ts';
import type { RemoteMethod, StoreTraits } from './wire.ts';

/** Calls a method of a store elsewhere, and waits for the answer. */
export type CallStore = (method: RemoteMethod, params: unknown) => Promise<unknown>;

/** A store that lives in another thread. */
export class RemoteStore implements Store {
  readonly backend: string;
  readonly durability: Durability;
  readonly isShared: boolean;
  readonly #call: CallStore;

  constructor({ backend, durability, isShared }: StoreTraits, call: CallStore) {
    this.backend = backend;
    this.durability = durability;
    this.isShared = isShared;
    this.#call = call;
  }

  /** See {@link Store.append}. */
  append(params: Parameters<Store['append']>[0]): ReturnType<Store['append']> {
    return this.#ask('append', params);
  }

  /** See {@link Store.load}. */
  load(params: Parameters<Store['load']>[0]): ReturnType<Store['load']> {
    return this.#ask('load', params);
  }

  /** See {@link Store.read}. */
  read(params: Parameters<Store['read']>[0]): ReturnType<Store['read']> {
    return this.#ask('read', params);
  }

  /** See {@link Store.saveSnapshot}. */
  saveSnapshot(params: Parameters<Store['saveSnapshot']>[0]): Promise<boolean> {
    return this.#ask('saveSnapshot', params);
  }

  /** See {@link Store.head}. */
  head(params: Parameters<Store['head']>[0]): ReturnType<Store['head']> {
    return this.#ask('head', params);
  }

  /** See {@link Store.list}. */
  list(params: Parameters<Store['list']>[0]): ReturnType<Store['list']> {
    return this.#ask('list', params);
  }

  /** See {@link Store.tenantUsage}. */
  tenantUsage(params: Parameters<Store['tenantUsage']>[0]): ReturnType<Store['tenantUsage']> {
    return this.#ask('tenantUsage', params);
  }

  /** See {@link Store.setTimeToLive}. */
  setTimeToLive(params: Parameters<Store['setTimeToLive']>[0]): Promise<boolean> {
    return this.#ask('setTimeToLive', params);
  }

  /** See {@link Store.raiseEpoch}. */
  raiseEpoch(params: Parameters<Store['raiseEpoch']>[0]): Promise<number | null> {
    return this.#ask('raiseEpoch', params);
  }

  /** See {@link Store.remove}. */
  remove(params: Parameters<Store['remove']>[0]): Promise<boolean> {
    return this.#ask('remove', params);
  }

  /** See {@link Store.erase}. */
  erase(params: Parameters<Store['erase']>[0]): ReturnType<Store['erase']> {
    return this.#ask('erase', params);
  }

  /** See {@link Store.dueOutbox}. */
  dueOutbox(params: Parameters<Store['dueOutbox']>[0]): ReturnType<Store['dueOutbox']> {
    return this.#ask('dueOutbox', params);
  }

  /** See {@link Store.settleOutbox}. */
  settleOutbox(params: Parameters<Store['settleOutbox']>[0]): Promise<boolean> {
    return this.#ask('settleOutbox', params);
  }

  /** See {@link Store.sweep}. */
  sweep(params: Parameters<Store['sweep']>[0]): Promise<number> {
    return this.#ask('sweep', params);
  }

  /** See {@link Store.stats}. */
  stats(): ReturnType<Store['stats']> {
    return this.#ask('stats', {});
  }

  /** Nothing to do: the store is closed where it lives, by whoever opened it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  async #ask<Answer>(method: RemoteMethod, params: unknown): Promise<Answer> {
    const answer = await this.#call(method, params);
    // What a method of a store answers, as the other side of this file's own protocol sent it.
    return answer as Answer;
  }
}
