import type { Store } from './store.ts';

/** A method of a store that does something there. */
export type ForwardedMethod = Exclude<
  keyof Store,
  'backend' | 'durability' | 'isShared' | 'isEncrypted' | 'close'
>;

/** Makes a call of a store, or does not. */
export type Forward = <Answer>(
  method: ForwardedMethod,
  call: () => Promise<Answer>,
) => Promise<Answer>;

/** A store each of whose calls goes through a function, for stores that are another one with a difference; `close` does not. */
export function forwardingStore(store: Store, forward: Forward): Store {
  const { backend, durability, isShared, isEncrypted = false } = store;
  return {
    backend,
    durability,
    isShared,
    isEncrypted,
    append: (params) => forward('append', () => store.append(params)),
    load: (params) => forward('load', () => store.load(params)),
    read: (params) => forward('read', () => store.read(params)),
    saveSnapshot: (params) => forward('saveSnapshot', () => store.saveSnapshot(params)),
    head: (params) => forward('head', () => store.head(params)),
    list: (params) => forward('list', () => store.list(params)),
    tenantUsage: (params) => forward('tenantUsage', () => store.tenantUsage(params)),
    setTimeToLive: (params) => forward('setTimeToLive', () => store.setTimeToLive(params)),
    raiseEpoch: (params) => forward('raiseEpoch', () => store.raiseEpoch(params)),
    remove: (params) => forward('remove', () => store.remove(params)),
    erase: (params) => forward('erase', () => store.erase(params)),
    dueOutbox: (params) => forward('dueOutbox', () => store.dueOutbox(params)),
    settleOutbox: (params) => forward('settleOutbox', () => store.settleOutbox(params)),
    sweep: (params) => forward('sweep', () => store.sweep(params)),
    stats: () => forward('stats', () => store.stats()),
    close: () => store.close(),
  };
}
