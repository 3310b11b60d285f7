import { z } from 'zod';
import { StorageError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { parseInput } from '../domain/parse.ts';
import { artifactIdSchema } from './artifact-params.ts';
import type { ArtifactInfo, ArtifactStore } from './artifact-store.ts';
import { CHECKPOINT_MIME_TYPE, decodeManifest } from './checkpoint.ts';
import { PAGE_MIME_TYPE } from './vault-page.ts';

/** What is still needed. */
export interface GarbageParams {
  /** Artifact ids of the pages that the memory refers to. */
  readonly live: readonly string[];
  /** Checkpoints to keep, with all their pages. Default: all there are. */
  readonly checkpoints?: readonly string[] | undefined;
  /**
   * What was put so lately stays in any case, since it may be on its way into a checkpoint or the log: longer than either
   * takes, and than clocks of machines differ. Default: one hour.
   */
  readonly graceMs?: number | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number;
}

/** What came of a collection. */
export interface GarbageReport {
  /** Pages and checkpoints that were there. */
  readonly examined: number;
  /** Of these, needed. */
  readonly live: number;
  /** Of these, not needed but too young, or put again meanwhile. */
  readonly young: number;
  readonly removedPages: number;
  readonly removedCheckpoints: number;
  /** Bytes that the removed ones took. */
  readonly freedBytes: number;
  /** Ids that are needed, by the caller or a checkpoint, and not there. */
  readonly missing: readonly string[];
}

const DEFAULT_GRACE_MS = 3_600_000;

const ids = z.array(artifactIdSchema);
const paramsSchema = z.strictObject({
  live: ids,
  checkpoints: ids.optional(),
  graceMs: z.number().nonnegative().default(DEFAULT_GRACE_MS),
  nowMs: z.number(),
});

/**
 * Marks what is needed and sweeps the other pages and checkpoints of a session that are old enough. Safe beside writers: each
 * is removed only if nobody put it since.
 * @throws INVALID_INPUT; CORRUPT_RECORD, before anything is removed, when an artifact is damaged.
 */
export async function collectGarbage(
  store: ArtifactStore,
  key: SessionKey,
  params: GarbageParams,
): Promise<GarbageReport> {
  const { live, checkpoints, graceMs, nowMs } = parseInput(paramsSchema, params, 'params');
  const storedBeforeMs = nowMs - graceMs;
  const listed = await wholeArtifacts(store, key);
  const present = listed.filter((info) => isPage(info) || isCheckpoint(info));
  const kept = keptCheckpoints(present, checkpoints, storedBeforeMs);
  const needed = new Set([...live, ...(checkpoints ?? []), ...kept]);
  for (const checkpointId of kept) {
    // One after the other: a list of pages may be long.
    for (const id of await pagesOf(store, key, checkpointId)) needed.add(id);
  }
  const unneeded = present.filter(({ artifactId }) => !needed.has(artifactId));
  const removed: ArtifactInfo[] = [];
  for (const info of unneeded.toSorted(checkpointsFirst)) {
    const { artifactId } = info;
    if (await store.delete({ ...key, artifactId, storedBeforeMs })) removed.push(info);
  }
  const there = new Set(listed.map(({ artifactId }) => artifactId));
  const removedCheckpoints = removed.filter(isCheckpoint).length;
  return {
    examined: present.length,
    live: present.length - unneeded.length,
    young: unneeded.length - removed.length,
    removedPages: removed.length - removedCheckpoints,
    removedCheckpoints,
    freedBytes: removed.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    missing: [...needed].filter((id) => !there.has(id)),
  };
}

async function wholeArtifacts(
  store: ArtifactStore,
  key: SessionKey,
): Promise<readonly ArtifactInfo[]> {
  const whole: ArtifactInfo[] = [];
  for await (const entry of store.list(key)) {
    // It may be a checkpoint, and its pages must not be taken for garbage.
    if (entry.kind === 'damaged') throw damaged(entry.artifactId);
    whole.push(entry);
  }
  return whole;
}

/** Those that were asked for, and those that stay for being young: a checkpoint that stays keeps its pages. */
function keptCheckpoints(
  present: readonly ArtifactInfo[],
  wanted: readonly string[] | undefined,
  storedBeforeMs: number,
): readonly string[] {
  const names = new Set(wanted);
  const isKept = ({ artifactId, storedAtMs }: ArtifactInfo): boolean =>
    wanted === undefined || names.has(artifactId) || storedAtMs >= storedBeforeMs;
  const kept = present.filter((info) => isCheckpoint(info) && isKept(info));
  return kept.map(({ artifactId }) => artifactId);
}

async function pagesOf(
  store: ArtifactStore,
  key: SessionKey,
  checkpointId: string,
): Promise<readonly string[]> {
  const artifact = await store.get({ ...key, artifactId: checkpointId });
  // Deleted meanwhile.
  if (artifact === null) return [];
  return decodeManifest(artifact.bytes, checkpointId).pages.map(({ artifactId }) => artifactId);
}

function isPage({ mimeType }: ArtifactInfo): boolean {
  return mimeType === PAGE_MIME_TYPE;
}

function isCheckpoint({ mimeType }: ArtifactInfo): boolean {
  return mimeType === CHECKPOINT_MIME_TYPE;
}

/** A crash on the way must not leave a checkpoint without its pages. */
function checkpointsFirst(left: ArtifactInfo, right: ArtifactInfo): number {
  return Number(isCheckpoint(right)) - Number(isCheckpoint(left));
}

function damaged(artifactId: string): StorageError {
  return new StorageError({
    code: 'CORRUPT_RECORD',
    operation: 'collectGarbage',
    message: `Artifact ${artifactId} cannot be read, so what it needs is not known`,
  });
}
