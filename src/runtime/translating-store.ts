import type { ErrorCode } from '../domain/error-codes.ts';
import { PagefoldError, StorageError } from '../domain/errors.ts';
import type { Durability, Store } from '../store/store.ts';

/** The calls that change nothing: when they fail, nothing happened. */
const READS: ReadonlySet<string> = new Set([
  'load',
  'read',
  'head',
  'list',
  'tenantUsage',
  'dueOutbox',
  'stats',
]);

/**
 * A store of somebody else whose errors have codes: what it threw that says nothing is the cause of a STORAGE_ERROR where
 * the call changes nothing, and of UNKNOWN_OUTCOME elsewhere. Appends are passed on as they are: whoever appends asks again
 * a few times before telling anybody.
 */
export class TranslatingStore implements Store {
  readonly backend: string;
  readonly durability: Durability;
  readonly isShared: boolean;
  readonly #inner: Store;

  constructor(inner: Store) {
    this.#inner = inner;
    this.backend = inner.backend;
    this.durability = inner.durability;
    this.isShared = inner.isShared;
  }

  /** See {@link Store.append}. */
  append(params: Parameters<Store['append']>[0]): ReturnType<Store['append']> {
    return this.#inner.append(params);
  }

  /** See {@link Store.load}. */
  load(params: Parameters<Store['load']>[0]): ReturnType<Store['load']> {
    return this.#call('load', (store) => store.load(params));
  }

  /** See {@link Store.read}. */
  read(params: Parameters<Store['read']>[0]): ReturnType<Store['read']> {
    return this.#call('read', (store) => store.read(params));
  }

  /** See {@link Store.saveSnapshot}. */
  saveSnapshot(params: Parameters<Store['saveSnapshot']>[0]): Promise<boolean> {
    return this.#call('saveSnapshot', (store) => store.saveSnapshot(params));
  }

  /** See {@link Store.head}. */
  head(params: Parameters<Store['head']>[0]): ReturnType<Store['head']> {
    return this.#call('head', (store) => store.head(params));
  }

  /** See {@link Store.list}. */
  list(params: Parameters<Store['list']>[0]): ReturnType<Store['list']> {
    return this.#call('list', (store) => store.list(params));
  }

  /** See {@link Store.tenantUsage}. */
  tenantUsage(params: Parameters<Store['tenantUsage']>[0]): ReturnType<Store['tenantUsage']> {
    return this.#call('tenantUsage', (store) => store.tenantUsage(params));
  }

  /** See {@link Store.setTimeToLive}. */
  setTimeToLive(params: Parameters<Store['setTimeToLive']>[0]): Promise<boolean> {
    return this.#call('setTimeToLive', (store) => store.setTimeToLive(params));
  }

  /** See {@link Store.raiseEpoch}. */
  raiseEpoch(params: Parameters<Store['raiseEpoch']>[0]): Promise<number | null> {
    return this.#call('raiseEpoch', (store) => store.raiseEpoch(params));
  }

  /** See {@link Store.remove}. */
  remove(params: Parameters<Store['remove']>[0]): Promise<boolean> {
    return this.#call('remove', (store) => store.remove(params));
  }

  /** See {@link Store.erase}. */
  erase(params: Parameters<Store['erase']>[0]): ReturnType<Store['erase']> {
    return this.#call('erase', (store) => store.erase(params));
  }

  /** See {@link Store.dueOutbox}. */
  dueOutbox(params: Parameters<Store['dueOutbox']>[0]): ReturnType<Store['dueOutbox']> {
    return this.#call('dueOutbox', (store) => store.dueOutbox(params));
  }

  /** See {@link Store.settleOutbox}. */
  settleOutbox(params: Parameters<Store['settleOutbox']>[0]): Promise<boolean> {
    return this.#call('settleOutbox', (store) => store.settleOutbox(params));
  }

  /** See {@link Store.sweep}. */
  sweep(params: Parameters<Store['sweep']>[0]): Promise<number> {
    return this.#call('sweep', (store) => store.sweep(params));
  }

  /** See {@link Store.stats}. */
  stats(): ReturnType<Store['stats']> {
    return this.#call('stats', (store) => store.stats());
  }

  /** See {@link Store.close}. */
  close(): Promise<void> {
    return this.#call('close', (store) => store.close());
  }

  async #call<T>(operation: string, run: (store: Store) => Promise<T>): Promise<T> {
    try {
      return await run(this.#inner);
    } catch (error) {
      throw toStoreError(error, { operation, backend: this.backend });
    }
  }
}

/** What a store threw, with a code; an error that has one stays as it is. */
function toStoreError(
  error: unknown,
  call: { readonly operation: string; readonly backend: string },
): unknown {
  if (PagefoldError.isInstance(error)) return error;
  const isRead = READS.has(call.operation);
  const code: ErrorCode = isRead ? 'STORAGE_ERROR' : 'UNKNOWN_OUTCOME';
  // A driver's own text may quote content.
  const message = isRead
    ? `The store failed during ${call.operation}`
    : `The store did not say whether its ${call.operation} was carried out`;
  return new StorageError({ ...call, code, message, cause: error });
}
