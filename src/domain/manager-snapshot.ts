import { z } from 'zod';
import { VM_MODES } from './paging-policy.ts';
import { parseInput } from './parse.ts';

const pageSchema = z.looseObject({
  card: z.looseObject({ pageId: z.string().min(1) }),
  page: z.looseObject({ pageId: z.string().min(1) }).nullable(),
  artifactId: z.string().nullable(),
  place: z.looseObject({ form: z.enum(['turn', 'entry']) }).nullable(),
});

const schema = z.looseObject({
  version: z.literal(1),
  sessionId: z.string(),
  mode: z.enum(VM_MODES),
  config: z.looseObject({ maxL0Tokens: z.int().positive() }),
  sequence: z.int().nonnegative(),
  turns: z.array(z.looseObject({ turn: z.int().nonnegative(), pageIds: z.array(z.string()) })),
  workingSet: z.looseObject({
    pages: z.array(z.unknown()),
    arrivals: z.looseObject({ L0: z.array(z.int().nonnegative()) }),
  }),
  pages: z.array(pageSchema),
  index: z.string(),
  claims: z.array(z.unknown()),
});

/**
 * A snapshot of a memory, checked as far as its shape goes; numbers are checked by the kernel that takes them.
 * @throws INVALID_INPUT naming the field, also when a later version wrote it.
 */
export function parseManagerSnapshot<Snapshot>(snapshot: unknown): Snapshot {
  parseInput(schema, snapshot, 'snapshot');
  // The schema has just checked the shape, and kept what a minor version may have added.
  return snapshot as Snapshot;
}
