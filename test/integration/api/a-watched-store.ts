import { StorageError, type Store } from '../../../src/index.ts';

/** A call that reached a store. */
export interface StoreCall {
  readonly name: string;
  readonly params: {
    readonly key?: { readonly sessionId: string };
    readonly mode?: string;
    readonly scope?: { readonly key?: { readonly sessionId: string } };
  };
  /** Lets the store carry the call out. */
  readonly run: () => Promise<unknown>;
}

/** Passes every call on through a function that may act around it. */
export function aWatchedStore(store: Store, around: (call: StoreCall) => Promise<unknown>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (params: StoreCall['params']) =>
        around({
          name: String(name),
          params: params ?? {},
          run: async () => Reflect.apply(value, target, [params]) as unknown,
        });
    },
  });
}

/** As {@link aWatchedStore}, for the first call that is meant: somebody acts before it, or after it. */
export function aStoreWith(
  store: Store,
  moment: {
    readonly isMeant: (call: StoreCall) => boolean;
    readonly before?: () => Promise<unknown>;
    readonly after?: () => Promise<unknown>;
  },
): Store {
  let isDone = false;
  return aWatchedStore(store, async (call) => {
    if (isDone || !moment.isMeant(call)) return call.run();
    isDone = true;
    await moment.before?.();
    const answer = await call.run();
    await moment.after?.();
    return answer;
  });
}

/** Whether a call writes to the log of a session. */
export function isAppendTo(sessionId: string): (call: StoreCall) => boolean {
  return ({ name, params }) => name === 'append' && params.key?.sessionId === sessionId;
}

/** The error of a store that did nothing. */
export function linkDown(): StorageError {
  return new StorageError({ operation: 'call', backend: 'test', cause: new Error('link down') });
}
