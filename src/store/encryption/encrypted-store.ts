import type { AppendParams, AppendResult } from '../append-move.ts';
import type { EraseScope } from '../erasure.ts';
import type { LoadResult, RecordPage, Tail } from '../history-point.ts';
import type { ListPage, ListParams, SessionHead } from '../session-head.ts';
import type { Durability, Store } from '../store.ts';
import { assertAppendParams } from '../params-check.ts';
import type { KeyProvider } from './key-provider.ts';
import { appendPlaced } from './placed-append.ts';
import { SessionCipher } from './session-cipher.ts';
import { TextCipher } from './text-cipher.ts';

/**
 * A store whose records, snapshots and labels only the holder of the keys can read; see {@link encryptStore}. What is in
 * the clear: ids of tenants and sessions, names of properties, sizes, times, counters, and which sessions share a label.
 */
class EncryptedStore implements Store {
  readonly backend: string;
  readonly durability: Durability;
  readonly isShared: boolean;
  readonly isEncrypted = true;
  readonly #inner: Store;
  readonly #texts: TextCipher;
  readonly #cipher: SessionCipher;

  constructor(inner: Store, keys: KeyProvider) {
    this.#inner = inner;
    this.#texts = new TextCipher(keys);
    this.#cipher = new SessionCipher(this.#texts);
    this.backend = inner.backend;
    this.durability = inner.durability;
    this.isShared = inner.isShared;
  }

  /** See {@link Store.append}. */
  async append(params: AppendParams): Promise<AppendResult> {
    assertAppendParams(params);
    const { key, records, labels } = params;
    const under = await this.#texts.current(key.tenant);
    const sealedLabels =
      labels === undefined ? {} : { labels: await this.#cipher.sealLabels(labels, key.tenant) };
    const result = await appendPlaced({ ...params, ...sealedLabels }, (placed) => {
      const firstPosition = (placed.known?.version ?? 0) + 1;
      const sealed = this.#cipher.sealRecords(records, { key, firstPosition }, under);
      return this.#inner.append({ ...placed, records: sealed });
    });
    return 'tail' in result
      ? { ...result, tail: await this.#openSeen(result.tail, params) }
      : result;
  }

  /** See {@link Store.load}. */
  async load(params: Parameters<Store['load']>[0]): Promise<LoadResult> {
    const loaded = await this.#inner.load(params);
    if (loaded.kind !== 'found') return loaded;
    const { snapshot, tail } = loaded;
    const { key } = params;
    return {
      ...loaded,
      snapshot: snapshot === null ? null : await this.#cipher.openSnapshot(snapshot, key),
      tail: await this.#cipher.openTail(tail, key),
    };
  }

  /** See {@link Store.read}. */
  async read(params: Parameters<Store['read']>[0]): Promise<RecordPage | null> {
    const page = await this.#inner.read(params);
    if (page === null) return null;
    const { firstPosition, records } = page;
    const { key } = params;
    return { ...page, records: await this.#cipher.openRecords(records, { key, firstPosition }) };
  }

  /** See {@link Store.saveSnapshot}. */
  async saveSnapshot(params: Parameters<Store['saveSnapshot']>[0]): Promise<boolean> {
    const { key, snapshot } = params;
    const sealed = await this.#cipher.sealSnapshot(snapshot, key);
    return this.#inner.saveSnapshot({ key, snapshot: sealed });
  }

  /** See {@link Store.head}. */
  async head(params: Parameters<Store['head']>[0]): Promise<SessionHead | null> {
    const head = await this.#inner.head(params);
    return head === null ? null : this.#cipher.openHead(head);
  }

  /** See {@link Store.list}. */
  async list(params: ListParams): Promise<ListPage> {
    const { tenant, userId, properties } = params;
    const page = await this.#inner.list({
      ...params,
      ...(userId === undefined ? {} : { userId: await this.#cipher.sealUserId(userId, tenant) }),
      ...(properties === undefined
        ? {}
        : { properties: await this.#cipher.sealProperties(properties, tenant) }),
    });
    const heads = await Promise.all(page.heads.map((head) => this.#cipher.openHead(head)));
    return { ...page, heads };
  }

  /** See {@link Store.tenantUsage}. */
  tenantUsage(params: Parameters<Store['tenantUsage']>[0]): ReturnType<Store['tenantUsage']> {
    return this.#inner.tenantUsage(params);
  }

  /** See {@link Store.setTimeToLive}. */
  setTimeToLive(params: Parameters<Store['setTimeToLive']>[0]): Promise<boolean> {
    return this.#inner.setTimeToLive(params);
  }

  /** See {@link Store.raiseEpoch}. */
  raiseEpoch(params: Parameters<Store['raiseEpoch']>[0]): Promise<number | null> {
    return this.#inner.raiseEpoch(params);
  }

  /** See {@link Store.remove}. */
  remove(params: Parameters<Store['remove']>[0]): Promise<boolean> {
    return this.#inner.remove(params);
  }

  /** See {@link Store.erase}. */
  async erase({ scope }: { readonly scope: EraseScope }): ReturnType<Store['erase']> {
    if (scope.kind !== 'user') return this.#inner.erase({ scope });
    const userId = await this.#cipher.sealUserId(scope.userId, scope.tenant);
    return this.#inner.erase({ scope: { ...scope, userId } });
  }

  /** See {@link Store.dueOutbox}. */
  dueOutbox(params: Parameters<Store['dueOutbox']>[0]): ReturnType<Store['dueOutbox']> {
    return this.#inner.dueOutbox(params);
  }

  /** See {@link Store.settleOutbox}. */
  settleOutbox(params: Parameters<Store['settleOutbox']>[0]): Promise<boolean> {
    return this.#inner.settleOutbox(params);
  }

  /** See {@link Store.sweep}. */
  sweep(params: Parameters<Store['sweep']>[0]): Promise<number> {
    return this.#inner.sweep(params);
  }

  /** See {@link Store.stats}. */
  stats(): ReturnType<Store['stats']> {
    return this.#inner.stats();
  }

  /** See {@link Store.close}. */
  close(): Promise<void> {
    return this.#inner.close();
  }

  /** What others wrote, as an append reports it. */
  async #openSeen(tail: Tail, { key }: AppendParams): Promise<Tail> {
    try {
      return await this.#cipher.openTail(tail, key);
    } catch {
      // What became of the append has to be told all the same; whoever then reads what is left out hears why that fails.
      return { ...tail, records: [], isComplete: false };
    }
  }
}

/**
 * A store that encrypts what it hands to another one: AES-256-GCM, under a key of each session that is derived with HKDF-SHA256
 * from the tenant's, every text bound to tenant, session and position.
 */
export function encryptStore(store: Store, keys: KeyProvider): Store {
  return new EncryptedStore(store, keys);
}
