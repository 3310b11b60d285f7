import { Overloaded, StorageError } from '../../../src/domain/errors.ts';
import type { Passage, StoreMethod } from '../../sim/store-through.ts';

/** What happens to one call: it may be carried out or not, and the caller may learn of it or not. */
export type Step =
  | 'deliver'
  /** Not carried out, nobody knows. */
  | 'lose-request'
  /** Carried out, nobody knows. */
  | 'lose-reply'
  /** Not carried out, and the caller is told so. */
  | 'refuse'
  /** Not carried out, since there is too much to do. */
  | 'overload'
  /** Not carried out, with an error that says nothing. */
  | 'break';

/** Gives the calls of one method the steps listed, one each, and delivers the rest. */
export function scripted(method: StoreMethod, steps: readonly Step[]): Passage {
  const rest = steps.values();
  return (called, call) => {
    const step = called === method ? (rest.next().value ?? 'deliver') : 'deliver';
    return take(step, called, call);
  };
}

async function take<T>(step: Step, method: StoreMethod, call: () => Promise<T>): Promise<T> {
  switch (step) {
    case 'deliver':
      return call();
    case 'lose-request':
      throw lost(method);
    case 'lose-reply':
      await call();
      throw lost(method);
    case 'refuse':
      throw new StorageError({ operation: method, backend: 'scripted' });
    case 'overload':
      throw new Overloaded({ retryAfterMs: 100, scope: 'store' });
    case 'break':
      throw new TypeError('something broke');
  }
}

function lost(method: StoreMethod): StorageError {
  return new StorageError({ code: 'UNKNOWN_OUTCOME', operation: method, backend: 'scripted' });
}
