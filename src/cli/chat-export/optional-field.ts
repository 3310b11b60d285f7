import type { z } from 'zod';

/** A field that may be missing or null, which both read as null. */
export function optionalField<T>(schema: z.ZodType<T>): z.ZodType<T | null> {
  return schema.nullish().transform((value) => value ?? null);
}
