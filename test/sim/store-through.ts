import type { Store } from '../../src/store/store.ts';

/** The name of a method of the store. */
export type StoreMethod = Exclude<keyof Store, 'backend' | 'durability' | 'isShared' | 'close'>;

/** What stands between a caller and the store: it decides when, whether and how often the call is made. */
export type Passage = <T>(method: StoreMethod, call: () => Promise<T>) => Promise<T>;

/** A shared store whose calls all go through a passage; a plain object, so that single methods are easily replaced. */
export function storeThrough(target: () => Store, pass: Passage): Store {
  return {
    backend: 'simulated',
    durability: 'memory',
    isShared: true,
    append: (params) => pass('append', () => target().append(params)),
    load: (params) => pass('load', () => target().load(params)),
    read: (params) => pass('read', () => target().read(params)),
    saveSnapshot: (params) => pass('saveSnapshot', () => target().saveSnapshot(params)),
    head: (params) => pass('head', () => target().head(params)),
    list: (params) => pass('list', () => target().list(params)),
    tenantUsage: (params) => pass('tenantUsage', () => target().tenantUsage(params)),
    setTimeToLive: (params) => pass('setTimeToLive', () => target().setTimeToLive(params)),
    raiseEpoch: (params) => pass('raiseEpoch', () => target().raiseEpoch(params)),
    remove: (params) => pass('remove', () => target().remove(params)),
    erase: (params) => pass('erase', () => target().erase(params)),
    dueOutbox: (params) => pass('dueOutbox', () => target().dueOutbox(params)),
    settleOutbox: (params) => pass('settleOutbox', () => target().settleOutbox(params)),
    sweep: (params) => pass('sweep', () => target().sweep(params)),
    stats: () => pass('stats', () => target().stats()),
    // The connection of one process ends; the store stays.
    close: async () => undefined,
  };
}
