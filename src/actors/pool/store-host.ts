import type { Store } from '../../store/store.ts';
import { type ErrorMemory, toWireError } from './wire-error.ts';
import type { RemoteMethod, StoreAnswer, StoreCall, StoreTraits } from './wire.ts';

/** What of a store does not change. */
export function traitsOf({ backend, durability, isShared }: Store): StoreTraits {
  return { backend, durability, isShared };
}

/** Carries out calls of shards in other threads to a store that lives in this one, whose errors are kept. Never fails. */
export async function answerStoreCall(
  store: Store,
  errors: ErrorMemory,
  { call, method, params }: StoreCall,
): Promise<StoreAnswer> {
  try {
    const value = await CALLS[method](store, params);
    return { kind: 'store-value', call, value };
  } catch (error) {
    return { kind: 'store-error', call, error: toWireError(error, errors) };
  }
}

type Params<Method extends keyof Store> = Store[Method] extends (params: infer P) => unknown
  ? P
  : never;

// The parameters are those that `RemoteStore` was given for the same method, which the types of a message cannot say.
const CALLS: Readonly<Record<RemoteMethod, (store: Store, params: unknown) => Promise<unknown>>> = {
  append: (store, params) => store.append(params as Params<'append'>),
  load: (store, params) => store.load(params as Params<'load'>),
  read: (store, params) => store.read(params as Params<'read'>),
  saveSnapshot: (store, params) => store.saveSnapshot(params as Params<'saveSnapshot'>),
  head: (store, params) => store.head(params as Params<'head'>),
  list: (store, params) => store.list(params as Params<'list'>),
  tenantUsage: (store, params) => store.tenantUsage(params as Params<'tenantUsage'>),
  setTimeToLive: (store, params) => store.setTimeToLive(params as Params<'setTimeToLive'>),
  raiseEpoch: (store, params) => store.raiseEpoch(params as Params<'raiseEpoch'>),
  remove: (store, params) => store.remove(params as Params<'remove'>),
  erase: (store, params) => store.erase(params as Params<'erase'>),
  dueOutbox: (store, params) => store.dueOutbox(params as Params<'dueOutbox'>),
  settleOutbox: (store, params) => store.settleOutbox(params as Params<'settleOutbox'>),
  sweep: (store, params) => store.sweep(params as Params<'sweep'>),
  stats: (store) => store.stats(),
};
