import { access } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../domain/clock.ts';
import { PagefoldError, StorageError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import { contentId, sumContent } from '../artifact-content.ts';
import {
  type ArtifactDeletion,
  type ArtifactMove,
  type ArtifactRange,
  type ArtifactTenants,
  parseDeletion,
  type ParsedPut,
  parseMove,
  parsePut,
  parseRange,
  parseRef,
  parseSessionKey,
  parseTenants,
} from '../artifact-params.ts';
import type {
  Artifact,
  ArtifactInfo,
  ArtifactRef,
  ArtifactStats,
  ArtifactStore,
  ListedArtifact,
  PutArtifactParams,
  PutArtifactResult,
} from '../artifact-store.ts';
import { statsOf } from '../artifact-sums.ts';
import { type ArtifactFile, encodeArtifactFile, withArtifactFile } from './artifact-file.ts';
import { fileNames, removeAll, removeOlder, restoreAside } from './aside-files.ts';
import { refreshFile, syncFolders } from './durable-file.ts';
import { FileFolder, MAX_TRIES } from './file-folder.ts';
import { readFileName } from './file-layout.ts';
import { removeEmptyFolders, sessionsIn } from './session-folders.ts';
import { FILE_BACKEND, onFiles, unlessMissing } from './storage-failure.ts';

/** What an artifact store in files is made of. */
export interface FileArtifactParts {
  /** Made when it is not there; several stores, in several processes, may share it. */
  readonly directory: string;
  /** Text for names of files that no other store has. */
  readonly instance: string;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Artifacts as files below one folder, each whole in one file, so that every change is one step of the file system. */
export function createFileArtifactStore(parts: FileArtifactParts): ArtifactStore {
  return new FileArtifactStore(parts);
}

/** What is to be written. */
interface Wish extends ArtifactRef, Omit<ParsedPut, 'tier'> {
  readonly tier: Artifact['tier'];
}

class FileArtifactStore implements ArtifactStore {
  readonly backend = FILE_BACKEND;
  readonly isPersistent = true;
  readonly #folder: FileFolder;
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor({ directory, instance, clock }: FileArtifactParts) {
    this.#folder = new FileFolder({ directory, instance, nowMs: () => clock.nowMs() });
    this.#clock = clock;
  }

  async put(params: PutArtifactParams): Promise<PutArtifactResult> {
    const wish = parsePut(params);
    const sums = sumContent(wish.bytes);
    const { tenant, sessionId } = wish;
    const ref: ArtifactRef = { tenant, sessionId, artifactId: contentId(wish.mimeType, sums) };
    return onFiles('put', async () => {
      await this.#folder.prepare();
      const present = await this.#wholeInfo(ref);
      const tier = wish.tier ?? present?.tier ?? 'L3';
      const isSame = present?.tier === tier && isDeepStrictEqual(present.metadata, wish.metadata);
      if (!isSame || !(await this.#refresh(ref))) await this.#write({ ...wish, ...ref, tier });
      return { artifactId: ref.artifactId, isNew: present === null };
    });
  }

  async get(params: ArtifactRef): Promise<Artifact | null> {
    const ref = parseRef(params);
    return this.#read(ref, 'get', readWhole);
  }

  async getRange(params: ArtifactRange): Promise<Uint8Array | null> {
    const { offset, length, ...ref } = parseRange(params);
    return this.#read(ref, 'getRange', (file) => file.read(offset, length));
  }

  async head(params: ArtifactRef): Promise<ArtifactInfo | null> {
    return this.#read(parseRef(params), 'head', ({ info }) => info);
  }

  async has(params: ArtifactRef): Promise<boolean> {
    const ref = parseRef(params);
    const isThere = async (): Promise<boolean> => {
      await access(this.#folder.layout.artifact(ref));
      return true;
    };
    return onFiles('has', async () => {
      if ((await unlessMissing(isThere)) === true) return true;
      return restoreAside(this.#folder.layout, ref);
    });
  }

  async move(params: ArtifactMove): Promise<boolean> {
    const { tier, ...ref } = parseMove(params);
    return onFiles('move', async () => {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        // In order: what is put while a file is written comes first, and is moved in its stead.
        const artifact = await this.get(ref);
        if (artifact === null) return false;
        if (artifact.tier === tier || (await this.#replace(ref, artifact, tier))) return true;
      }
      throw new StorageError({ operation: 'move', backend: FILE_BACKEND });
    });
  }

  async delete(params: ArtifactDeletion): Promise<boolean> {
    const { storedBeforeMs, ...ref } = parseDeletion(params);
    const { layout } = this.#folder;
    return onFiles('delete', async () => {
      const isRemoved = await (storedBeforeMs === undefined
        ? removeAll(layout, ref)
        : removeOlder(layout, ref, storedBeforeMs));
      if (isRemoved) await removeEmptyFolders(layout, ref);
      return isRemoved;
    });
  }

  list(params: SessionKey): AsyncIterable<ListedArtifact> {
    return this.#entries(parseSessionKey(params));
  }

  async stats(params: SessionKey): Promise<ArtifactStats> {
    return statsOf(this.list(params), this);
  }

  listSessions(params: ArtifactTenants = {}): AsyncIterable<SessionKey> {
    const { tenant } = parseTenants(params);
    return sessionsIn(this.#folder.layout, tenant);
  }

  async deleteSession(params: SessionKey): Promise<number> {
    const key = parseSessionKey(params);
    return onFiles('deleteSession', async () => {
      const names = await this.#folder.removeSession(key);
      return idsIn(names).length;
    });
  }

  async *#entries(key: SessionKey): AsyncGenerator<ListedArtifact> {
    const folder = this.#folder.layout.session(key);
    const names = await onFiles('list', () => fileNames(folder));
    for (const artifactId of idsIn(names)) {
      const entry = await this.#entry({ ...key, artifactId });
      if (entry !== null) yield entry;
    }
  }

  async #entry(ref: ArtifactRef): Promise<ListedArtifact | null> {
    try {
      const info = await this.head(ref);
      return info === null ? null : { kind: 'artifact', ...info };
    } catch (error) {
      if (!isDamage(error)) throw error;
      const storedBytes = await onFiles('list', () => this.#folder.sizeOf(ref));
      return storedBytes === null
        ? null
        : { kind: 'damaged', artifactId: ref.artifactId, storedBytes };
    }
  }

  async #read<Result>(
    ref: ArtifactRef,
    operation: string,
    use: (file: ArtifactFile) => Promise<Result> | Result,
  ): Promise<Result | null> {
    const path = this.#folder.layout.artifact(ref);
    return onFiles(operation, async () => {
      const result = await withArtifactFile(path, ref, use);
      if (result !== null || !(await restoreAside(this.#folder.layout, ref))) return result;
      return withArtifactFile(path, ref, use);
    });
  }

  /** What there is already; null for nothing, and for what is damaged and has to be written again. */
  async #wholeInfo(ref: ArtifactRef): Promise<ArtifactInfo | null> {
    try {
      return await withArtifactFile(this.#folder.layout.artifact(ref), ref, readWhole);
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  async #refresh(ref: ArtifactRef): Promise<boolean> {
    const { layout } = this.#folder;
    if (!(await refreshFile(layout.artifact(ref), this.#clock.nowMs()))) return false;
    // Another process may have placed the file and not have come to this yet.
    await syncFolders([layout.session(ref), layout.tenant(ref), layout.sessions]);
    return true;
  }

  /** Writes an artifact in another tier, unless it changes meanwhile or goes: then a session that was removed does not come back. */
  async #replace(ref: ArtifactRef, artifact: Artifact, tier: Artifact['tier']): Promise<boolean> {
    const { bytes, ...info } = artifact;
    const file = await encodeArtifactFile({ ...ref, ...contentOf(artifact), tier }, bytes);
    const wanted = { bytes: file, modifiedAtMs: artifact.storedAtMs };
    return this.#folder.replace(ref, wanted, (path) =>
      withArtifactFile(path, ref, (present) => isDeepStrictEqual(present.info, info)),
    );
  }

  async #write(wish: Wish): Promise<void> {
    const { bytes, ...rest } = wish;
    const file = await encodeArtifactFile({ ...rest, ...sumContent(bytes) }, bytes);
    await this.#folder.placeInSession(wish, file, this.#clock.nowMs());
  }
}

async function readWhole(file: ArtifactFile): Promise<Artifact> {
  return { ...file.info, bytes: await file.read(0, file.info.sizeBytes) };
}

function contentOf({
  mimeType,
  metadata,
  bytes,
}: Artifact): Omit<Parameters<typeof encodeArtifactFile>[0], keyof ArtifactRef | 'tier'> {
  return { mimeType, metadata, ...sumContent(bytes) };
}

function idsIn(names: readonly string[]): readonly string[] {
  const ids = names.map((name) => readFileName(name)?.artifactId);
  return [...new Set(ids.filter((id) => id !== undefined))].toSorted();
}

function isDamage(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'CORRUPT_RECORD';
}
