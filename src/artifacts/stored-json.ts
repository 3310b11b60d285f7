import { z } from 'zod';
import { StorageError } from '../domain/errors.ts';

/** Version of the pages and checkpoints written from now on. */
const VAULT_VERSION = 1;

const versionSchema = z.looseObject({ schemaVersion: z.int().positive() });

/** A value as JSON in UTF-8, with the version in front. */
export function encodeStored(value: object): Uint8Array {
  return Buffer.from(JSON.stringify({ schemaVersion: VAULT_VERSION, ...value }));
}

/**
 * The value of stored bytes.
 * @throws CORRUPT_RECORD for another shape, SCHEMA_TOO_NEW when a newer version wrote it; never quoting the content.
 */
export function decodeStored<Value>(
  bytes: Uint8Array,
  artifactId: string,
  schema: z.ZodType<Value>,
): Value {
  const value = parseJson(bytes);
  const version = versionSchema.safeParse(value);
  if (!version.success) throw refusal('CORRUPT_RECORD', artifactId, 'no schema version');
  const { schemaVersion } = version.data;
  if (schemaVersion > VAULT_VERSION) {
    const reason = `it has schema version ${schemaVersion}; this process reads up to ${VAULT_VERSION}`;
    throw refusal('SCHEMA_TOO_NEW', artifactId, reason);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw refusal('CORRUPT_RECORD', artifactId, `unexpected shape at ${place}`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    // The parser's own message quotes the text; no schema takes undefined.
    return undefined;
  }
}

function refusal(
  code: 'CORRUPT_RECORD' | 'SCHEMA_TOO_NEW',
  artifactId: string,
  reason: string,
): StorageError {
  const message = `Artifact ${artifactId} cannot be read: ${reason}`;
  return new StorageError({ code, operation: 'decode', message });
}
