import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { idSchema, type SessionKey, tenantSchema } from '../domain/ids.ts';
import { type JsonObject, parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import {
  ARTIFACT_TIERS,
  type ArtifactRef,
  type ArtifactTier,
  type PutArtifactParams,
} from './artifact-store.ts';

/** Longest metadata as JSON, in UTF-16 units: listings read all of it. */
const MAX_METADATA_LENGTH = 65_536;

const MAX_MIME_TYPE_LENGTH = 255;

/** Type and subtype as RFC 6838 spells them, and parameters in printable ASCII. */
const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;[\x20-\x7e]*)?$/;

const ARTIFACT_ID = /^[0-9a-f]{64}$/;

/** Any artifact id. */
export const artifactIdSchema: z.ZodType<string> = z
  .string()
  .regex(ARTIFACT_ID, 'an artifact id of 64 lower-case hexadecimal digits');

/** A MIME type with or without parameters, at most 255 characters. */
const mimeTypeSchema: z.ZodType<string> = z
  .string()
  .regex(MIME_TYPE, 'a MIME type')
  .refine(({ length }) => length <= MAX_MIME_TYPE_LENGTH, `at most ${MAX_MIME_TYPE_LENGTH}`);

const session = { tenant: tenantSchema, sessionId: idSchema };
const artifact = { ...session, artifactId: artifactIdSchema };
const tier = z.enum(ARTIFACT_TIERS);
const place = z.int().nonnegative();

const tenantsSchema = z.strictObject({ tenant: tenantSchema.optional() });
const sessionSchema = z.strictObject(session);
const refSchema = z.strictObject(artifact);
const putSchema = z.strictObject({
  ...session,
  tier: tier.optional(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array, { message: 'a Uint8Array' }),
  mimeType: mimeTypeSchema,
  metadata: z.unknown().optional(),
});
const rangeSchema = z.strictObject({ ...artifact, offset: place, length: place });
const moveSchema = z.strictObject({ ...artifact, tier });
const deleteSchema = z.strictObject({ ...artifact, storedBeforeMs: z.number().optional() });

/** A put with everything known but the tier, and copies that the caller cannot reach. */
export interface ParsedPut extends SessionKey {
  readonly tier: ArtifactTier | undefined;
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly metadata: JsonObject;
}

/** @throws INVALID_INPUT naming the field. */
export function parsePut(params: PutArtifactParams): ParsedPut {
  const { bytes, metadata, tier: wished, ...rest } = parseInput(putSchema, params, 'params');
  const copy = parseJsonObject(metadata, 'params.metadata');
  const { length } = JSON.stringify(copy);
  if (length > MAX_METADATA_LENGTH) {
    const expected = `at most ${MAX_METADATA_LENGTH} characters of JSON, got ${length}`;
    throw new InvalidInput({ field: 'params.metadata', expected });
  }
  return { ...rest, tier: wished, bytes: new Uint8Array(bytes), metadata: copy };
}

/** @throws INVALID_INPUT naming the field. */
export function parseSessionKey(params: SessionKey): SessionKey {
  return parseInput(sessionSchema, params, 'params');
}

/** One tenant, or all of them. */
export interface ArtifactTenants {
  readonly tenant?: string | undefined;
}

/** @throws INVALID_INPUT naming the field. */
export function parseTenants(params: ArtifactTenants): ArtifactTenants {
  return parseInput(tenantsSchema, params, 'params');
}

/** @throws INVALID_INPUT naming the field. */
export function parseRef(params: ArtifactRef): ArtifactRef {
  return parseInput(refSchema, params, 'params');
}

/** A range of an artifact. */
export interface ArtifactRange extends ArtifactRef {
  readonly offset: number;
  readonly length: number;
}

/** @throws INVALID_INPUT naming the field. */
export function parseRange(params: ArtifactRange): ArtifactRange {
  return parseInput(rangeSchema, params, 'params');
}

/** An artifact and where it is to go. */
export interface ArtifactMove extends ArtifactRef {
  readonly tier: ArtifactTier;
}

/** @throws INVALID_INPUT naming the field. */
export function parseMove(params: ArtifactMove): ArtifactMove {
  return parseInput(moveSchema, params, 'params');
}

/** An artifact to delete, and the condition. */
export interface ArtifactDeletion extends ArtifactRef {
  readonly storedBeforeMs?: number | undefined;
}

/** @throws INVALID_INPUT naming the field. */
export function parseDeletion(params: ArtifactDeletion): ArtifactDeletion {
  return parseInput(deleteSchema, params, 'params');
}
