import { z } from 'zod';
import { idSchema } from '../domain/ids.ts';
import { type JsonValue, parseJsonObject, parseJsonValue } from '../domain/json.ts';
import type { MemoryPage } from '../domain/memory-page.ts';
import { MODALITIES, PAGE_ROLES, PAGE_TYPES } from '../domain/page.ts';
import { parseInput } from '../domain/parse.ts';
import { jsonObjectSchema, jsonValueSchema } from '../domain/session-event.ts';
import { decodeStored, encodeStored } from './stored-json.ts';

/** The MIME type of pages. */
export const PAGE_MIME_TYPE = 'application/x-memory-page';

/** A page whose content may be bytes as well. */
export interface VaultPage extends Omit<MemoryPage, 'content'> {
  readonly content: JsonValue | Uint8Array;
}

const amount = z.number().nonnegative();
const optionalText = z.string().nullable();
const optionalAmount = amount.nullable();

/** Every field but the two that hold anything; in the order in which they are written. */
const fieldsSchema = z.strictObject({
  pageId: idSchema,
  pageType: z.enum(PAGE_TYPES),
  modality: z.enum(MODALITIES),
  role: z.enum(PAGE_ROLES).nullable(),
  content: z.unknown(),
  provenance: z.array(z.string()),
  importance: z.number().min(0).max(1),
  createdAtMs: z.number(),
  hint: z.string(),
  speaker: optionalText,
  toolName: optionalText,
  mimeType: optionalText,
  sizeBytes: optionalAmount,
  durationSeconds: optionalAmount,
  dimensions: z.tuple([amount, amount]).nullable(),
  transcript: optionalText,
  caption: optionalText,
  scenes: z.array(z.strictObject({ atSeconds: amount, description: z.string() })),
  metadata: z.unknown(),
});

const payloadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('json'), value: jsonValueSchema }),
  z.object({ kind: z.literal('bytes'), base64: z.string() }),
]);

const storedPageSchema: z.ZodType<VaultPage> = z
  .object({ ...fieldsSchema.shape, content: payloadSchema, metadata: jsonObjectSchema })
  .transform(({ content, ...fields }) => ({
    ...fields,
    content:
      content.kind === 'bytes'
        ? new Uint8Array(Buffer.from(content.base64, 'base64'))
        : content.value,
  }));

/**
 * A page as it is stored: JSON with its content marked by kind, bytes as base64. The same page always gives the same bytes.
 * @throws INVALID_INPUT naming the field that is wrong, also one that pages do not have.
 */
export function encodePage(page: VaultPage): Uint8Array {
  const { content, metadata, ...fields } = parseInput(fieldsSchema, page, 'page');
  const payload =
    content instanceof Uint8Array
      ? { kind: 'bytes', base64: toBuffer(content).toString('base64') }
      : { kind: 'json', value: parseJsonValue(content, 'page.content') };
  return encodeStored({
    ...fields,
    content: payload,
    metadata: parseJsonObject(metadata, 'page.metadata'),
  });
}

/**
 * The page of stored bytes.
 * @throws CORRUPT_RECORD for what is no page, SCHEMA_TOO_NEW when a newer version wrote it.
 */
export function decodePage(bytes: Uint8Array, artifactId: string): VaultPage {
  return decodeStored(bytes, artifactId, storedPageSchema);
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
