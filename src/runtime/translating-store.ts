import type { ErrorCode } from '../domain/error-codes.ts';
import { PagefoldError, StorageError } from '../domain/errors.ts';
import { forwardingStore } from '../store/forwarding-store.ts';
import type { Store } from '../store/store.ts';

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
export function createTranslatingStore(inner: Store): Store {
  const { backend } = inner;
  const translated = async <Answer>(
    operation: string,
    call: () => Promise<Answer>,
  ): Promise<Answer> => {
    try {
      return await call();
    } catch (error) {
      throw toStoreError(error, { operation, backend });
    }
  };
  return {
    ...forwardingStore(inner, translated),
    append: (params) => inner.append(params),
    close: () => translated('close', () => inner.close()),
  };
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
