import { forwardingStore } from '../store/forwarding-store.ts';
import type { Store } from '../store/store.ts';
import { closedError } from './closed-error.ts';

/** A store that can be shut while it stays open for whoever owns it. */
export interface GatedStore extends Store {
  /** From now on every call is refused. */
  shut(): void;
}

/** A store that turns callers away once its runtime is closed, while it stays open for whoever owns it. */
export function createGatedStore(inner: Store): GatedStore {
  let isShut = false;
  const shut = (): void => {
    isShut = true;
  };
  const gated = forwardingStore(inner, (_method, call) =>
    isShut ? Promise.reject(closedError()) : call(),
  );
  return {
    ...gated,
    shut,
    close: () => {
      shut();
      return inner.close();
    },
  };
}
