import { InvalidInput, PagefoldError, StorageError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { inTurns } from '../domain/in-turns.ts';
import { parseSessionKey } from './artifact-params.ts';
import type { Artifact, ArtifactInfo, ArtifactStore, ArtifactTier } from './artifact-store.ts';
import {
  CHECKPOINT_MIME_TYPE,
  type CheckpointEntry,
  type CheckpointInfo,
  checkpointInfo,
  type CheckpointManifest,
  type CheckpointParams,
  decodeManifest,
  parseCheckpointParams,
  type StoredPage,
} from './checkpoint.ts';
import { encodeStored } from './stored-json.ts';
import { collectGarbage, type GarbageParams, type GarbageReport } from './vault-garbage.ts';
import { listInfos, vaultStats, type VaultStats } from './vault-listing.ts';
import { decodePage, encodePage, PAGE_MIME_TYPE, type VaultPage } from './vault-page.ts';

/** Of which session a vault keeps pages, and where. */
export interface PageVaultParams extends SessionKey {
  readonly store: ArtifactStore;
}

/** A page as it is listed. */
export interface PageInfo extends Pick<
  ArtifactInfo,
  'artifactId' | 'tier' | 'sizeBytes' | 'storedBytes' | 'storedAtMs'
> {
  readonly pageId: string;
}

/** A page of a checkpoint that could not be loaded. */
export interface LostPage extends StoredPage {
  /** Deleted, or stored but no longer readable. */
  readonly reason: 'missing' | 'damaged';
}

/** A checkpoint with its pages; order and pins name all that they named, also pages that were lost. */
export interface LoadedCheckpoint extends Omit<CheckpointManifest, 'pages'> {
  readonly checkpointId: string;
  readonly pages: readonly VaultPage[];
  readonly lost: readonly LostPage[];
}

/** Bytes that {@link PageVault.streamPage} gives at a time, unless told otherwise. */
const STREAM_BYTES = 256 * 1024;

/**
 * Keeps pages of one session as artifacts, and checkpoints of a memory. The log says which pages there are; a vault only
 * holds their content. A page has one artifact however often and from whichever tier it is stored.
 * @throws INVALID_INPUT for a tenant or session that cannot be.
 */
export class PageVault {
  readonly #store: ArtifactStore;
  readonly #key: SessionKey;

  constructor({ store, tenant, sessionId }: PageVaultParams) {
    this.#store = store;
    this.#key = parseSessionKey({ tenant, sessionId });
  }

  /**
   * Stores a page; without a tier where it is already, or else in L3. Once this answers, the page may be dropped elsewhere.
   * @throws INVALID_INPUT naming the field that cannot be stored, and what the store rejects with.
   */
  async storePage(params: {
    readonly page: VaultPage;
    readonly tier?: ArtifactTier | undefined;
  }): Promise<StoredPage> {
    const { page, tier } = params;
    const { pageId, pageType, modality } = page;
    const { artifactId } = await this.#store.put({
      ...this.#key,
      tier,
      bytes: encodePage(page),
      mimeType: PAGE_MIME_TYPE,
      metadata: { pageId, pageType, modality },
    });
    return { pageId, artifactId };
  }

  /**
   * The page; null when there is none under this id.
   * @throws CORRUPT_RECORD when it is damaged, SCHEMA_TOO_NEW
   */
  async loadPage(params: { readonly artifactId: string }): Promise<VaultPage | null> {
    const artifact = await this.#get(params.artifactId, PAGE_MIME_TYPE);
    return artifact === null ? null : decodePage(artifact.bytes, artifact.artifactId);
  }

  /**
   * The stored form of a page piece by piece, for passing it on without holding all of it.
   * @throws STORAGE_ERROR when there is none, or it is deleted on the way; CORRUPT_RECORD; INVALID_INPUT
   */
  async *streamPage(params: {
    readonly artifactId: string;
    /** Longest piece. Default 256 KiB. */
    readonly chunkBytes?: number | undefined;
  }): AsyncGenerator<Uint8Array, void, undefined> {
    const { artifactId, chunkBytes = STREAM_BYTES } = params;
    if (!Number.isSafeInteger(chunkBytes) || chunkBytes < 1)
      throw new InvalidInput({ field: 'params.chunkBytes', expected: 'a positive integer' });
    const info = await this.#head(artifactId, PAGE_MIME_TYPE);
    if (info === null) throw gone(artifactId);
    for (let offset = 0; offset < info.sizeBytes; offset += chunkBytes) {
      const range = { ...this.#key, artifactId, offset, length: chunkBytes };
      // In order: the next piece is asked for when this one was used.
      const bytes = await this.#store.getRange(range);
      if (bytes === null) throw gone(artifactId);
      yield bytes;
    }
  }

  /** Brings a page to a tier under the same id; false when there is none. */
  async movePage(params: {
    readonly artifactId: string;
    readonly tier: ArtifactTier;
  }): Promise<boolean> {
    const { artifactId, tier } = params;
    if ((await this.#head(artifactId, PAGE_MIME_TYPE)) === null) return false;
    return this.#store.move({ ...this.#key, artifactId, tier });
  }

  /** Deletes a page, also from every checkpoint, which will report it as lost; false when there is none. */
  async deletePage(params: { readonly artifactId: string }): Promise<boolean> {
    return this.#delete(params.artifactId, PAGE_MIME_TYPE);
  }

  /** The pages, in the order of their artifact ids; damaged ones are left out, and counted by `stats`. */
  async *listPages(): AsyncGenerator<PageInfo, void, undefined> {
    for await (const info of listInfos(this.#store, this.#key, PAGE_MIME_TYPE)) {
      const { artifactId, tier, sizeBytes, storedBytes, storedAtMs, metadata } = info;
      const { pageId } = metadata;
      if (typeof pageId !== 'string') continue;
      yield { pageId, artifactId, tier, sizeBytes, storedBytes, storedAtMs };
    }
  }

  /**
   * Stores the pages and then, in one step, the list of them: there is a whole checkpoint or none. Pages that did not change
   * since they were stored last are not written again.
   * @throws INVALID_INPUT naming the field, also when a page said to be stored is not; what the store rejects with.
   */
  async checkpoint(params: CheckpointParams): Promise<CheckpointInfo> {
    const { name, pages, stored, order, pins, turn, nowMs } = parseCheckpointParams(params);
    const entries: readonly CheckpointEntry[] = [
      ...(await inTurns(pages, (page) => this.#storeEntry(page))),
      ...(await inTurns(stored, (page, index) => this.#storeAgain(page, index))),
    ];
    const manifest: CheckpointManifest = {
      name,
      createdAtMs: nowMs,
      turn,
      pages: entries,
      order,
      pins,
    };
    const about = { name, createdAtMs: nowMs, turn, pageCount: entries.length };
    const { artifactId } = await this.#store.put({
      ...this.#key,
      bytes: encodeStored(manifest),
      mimeType: CHECKPOINT_MIME_TYPE,
      metadata: about,
    });
    return { checkpointId: artifactId, ...about };
  }

  /**
   * The checkpoint with its pages in the order in which they were given; null when there is none under this id. Pages that
   * cannot be loaded are named in `lost`.
   * @throws CORRUPT_RECORD when the list of pages is damaged, SCHEMA_TOO_NEW, and what the store rejects with.
   */
  async loadCheckpoint(params: {
    readonly checkpointId: string;
  }): Promise<LoadedCheckpoint | null> {
    const { checkpointId } = params;
    const manifest = await this.describeCheckpoint({ checkpointId });
    if (manifest === null) return null;
    const found = await inTurns(manifest.pages, (entry) => this.#loadEntry(entry));
    return {
      ...manifest,
      checkpointId,
      pages: found.flatMap((page) => ('reason' in page ? [] : [page])),
      lost: found.flatMap((page) => ('reason' in page ? [page] : [])),
    };
  }

  /**
   * What a checkpoint is made of, without its pages; null when there is none under this id.
   * @throws CORRUPT_RECORD, SCHEMA_TOO_NEW
   */
  async describeCheckpoint(params: {
    readonly checkpointId: string;
  }): Promise<CheckpointManifest | null> {
    const artifact = await this.#get(params.checkpointId, CHECKPOINT_MIME_TYPE);
    return artifact === null ? null : decodeManifest(artifact.bytes, artifact.artifactId);
  }

  /** The checkpoints, oldest first. */
  async listCheckpoints(): Promise<readonly CheckpointInfo[]> {
    const checkpoints: CheckpointInfo[] = [];
    for await (const info of listInfos(this.#store, this.#key, CHECKPOINT_MIME_TYPE)) {
      const checkpoint = checkpointInfo(info);
      if (checkpoint !== null) checkpoints.push(checkpoint);
    }
    return checkpoints.toSorted((left, right) => left.createdAtMs - right.createdAtMs);
  }

  /** Deletes a checkpoint and none of its pages: {@link collectGarbage} does that. False when there is none. */
  async deleteCheckpoint(params: { readonly checkpointId: string }): Promise<boolean> {
    return this.#delete(params.checkpointId, CHECKPOINT_MIME_TYPE);
  }

  /** Figures about the session's pages, checkpoints and other artifacts. */
  async stats(): Promise<VaultStats> {
    return vaultStats(this.#store, this.#key);
  }

  /**
   * Deletes pages and checkpoints that nothing needs; other artifacts are never touched.
   * @throws INVALID_INPUT naming the field; CORRUPT_RECORD, before anything is deleted, when an artifact or checkpoint is
   * damaged, since the pages that it needs are not known: put or delete it first.
   */
  async collectGarbage(params: GarbageParams): Promise<GarbageReport> {
    return collectGarbage(this.#store, this.#key, params);
  }

  async #storeEntry(page: VaultPage): Promise<CheckpointEntry> {
    return { ...(await this.storePage({ page })), modality: page.modality };
  }

  /** Put again, so that it is as young as the checkpoint when garbage is collected. */
  async #storeAgain({ pageId, artifactId }: StoredPage, index: number): Promise<CheckpointEntry> {
    const page = await this.loadPage({ artifactId });
    if (page !== null && page.pageId === pageId) return this.#storeEntry(page);
    throw new InvalidInput({
      field: `params.stored[${index}].artifactId`,
      expected: 'the id of an artifact that holds this page',
    });
  }

  async #loadEntry({ pageId, artifactId }: CheckpointEntry): Promise<VaultPage | LostPage> {
    try {
      const page = await this.loadPage({ artifactId });
      return page ?? { pageId, artifactId, reason: 'missing' };
    } catch (error) {
      if (!PagefoldError.isInstance(error) || error.code !== 'CORRUPT_RECORD') throw error;
      return { pageId, artifactId, reason: 'damaged' };
    }
  }

  async #get(artifactId: string, mimeType: string): Promise<Artifact | null> {
    const artifact = await this.#store.get({ ...this.#key, artifactId });
    return artifact?.mimeType === mimeType ? artifact : null;
  }

  async #head(artifactId: string, mimeType: string): Promise<ArtifactInfo | null> {
    const info = await this.#store.head({ ...this.#key, artifactId });
    return info?.mimeType === mimeType ? info : null;
  }

  async #delete(artifactId: string, mimeType: string): Promise<boolean> {
    if (!(await this.#isOrWas(artifactId, mimeType))) return false;
    return this.#store.delete({ ...this.#key, artifactId });
  }

  /** Damaged artifacts, which no longer say what they are, can be deleted as what they are taken for. */
  async #isOrWas(artifactId: string, mimeType: string): Promise<boolean> {
    try {
      return (await this.#head(artifactId, mimeType)) !== null;
    } catch (error) {
      if (!PagefoldError.isInstance(error) || error.code !== 'CORRUPT_RECORD') throw error;
      return true;
    }
  }
}

function gone(artifactId: string): StorageError {
  return new StorageError({
    operation: 'streamPage',
    message: `There is no page under the id ${artifactId}`,
  });
}
