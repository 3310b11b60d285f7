import { z } from 'zod';
import { StorageError } from '../../domain/errors.ts';
import { idSchema, type SessionKey, tenantSchema } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import { jsonObjectSchema } from '../../domain/session-event.ts';
import { contentId, sumOf } from '../artifact-content.ts';
import { artifactIdSchema } from '../artifact-params.ts';
import { ARTIFACT_TIERS, type ArtifactRef, type ArtifactTier } from '../artifact-store.ts';
import { FILE_BACKEND } from './storage-failure.ts';

/** Version of the files written from now on. */
const FILE_VERSION = 1;

/** Most bytes before the header: version, sum and length of the header, and a line break. */
const MAX_PREAMBLE_BYTES = 96;

const PREAMBLE = /^(\d{1,9}) ([0-9a-f]{64}) (\d{1,15})\n/;

/** What a file says about itself before the content begins. */
export interface ArtifactHeader extends ArtifactRef {
  readonly tier: ArtifactTier;
  readonly mimeType: string;
  readonly metadata: JsonObject;
  readonly sizeBytes: number;
  readonly sums: readonly string[];
  /** Bytes that each chunk takes in the file. */
  readonly storedSizes: readonly number[];
}

/** Bytes that hold the owner in whichever way ids of the longest kind are spelled. */
export const OWNER_BYTES = 4096;

const OWNER = /^[^\n]*\n\{"tenant":("(?:[^"\\]|\\.)*"),"sessionId":("(?:[^"\\]|\\.)*")/;

const size = z.int().nonnegative();
const headerSchema: z.ZodType<ArtifactHeader> = z.looseObject({
  tenant: z.string(),
  sessionId: z.string(),
  artifactId: artifactIdSchema,
  tier: z.enum(ARTIFACT_TIERS),
  mimeType: z.string(),
  metadata: jsonObjectSchema,
  sizeBytes: size,
  sums: z.array(artifactIdSchema),
  storedSizes: z.array(size),
});

const ownerSchema = z.tuple([tenantSchema, idSchema]);

/** Where the header of a file is, and its sum. */
export interface Preamble {
  readonly sum: string;
  readonly headerAt: number;
  readonly bodyAt: number;
}

/** The beginning of a file: preamble, header, and a line break. */
export function encodeHeader(header: ArtifactHeader): Buffer {
  // Whose it is comes first, where it is found without reading the rest.
  const { tenant, sessionId, ...rest } = header;
  const json = Buffer.from(`${JSON.stringify({ tenant, sessionId, ...rest })}\n`);
  return Buffer.concat([Buffer.from(`${FILE_VERSION} ${sumOf(json)} ${json.length}\n`), json]);
}

/**
 * Reads the first bytes of a file.
 * @throws CORRUPT_RECORD, and SCHEMA_TOO_NEW when a newer version wrote it.
 */
export function parsePreamble(start: Uint8Array, artifactId: string): Preamble {
  const text = Buffer.from(start.subarray(0, MAX_PREAMBLE_BYTES)).toString('latin1');
  const [line, version, sum, length] = PREAMBLE.exec(text) ?? [];
  if (line === undefined || sum === undefined) throw corrupt(artifactId, 'no preamble');
  if (Number(version) > FILE_VERSION) {
    throw new StorageError({
      code: 'SCHEMA_TOO_NEW',
      operation: 'read',
      backend: FILE_BACKEND,
      message: `Artifact ${artifactId} has version ${version}; this process reads up to ${FILE_VERSION}`,
    });
  }
  return { sum, headerAt: line.length, bodyAt: line.length + Number(length) };
}

/**
 * Reads the bytes of a header and checks that they are whole and of this artifact.
 * @throws CORRUPT_RECORD
 */
export function parseHeader(bytes: Uint8Array, sum: string, ref: ArtifactRef): ArtifactHeader {
  if (sumOf(bytes) !== sum) throw corrupt(ref.artifactId, 'its header is damaged');
  const parsed = headerSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw corrupt(ref.artifactId, 'its header has another shape');
  const header = parsed.data;
  if (header.tenant !== ref.tenant || header.sessionId !== ref.sessionId)
    throw corrupt(ref.artifactId, 'it belongs to another session');
  if (contentId(header.mimeType, header) !== ref.artifactId)
    throw corrupt(ref.artifactId, 'its header describes another content');
  return header;
}

/** Whose artifact the first bytes of a file say that it is, whatever else is damaged; null when they do not. */
export function readOwner(start: Uint8Array): SessionKey | null {
  const [, tenant, sessionId] = OWNER.exec(Buffer.from(start).toString()) ?? [];
  if (tenant === undefined || sessionId === undefined) return null;
  const parsed = ownerSchema.safeParse([
    parseJson(Buffer.from(tenant)),
    parseJson(Buffer.from(sessionId)),
  ]);
  return parsed.success ? { tenant: parsed.data[0], sessionId: parsed.data[1] } : null;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    // The parser's own message quotes the text; the schema refuses what is no object.
    return null;
  }
}

/** What is thrown when a file cannot be served. */
export function corrupt(artifactId: string, reason: string): StorageError {
  return new StorageError({
    code: 'CORRUPT_RECORD',
    operation: 'read',
    backend: FILE_BACKEND,
    message: `Artifact ${artifactId} cannot be read: ${reason}`,
  });
}
