import { PagefoldError } from '../domain/errors.ts';
import { forwardingStore } from '../store/forwarding-store.ts';
import type { Store } from '../store/store.ts';

/**
 * A store that tells, each time, when a call finds the store inside closed. Whoever owns that closes it without a word to those
 * who use it.
 */
export function noticingClose(inner: Store, onClosed: () => void): Store {
  return forwardingStore(inner, async (_method, call) => {
    try {
      return await call();
    } catch (error) {
      if (PagefoldError.isInstance(error) && error.code === 'CLOSED') onClosed();
      throw error;
    }
  });
}
