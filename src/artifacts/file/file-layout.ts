import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SessionKey } from '../../domain/ids.ts';
import type { ArtifactRef } from '../artifact-store.ts';

/** Sets a file aside while its age is looked at; the name begins with the artifact's. */
const ASIDE_SUFFIX = '.aside';

/** Hexadecimal digits that begin the names of what is being written or removed for a session. */
const MARK_LENGTH = 32;

/**
 * Where files are below one folder: `sessions/<tenant>/<session>/<artifact>`, `writing/` and `removed/`. Tenant and session
 * stand there as SHA-256 of their ids: any id gives a short name, without a meaning for the file system, that no other id
 * has, also where names differ in upper and lower case only. What the ids are is written in every file.
 */
export class FileLayout {
  readonly sessions: string;
  /** Files that are being written. */
  readonly writing: string;
  /** Sessions that are being removed. */
  readonly removed: string;
  readonly #instance: string;
  #names = 0;

  /** `instance` is in the names of temporary files; no two stores, in whichever process, have the same. */
  constructor(directory: string, instance: string) {
    this.sessions = join(directory, 'sessions');
    this.writing = join(directory, 'writing');
    this.removed = join(directory, 'removed');
    this.#instance = instance;
  }

  /** The folder of a tenant. */
  tenant({ tenant }: Pick<SessionKey, 'tenant'>): string {
    return join(this.sessions, nameOf(tenant));
  }

  /** The folder of a session. */
  session(key: SessionKey): string {
    return join(this.tenant(key), nameOf(key.sessionId));
  }

  /** The file of an artifact. */
  artifact(ref: ArtifactRef): string {
    return join(this.session(ref), ref.artifactId);
  }

  /** A new name for a file that is being written for a session. */
  newWriting(key: SessionKey): string {
    return join(this.writing, `${sessionMark(key)}${this.#newName()}`);
  }

  /** A new name for a session that is being removed. */
  newRemoved(key: SessionKey): string {
    return join(this.removed, `${sessionMark(key)}${this.#newName()}`);
  }

  /** A new name for a file that is set aside. */
  newAside(ref: ArtifactRef): string {
    return `${this.artifact(ref)}.${this.#newName()}${ASIDE_SUFFIX}`;
  }

  #newName(): string {
    this.#names += 1;
    return `${this.#instance}-${this.#names}`;
  }
}

/** Whether the folder of a session, with that of its tenant, is this one's. */
export function isFolderOf(
  { tenant, sessionId }: SessionKey,
  folder: { readonly tenant: string; readonly session: string },
): boolean {
  return nameOf(tenant) === folder.tenant && nameOf(sessionId) === folder.session;
}

/** What the names begin with of all that is being written or removed for a session. */
export function sessionMark({ tenant, sessionId }: SessionKey): string {
  // Ids hold no control characters.
  return `${nameOf(`${tenant}\u0000${sessionId}`).slice(0, MARK_LENGTH)}-`;
}

/** The artifact that a file of a session's folder belongs to, and whether it is set aside; null for a strange file. */
export function readFileName(
  name: string,
): { readonly artifactId: string; readonly isAside: boolean } | null {
  const [, artifactId, rest = ''] = /^([0-9a-f]{64})(\..+)?$/.exec(name) ?? [];
  if (artifactId === undefined || (rest !== '' && !rest.endsWith(ASIDE_SUFFIX))) return null;
  return { artifactId, isAside: rest !== '' };
}

function nameOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
