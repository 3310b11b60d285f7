import { open, rename, rm, utimes } from 'node:fs/promises';
import { isMissing, onFiles, unlessMissing } from './storage-failure.ts';

/** A file that is to appear under its name all at once. */
export interface DurableFile {
  /** Where it is written first; in the same file system, and its folder exists. */
  readonly temporary: string;
  readonly target: string;
  readonly bytes: Uint8Array;
  /** The time that the file shall have. */
  readonly modifiedAtMs: number;
  /** Gives the written file its name; false when it must not have it. Whatever has the name is replaced by default. */
  readonly name?: ((temporary: string) => Promise<boolean>) | undefined;
}

/**
 * Writes a file beside its place, has it brought to the medium, and gives it its name in one step, so that a crash leaves
 * what was there before or all of the new. False, and nothing is left, when a folder is missing or the name is refused. The name itself is durable
 * only after {@link syncFolders}.
 * @throws what the file system throws; then nothing was changed.
 */
export async function placeFile(file: DurableFile): Promise<boolean> {
  try {
    await writeSynced(file);
    if (file.name !== undefined) return await file.name(file.temporary);
    await rename(file.temporary, file.target);
    return true;
  } catch (error) {
    await rm(file.temporary, { force: true });
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Makes names of files in these folders durable.
 * @throws UNKNOWN_OUTCOME when that fails: the names may be there or not after a crash.
 */
export async function syncFolders(folders: readonly string[]): Promise<void> {
  // Windows opens no folders, and keeps names in a journal of its own.
  if (process.platform === 'win32') return;
  await onFiles('sync', () => Promise.all(folders.map(syncFolder)), 'UNKNOWN_OUTCOME');
}

/** Sets the time of a file and makes it durable; false when it is not there. */
export async function refreshFile(path: string, modifiedAtMs: number): Promise<boolean> {
  const refreshed = await unlessMissing(async () => {
    const handle = await open(path, 'r+');
    try {
      const time = new Date(modifiedAtMs);
      // By name: a file that was set aside since it was opened must be missed here.
      await utimes(path, time, time);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  });
  return refreshed ?? false;
}

async function writeSynced({ temporary, bytes, modifiedAtMs }: DurableFile): Promise<void> {
  const handle = await open(temporary, 'wx');
  try {
    await handle.writeFile(bytes);
    const time = new Date(modifiedAtMs);
    await handle.utimes(time, time);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  await unlessMissing(async () => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
