import { z } from 'zod';
import type { MapChange } from '../domain/event-metadata.ts';
import { parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';

/** A change to the metadata of an event or a run: entries to remove, then entries to set. */
export interface MetadataChange {
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  readonly remove?: readonly string[] | undefined;
}

const schema = z.strictObject({
  set: z.unknown().optional(),
  remove: z.array(z.string()).optional(),
});

/**
 * A change as a command takes it.
 * @throws INVALID_INPUT naming the entry.
 */
export function parseMetadataChange(change: MetadataChange): MapChange {
  const { set, remove } = parseInput(schema, change, 'change');
  return { set: parseJsonObject(set, 'change.set'), remove: remove ?? [] };
}
