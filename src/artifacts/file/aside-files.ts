import { link, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRef } from '../artifact-store.ts';
import { syncFolders } from './durable-file.ts';
import { type FileLayout, readFileName } from './file-layout.ts';
import { isMissing, isTaken, unlessMissing } from './storage-failure.ts';

// A file system cannot remove a file on condition of its age in one step, and between a look and the removal another process
// may put the artifact again. So the file is set aside first, looked at, and put back when it is not old after all. Whoever
// misses an artifact meanwhile, or after a crash, finds it aside and puts it back.

/** Whether the file at a path is the one that was read; null when there is none. */
export type IsSameFile = (path: string) => Promise<boolean | null>;

/** Removes the file of an artifact if no put came at or after a time; false when there was none, or it stays. */
export async function removeOlder(
  layout: FileLayout,
  ref: ArtifactRef,
  beforeMs: number,
): Promise<boolean> {
  const path = layout.artifact(ref);
  const aside = layout.newAside(ref);
  const removed = await unlessMissing(async () => {
    if (!(await isOlder(path, beforeMs))) return false;
    await rename(path, aside);
    const isOld = await isOlder(aside, beforeMs);
    if (!isOld) await linkUnlessTaken(aside, path);
    await unlink(aside);
    return isOld;
  });
  if (removed === true) await syncFolders([layout.session(ref)]);
  return removed ?? false;
}

/**
 * Gives a new file the name of an artifact in the place of the file that `isSame` knows; false, and nothing changes, when that one
 * is gone or another has come. The new file loses its own name in any case.
 */
export async function replaceSame(
  layout: FileLayout,
  ref: ArtifactRef,
  { file, isSame }: { readonly file: string; readonly isSame: IsSameFile },
): Promise<boolean> {
  const path = layout.artifact(ref);
  const aside = layout.newAside(ref);
  const replaced = await unlessMissing(async () => {
    await rename(path, aside);
    let chosen = aside;
    let isPlaced = false;
    try {
      if (await isSame(aside)) chosen = file;
    } finally {
      isPlaced = (await linkName(chosen, path)) === 'linked';
      await unlink(aside);
    }
    // What has the name by now was put meanwhile, and is newer.
    return chosen === file && isPlaced;
  });
  await unlessMissing(() => unlink(file));
  return replaced ?? false;
}

/** Puts an artifact back that was set aside; false when none was. */
export async function restoreAside(layout: FileLayout, ref: ArtifactRef): Promise<boolean> {
  const folder = layout.session(ref);
  const names = await artifactFiles(folder, ref.artifactId);
  for (const name of names.filter((file) => file !== ref.artifactId)) {
    // One is enough, and one that has just gone is not.
    if (await linkUnlessTaken(join(folder, name), layout.artifact(ref))) return true;
  }
  // It came back between the miss and this look.
  return names.includes(ref.artifactId);
}

/** Removes every file of an artifact, also one that another process sets aside or puts back meanwhile. */
export async function removeAll(layout: FileLayout, ref: ArtifactRef): Promise<boolean> {
  const folder = layout.session(ref);
  let wasThere = false;
  let names = await artifactFiles(folder, ref.artifactId);
  while (names.length > 0) {
    wasThere = true;
    await Promise.all(names.map((name) => unlessMissing(() => unlink(join(folder, name)))));
    names = await artifactFiles(folder, ref.artifactId);
  }
  if (wasThere) await syncFolders([folder]);
  return wasThere;
}

/** The names of all files in a folder; none when there is no such folder. */
export async function fileNames(folder: string): Promise<readonly string[]> {
  return (await unlessMissing(() => readdir(folder))) ?? [];
}

async function artifactFiles(folder: string, artifactId: string): Promise<readonly string[]> {
  const names = await fileNames(folder);
  return names.filter((name) => readFileName(name)?.artifactId === artifactId);
}

async function isOlder(path: string, beforeMs: number): Promise<boolean> {
  const { mtimeMs } = await stat(path);
  return Math.round(mtimeMs) < beforeMs;
}

/** False when the file to be linked is not there. */
async function linkUnlessTaken(from: string, to: string): Promise<boolean> {
  return (await linkName(from, to)) !== 'missing';
}

async function linkName(from: string, to: string): Promise<'linked' | 'taken' | 'missing'> {
  try {
    await link(from, to);
  } catch (error) {
    if (isMissing(error)) return 'missing';
    if (!isTaken(error)) throw error;
    return 'taken';
  }
  return 'linked';
}
