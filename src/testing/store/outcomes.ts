import { PagefoldError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type {
  AppendParams,
  AppendResult,
  HistoryPoint,
  LoadResult,
  Store,
} from '../../store/store.ts';

/** An append that was recorded. */
export type Recorded = Extract<AppendResult, { readonly kind: 'ok' }>;

/** A session that was loaded. */
export type Found = Extract<LoadResult, { readonly kind: 'found' }>;

/**
 * Appends and expects it to be recorded.
 * @throws TypeError when it is refused.
 */
export async function recorded(store: Store, params: AppendParams): Promise<Recorded> {
  const result = await store.append(params);
  if (result.kind === 'ok') return result;
  throw new TypeError(`expected the append to be recorded, got ${result.kind}`);
}

/**
 * Loads and expects the session to be found.
 * @throws TypeError when it is not.
 */
export async function found(
  store: Store,
  params: { readonly key: SessionKey; readonly known?: HistoryPoint },
): Promise<Found> {
  const result = await store.load(params);
  if (result.kind === 'found') return result;
  throw new TypeError(`expected the session to be found, got ${result.kind}`);
}

/** The whole log of a session as the store pages it; empty when there is no session. */
export async function wholeLog(store: Store, key: SessionKey): Promise<readonly string[]> {
  const records: string[] = [];
  for (;;) {
    // In order: each page says whether there is another.
    const page = await store.read({ key, fromPosition: records.length + 1, limit: 500 });
    if (page === null) return records;
    records.push(...page.records);
    if (records.length >= page.version) return records;
  }
}

/** How a call was refused: the code of its error and the field it names, or what it answered instead. */
export async function refusal(call: Promise<unknown>): Promise<unknown> {
  try {
    return { answered: await call };
  } catch (error) {
    if (!PagefoldError.isInstance(error)) throw error;
    return { code: error.code, field: error.data['field'] ?? null };
  }
}
