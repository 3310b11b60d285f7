import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';

/** Where artifacts live: L3 ready to be read, L4 packed for the archive. */
export const ARTIFACT_TIERS = ['L3', 'L4'] as const;
/** One of {@link ARTIFACT_TIERS}. */
export type ArtifactTier = (typeof ARTIFACT_TIERS)[number];

/** Names one artifact of one session of one tenant; an id alone reaches nothing. */
export interface ArtifactRef extends SessionKey {
  /** 64 lower-case hexadecimal digits, made from the MIME type and the bytes. */
  readonly artifactId: string;
}

/** What is stored. */
export interface PutArtifactParams extends SessionKey {
  /** Where it is to be afterwards; when not given, where it is already, or else L3. */
  readonly tier?: ArtifactTier | undefined;
  readonly bytes: Uint8Array;
  /** For example `image/png`; part of what the id is made from. */
  readonly mimeType: string;
  /** Describes the artifact in listings, at most 65,536 characters of JSON; the latest put decides. Default: none. */
  readonly metadata?: JsonObject | undefined;
}

/** What became of a put. */
export interface PutArtifactResult {
  readonly artifactId: string;
  /** False when the session had it whole already, so that no bytes were added. */
  readonly isNew: boolean;
}

/** What is known of an artifact without reading it. */
export interface ArtifactInfo {
  readonly artifactId: string;
  readonly tier: ArtifactTier;
  readonly mimeType: string;
  readonly metadata: JsonObject;
  /** Length of the content. */
  readonly sizeBytes: number;
  /** What it takes where it is, which for L4 is less. */
  readonly storedBytes: number;
  /** When it was put last, in milliseconds since 1970, UTC. */
  readonly storedAtMs: number;
}

/** An artifact with its content; the bytes are the caller's. */
export interface Artifact extends ArtifactInfo {
  readonly bytes: Uint8Array;
}

/** One entry of a listing; of a damaged artifact no more is known than that it was there. */
export type ListedArtifact =
  | ({ readonly kind: 'artifact' } & ArtifactInfo)
  | { readonly kind: 'damaged'; readonly artifactId: string; readonly storedBytes: number };

/** Sums over the artifacts of one tier. */
export interface TierStats {
  readonly artifacts: number;
  readonly sizeBytes: number;
  readonly storedBytes: number;
}

/** Figures about the artifacts of a session. */
export interface ArtifactStats {
  readonly backend: string;
  readonly isPersistent: boolean;
  readonly tiers: Readonly<Record<ArtifactTier, TierStats>>;
  /** Artifacts that cannot be read, as far as a listing shows it; in no tier. */
  readonly damaged: number;
}

/**
 * Where the big content of sessions lives. Ids are made from the content, so that within a session the same bytes are kept
 * once; every method may be repeated safely. What is not there is null or false. Failures reject with STORAGE_ERROR, those
 * that may have happened with UNKNOWN_OUTCOME, a full store with OVERLOADED, a value out of range with INVALID_INPUT; what
 * was damaged is never served but rejects with CORRUPT_RECORD, until the same content is put again.
 */
export interface ArtifactStore {
  readonly backend: string;
  /** Whether artifacts survive the process. */
  readonly isPersistent: boolean;

  /** Answers once the artifact is whole and as durable as the store makes it; puts of equal content may overlap. */
  put(params: PutArtifactParams): Promise<PutArtifactResult>;
  get(params: ArtifactRef): Promise<Artifact | null>;
  /** The bytes from `offset` on, at most `length`: fewer at the end, none beyond it. Only what is returned is checked. */
  getRange(
    params: ArtifactRef & { readonly offset: number; readonly length: number },
  ): Promise<Uint8Array | null>;
  /** What is known without reading the content. */
  head(params: ArtifactRef): Promise<ArtifactInfo | null>;
  /** Whether it is there, damaged or not. */
  has(params: ArtifactRef): Promise<boolean>;
  /** Brings an artifact to a tier under the same id; false when it is not there. */
  move(params: ArtifactRef & { readonly tier: ArtifactTier }): Promise<boolean>;
  /** Removes an artifact, with `storedBeforeMs` only if no put came at or after that time; false when nothing was removed. */
  delete(params: ArtifactRef & { readonly storedBeforeMs?: number | undefined }): Promise<boolean>;
  /** The artifacts of a session in the order of their ids; what is put or deleted meanwhile may be in it or not. */
  list(params: SessionKey): AsyncIterable<ListedArtifact>;
  stats(params: SessionKey): Promise<ArtifactStats>;
  /**
   * The sessions of a tenant, or of all tenants, that have artifacts, each once, in any order and without all of them in memory; what
   * comes or goes meanwhile may be in it or not. Of a session that can be read no more in any artifact nobody may know the id.
   */
  listSessions(params?: { readonly tenant?: string | undefined }): AsyncIterable<SessionKey>;
  /** Removes all that a session has, and tells how many artifacts that was. */
  deleteSession(params: SessionKey): Promise<number>;
}
