import { z } from 'zod';
import { InvalidSessionOperation, SessionNotFound } from '../domain/errors.ts';
import { type SessionKey, tenantSchema } from '../domain/ids.ts';
import { parseInput } from '../domain/parse.ts';
import type { ContentArchive, RemovedContent } from '../runtime/content-archive.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { artifactsNamed } from './named-content.ts';
import { removeContent } from './removal-target.ts';
import { isUnreadable } from '../runtime/unreadable.ts';

/** Which artifacts of sessions that are gone are collected. */
export interface CollectArtifactsOptions {
  /** All tenants when not given. */
  readonly tenant?: string | undefined;
  /** The age from which such an artifact goes, in milliseconds; the session of a younger one may be on its way. Default an hour. */
  readonly graceMs?: number | undefined;
}

/** What a collection of artifacts of sessions that are gone did. */
export interface CollectedArtifacts {
  /** Sessions that had artifacts. */
  readonly sessions: number;
  /** Of those, the ones that are gone. */
  readonly goneSessions: number;
  readonly removed: number;
  readonly freedBytes: number;
  /** Artifacts of sessions that are not there and that were too young to go. */
  readonly young: number;
}

/** Which content of sessions that are gone goes. */
export interface GoneScope {
  /** All tenants when not given. */
  readonly tenant?: string | undefined;
  /** When it was put at the latest, where no session is there. */
  readonly storedBeforeMs: number;
  /** How much older than a session content has to be to be of another one, which had the id before it. */
  readonly graceMs: number;
}

const DEFAULT_GRACE_MS = 3_600_000;

const optionsSchema = z.strictObject({
  tenant: tenantSchema.optional(),
  graceMs: z.number().nonnegative().optional(),
});

/**
 * Removes the artifacts of sessions that have expired, or that were removed while the artifact store failed.
 * @throws INVALID_INPUT, INVALID_SESSION_OPERATION without an artifact store, UNKNOWN_OUTCOME when it failed on the way, which the next
 * call makes good, STORAGE_ERROR
 */
export async function collectArtifacts(
  runtime: Runtime,
  options: CollectArtifactsOptions,
): Promise<CollectedArtifacts> {
  const { tenant, graceMs = DEFAULT_GRACE_MS } = parseInput(optionsSchema, options, 'options');
  if (runtime.archive === null) {
    const reason = 'the runtime was opened without an artifact store';
    throw new InvalidSessionOperation({ operation: 'collectArtifacts', reason });
  }
  // What is as old as the grace goes too.
  const storedBeforeMs = runtime.clock.nowMs() - graceMs + 1;
  return removeGoneContent(runtime, { tenant, storedBeforeMs, graceMs });
}

/**
 * Removes what sessions that are gone have in the archive, one session after the other. Content is stored before the record that
 * creates its session, so that young content of no session may be somebody's who is about to begin one.
 * @throws UNKNOWN_OUTCOME, and what the stores reject reads with.
 */
export async function removeGoneContent(
  runtime: Runtime,
  { tenant, storedBeforeMs, graceMs }: GoneScope,
): Promise<CollectedArtifacts> {
  const { archive } = runtime;
  const sum = { sessions: 0, goneSessions: 0, removed: 0, freedBytes: 0, young: 0 };
  if (archive === null) return sum;
  for await (const key of archive.sessions(tenant)) {
    sum.sessions += 1;
    // In order: an artifact store may be slow, and this is not in anybody's way.
    const createdAtMs = await createdAt(runtime, key);
    const isGone = createdAtMs === null;
    const { removed, freedBytes, young } = isGone
      ? await removeContent(runtime, key, storedBeforeMs)
      : await removeEarlier({ runtime, archive, key }, createdAtMs - graceMs);
    sum.removed += removed;
    sum.freedBytes += freedBytes;
    if (!isGone) continue;
    sum.goneSessions += 1;
    sum.young += young;
  }
  return sum;
}

/** When the session of a key was created; null when there is none. What is there and cannot be read is as old as can be. */
async function createdAt({ store }: Runtime, key: SessionKey): Promise<number | null> {
  try {
    return (await store.head({ key }))?.createdAtMs ?? null;
  } catch (error) {
    if (isUnreadable(error)) return 0;
    throw error;
  }
}

const NOTHING: RemovedContent = { removed: 0, freedBytes: 0, young: 0 };

/** Removes what a session has from one that had its id before; what its own records name was there before it was imported. */
async function removeEarlier(
  session: {
    readonly runtime: Runtime;
    readonly archive: ContentArchive;
    readonly key: SessionKey;
  },
  beforeMs: number,
): Promise<RemovedContent> {
  const { runtime, archive, key } = session;
  if (!(await archive.hasOlder(key, beforeMs))) return NOTHING;
  try {
    const named = await artifactsNamed({ store: runtime.store, key });
    return { ...NOTHING, ...(await archive.collect(key, named, beforeMs)) };
  } catch (error) {
    // It has just gone, which is for the next call, or nobody knows what it names.
    if (error instanceof SessionNotFound || isUnreadable(error)) return NOTHING;
    throw error;
  }
}
