import { z } from 'zod';

/** The latest time a `Date` can hold, in milliseconds; the earliest is as far before 1970. */
export const MAX_DATE_MS = 8.64e15;
/** Milliseconds since the Unix epoch that a `Date` can hold. */
export const dateMsSchema: z.ZodNumber = z.number().min(-MAX_DATE_MS).max(MAX_DATE_MS);
