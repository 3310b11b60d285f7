import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { ArtifactRef } from '../artifact-store.ts';
import { fileNames, type IsSameFile, replaceSame } from './aside-files.ts';
import { type DurableFile, placeFile, syncFolders } from './durable-file.ts';
import { FileLayout, sessionMark } from './file-layout.ts';
import { FILE_BACKEND, onFiles, unlessMissing } from './storage-failure.ts';

/** How long an unfinished file may be somebody's who is still writing it. */
const WRITING_HORIZON_MS = 3_600_000;

/** How often what others do may come between before a write is given up. */
export const MAX_TRIES = 10;

/** How a folder of artifacts is set up. */
export interface FileFolderParts {
  readonly directory: string;
  readonly instance: string;
  readonly nowMs: () => number;
}

/** The folder of a store: places files in it, removes sessions, and clears away what earlier processes left unfinished. */
export class FileFolder {
  readonly layout: FileLayout;
  readonly #nowMs: () => number;
  #ready: Promise<void> | null = null;

  constructor({ directory, instance, nowMs }: FileFolderParts) {
    this.layout = new FileLayout(directory, instance);
    this.#nowMs = nowMs;
  }

  /** Makes the folders and clears away what processes that have ended left; the first call does the work. */
  async prepare(): Promise<void> {
    this.#ready ??= this.#prepareOnce();
    try {
      await this.#ready;
    } catch (error) {
      // The next call tries again.
      this.#ready = null;
      throw error;
    }
  }

  /**
   * Places the file of an artifact and makes it durable, with the folders above it.
   * @throws STORAGE_ERROR when the session is removed again and again meanwhile; UNKNOWN_OUTCOME
   */
  async placeInSession(ref: ArtifactRef, file: Uint8Array, storedAtMs: number): Promise<void> {
    const { layout } = this;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await this.#rename(ref, { bytes: file, modifiedAtMs: storedAtMs })) {
        await syncFolders([layout.session(ref), layout.tenant(ref), layout.sessions]);
        return;
      }
      await mkdir(layout.session(ref), { recursive: true });
      await mkdir(layout.writing, { recursive: true });
    }
    throw new StorageError({ operation: 'put', backend: FILE_BACKEND });
  }

  /**
   * Places the file of an artifact in the stead of the one that `isSame` knows; false, and nothing changes, when that one is gone
   * or another has come.
   * @throws UNKNOWN_OUTCOME
   */
  async replace(
    ref: ArtifactRef,
    file: Pick<DurableFile, 'bytes' | 'modifiedAtMs'>,
    isSame: IsSameFile,
  ): Promise<boolean> {
    const name = (temporary: string): Promise<boolean> =>
      replaceSame(this.layout, ref, { file: temporary, isSame });
    if (!(await this.#rename(ref, { ...file, name }))) return false;
    await syncFolders([this.layout.session(ref)]);
    return true;
  }

  /** Length of the file of an artifact; null when there is none. */
  async sizeOf(ref: ArtifactRef): Promise<number | null> {
    const found = await unlessMissing(() => stat(this.layout.artifact(ref)));
    return found?.size ?? null;
  }

  /**
   * Removes all files of a session, those being written too; the names of those that were finished. When it fails on the way,
   * the session is out of reach already, and the next call or process removes the rest.
   * @throws UNKNOWN_OUTCOME
   */
  async removeSession(key: SessionKey): Promise<readonly string[]> {
    await this.prepare();
    const { layout } = this;
    const removed = layout.newRemoved(key);
    // In one step, so that no part of a removed session is ever found.
    const names = await unlessMissing(async () => {
      await rename(layout.session(key), removed);
      return readdir(removed);
    });
    const folders = [layout.removed, layout.writing];
    const remove = (): Promise<unknown> =>
      Promise.all(folders.map((folder) => removeMarked(folder, sessionMark(key))));
    await onFiles('deleteSession', remove, 'UNKNOWN_OUTCOME');
    await syncFolders([layout.tenant(key), ...folders]);
    return names ?? [];
  }

  async #rename(
    ref: ArtifactRef,
    file: Pick<DurableFile, 'bytes' | 'modifiedAtMs' | 'name'>,
  ): Promise<boolean> {
    await this.prepare();
    const { layout } = this;
    return placeFile({
      ...file,
      temporary: layout.newWriting(ref),
      target: layout.artifact(ref),
    });
  }

  async #prepareOnce(): Promise<void> {
    const { sessions, writing, removed } = this.layout;
    await Promise.all([sessions, writing, removed].map((path) => mkdir(path, { recursive: true })));
    const halfRemoved = await fileNames(removed);
    const unfinished = await fileNames(writing);
    await Promise.all([
      ...halfRemoved.map((name) => rm(join(removed, name), { recursive: true, force: true })),
      ...unfinished.map((name) => this.#removeWriting(join(writing, name))),
    ]);
    await syncFolders([join(sessions, '..'), writing, removed]);
  }

  async #removeWriting(path: string): Promise<void> {
    const found = await unlessMissing(() => stat(path));
    if (found === null || found.mtimeMs > this.#nowMs() - WRITING_HORIZON_MS) return;
    await rm(path, { force: true });
  }
}

async function removeMarked(folder: string, mark: string): Promise<void> {
  const names = (await fileNames(folder)).filter((name) => name.startsWith(mark));
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
