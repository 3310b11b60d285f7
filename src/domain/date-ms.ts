import { z } from 'zod';

/** The latest time whose year has four digits, in milliseconds: JSON has no other form of dates that every reader takes. */
export const MAX_DATE_MS: number = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** The earliest such time; the calendar is carried on before its beginning, as in ISO 8601. */
export const MIN_DATE_MS: number = Date.parse('0000-01-01T00:00:00.000Z');
/** Milliseconds since the Unix epoch in a year of four digits. */
export const dateMsSchema: z.ZodNumber = z.number().min(MIN_DATE_MS).max(MAX_DATE_MS);
