import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { idSchema } from '../domain/ids.ts';
import { MODALITIES, type Modality } from '../domain/page.ts';
import { parseInput } from '../domain/parse.ts';
import { artifactIdSchema } from './artifact-params.ts';
import type { ArtifactInfo } from './artifact-store.ts';
import { decodeStored } from './stored-json.ts';
import type { VaultPage } from './vault-page.ts';

/** The MIME type of the lists that checkpoints are. */
export const CHECKPOINT_MIME_TYPE = 'application/x-vm-checkpoint';

/** A page that is stored already. */
export interface StoredPage {
  readonly pageId: string;
  readonly artifactId: string;
}

/** What a checkpoint is to hold. */
export interface CheckpointParams {
  /** Need not be unique: every checkpoint has an id of its own. */
  readonly name: string;
  readonly pages: readonly VaultPage[];
  /** Further pages, which are stored already. Default: none. */
  readonly stored?: readonly StoredPage[] | undefined;
  /** Ids of the pages in the context, in order. */
  readonly order: readonly string[];
  /** Ids of the pinned pages. */
  readonly pins: readonly string[];
  /** Questions of the user so far. */
  readonly turn: number;
  /** Milliseconds since 1970, UTC. */
  readonly nowMs: number;
}

/** One page of a checkpoint. */
export interface CheckpointEntry extends StoredPage {
  readonly modality: Modality;
}

/** What a checkpoint is made of: everything but the content of its pages. */
export interface CheckpointManifest {
  readonly name: string;
  readonly createdAtMs: number;
  readonly turn: number;
  readonly pages: readonly CheckpointEntry[];
  readonly order: readonly string[];
  readonly pins: readonly string[];
}

/** A checkpoint as it is listed. */
export interface CheckpointInfo {
  readonly checkpointId: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly turn: number;
  readonly pageCount: number;
}

const pageIds = z.array(idSchema);
const turnSchema = z.int().nonnegative();
const storedPageSchema = z.strictObject({ pageId: idSchema, artifactId: artifactIdSchema });

const paramsSchema = z.strictObject({
  name: idSchema,
  // Each is parsed where it is written.
  pages: z.array(z.custom<VaultPage>((page) => typeof page === 'object' && page !== null)),
  stored: z.array(storedPageSchema).default([]),
  order: pageIds,
  pins: pageIds,
  turn: turnSchema,
  nowMs: z.number(),
});

/** Parameters of a checkpoint with everything known. */
export type ParsedCheckpointParams = Required<{
  readonly [Field in keyof CheckpointParams]: Exclude<CheckpointParams[Field], undefined>;
}>;

const manifestSchema: z.ZodType<CheckpointManifest> = z.looseObject({
  name: z.string(),
  createdAtMs: z.number(),
  turn: turnSchema,
  pages: z.array(
    z.object({ pageId: idSchema, artifactId: artifactIdSchema, modality: z.enum(MODALITIES) }),
  ),
  order: pageIds,
  pins: pageIds,
});

const infoSchema = z.object({
  name: z.string(),
  createdAtMs: z.number(),
  turn: turnSchema,
  pageCount: z.int().nonnegative(),
});

/**
 * Checks that a checkpoint can be restored: no page twice, and no id in it without a page.
 * @throws INVALID_INPUT naming the field.
 */
export function parseCheckpointParams(params: CheckpointParams): ParsedCheckpointParams {
  const parsed = parseInput(paramsSchema, params, 'params');
  const ids = [...parsed.pages, ...parsed.stored].map(({ pageId }) => pageId);
  requireUnique(ids, 'params.pages');
  requireUnique(parsed.order, 'params.order');
  requireUnique(parsed.pins, 'params.pins');
  const known = new Set(ids);
  requireKnown(parsed.order, known, 'params.order');
  requireKnown(parsed.pins, known, 'params.pins');
  return parsed;
}

/**
 * The manifest of stored bytes.
 * @throws CORRUPT_RECORD, SCHEMA_TOO_NEW
 */
export function decodeManifest(bytes: Uint8Array, checkpointId: string): CheckpointManifest {
  const { name, createdAtMs, turn, pages, order, pins } = decodeStored(
    bytes,
    checkpointId,
    manifestSchema,
  );
  return { name, createdAtMs, turn, pages, order, pins };
}

/** The checkpoint that an artifact is, from what is known of it without reading it; null when it is none. */
export function checkpointInfo(info: ArtifactInfo): CheckpointInfo | null {
  if (info.mimeType !== CHECKPOINT_MIME_TYPE) return null;
  const parsed = infoSchema.safeParse(info.metadata);
  return parsed.success ? { checkpointId: info.artifactId, ...parsed.data } : null;
}

function requireUnique(ids: readonly string[], field: string): void {
  const seen = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (seen.has(id))
      throw new InvalidInput({ field, expected: `every page once, got one again at ${index}` });
    seen.add(id);
  }
}

function requireKnown(ids: readonly string[], known: ReadonlySet<string>, field: string): void {
  const index = ids.findIndex((id) => !known.has(id));
  if (index < 0) return;
  throw new InvalidInput({
    field: `${field}[${index}]`,
    expected: 'the id of a page of the checkpoint',
  });
}
