import type { Dirent } from 'node:fs';
import { opendir, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SessionKey } from '../../domain/ids.ts';
import { ownerOfFile } from './artifact-file.ts';
import { fileNames } from './aside-files.ts';
import { type FileLayout, isFolderOf, readFileName } from './file-layout.ts';
import { hasCode, onFiles, unlessMissing } from './storage-failure.ts';

/** What the file system says of a folder that holds something, has gone or is just used. */
const KEPT_CODES: readonly string[] = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY', 'EPERM'];

/**
 * The sessions of a tenant, or of all, that have files. Folders tell no ids, so that they are read from a file of each.
 * @throws STORAGE_ERROR
 */
export async function* sessionsIn(
  layout: FileLayout,
  tenant: string | undefined,
): AsyncGenerator<SessionKey> {
  if (tenant !== undefined) {
    yield* sessionsOf(layout.tenant({ tenant }));
    return;
  }
  for await (const folder of foldersIn(layout.sessions)) yield* sessionsOf(folder);
}

/** Removes the folder of a session, and that of its tenant, where nothing is left in them. */
export async function removeEmptyFolders(layout: FileLayout, key: SessionKey): Promise<void> {
  for (const folder of [layout.session(key), layout.tenant(key)]) {
    // In order: the outer one is empty only once the inner one is gone.
    if (!(await isEmptied(folder))) return;
  }
}

async function isEmptied(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (KEPT_CODES.some((code) => hasCode(error, code))) return false;
    throw error;
  }
}

async function* sessionsOf(tenantFolder: string): AsyncGenerator<SessionKey> {
  for await (const folder of foldersIn(tenantFolder)) {
    const key = await onFiles('listSessions', () => ownerOfFolder(folder));
    if (key !== null) yield key;
  }
}

/** Whose a folder is, by the first file that says so; what a damaged one says is believed where it makes the folder's name. */
async function ownerOfFolder(folder: string): Promise<SessionKey | null> {
  const names = { session: basename(folder), tenant: basename(join(folder, '..')) };
  for (const name of await fileNames(folder)) {
    if (readFileName(name) === null) continue;
    // In order: the first one is nearly always enough.
    const owner = await ownerOfFile(join(folder, name));
    if (owner !== null && isFolderOf(owner, names)) return owner;
  }
  return null;
}

/** Entry by entry, since there may be more folders than fit into memory. */
async function* foldersIn(path: string): AsyncGenerator<string> {
  const folder = await onFiles('listSessions', () => unlessMissing(() => opendir(path)));
  if (folder === null) return;
  try {
    for (;;) {
      // In order, as a folder is read.
      const entry: Dirent | null = await onFiles('listSessions', () => folder.read());
      if (entry === null) return;
      if (entry.isDirectory()) yield join(path, entry.name);
    }
  } finally {
    await folder.close();
  }
}
