import { z } from 'zod';

/** Longest tenant id, in UTF-16 units; keeps every store key far below the limits of Redis and of file systems. */
export const MAX_TENANT_ID_LENGTH = 128;

/** Longest session, event, run or user id, in UTF-16 units. */
export const MAX_ID_LENGTH = 256;

/** The tenant of callers that never name one. */
export const DEFAULT_TENANT = 'default';

const WELL_FORMED_MESSAGE = 'well-formed Unicode without control characters';

function isPlainText(value: string): boolean {
  // A lone surrogate would become U+FFFD in UTF-8, so two different ids could reach one key.
  return !/[\p{Cc}\p{Surrogate}]/u.test(value);
}

function textOf(maxLength: number): z.ZodString {
  // Not `max`: that counts code points, and what limits a key is the length of the text in memory.
  const isShort = (value: string): boolean => value.length <= maxLength;
  return z
    .string()
    .min(1)
    .refine(isShort, `at most ${maxLength} UTF-16 units`)
    .refine(isPlainText, WELL_FORMED_MESSAGE);
}

/** Any id a caller may choose: 1 to 256 UTF-16 units of well-formed text without control characters. */
export const idSchema: z.ZodString = textOf(MAX_ID_LENGTH);

/** A tenant id: as {@link idSchema}, at most 128 UTF-16 units. */
export const tenantSchema: z.ZodString = textOf(MAX_TENANT_ID_LENGTH);

/** Names one session of one tenant; the tenant is part of every key, so an id alone reaches nothing. */
export interface SessionKey {
  readonly tenant: string;
  readonly sessionId: string;
}

/** The public id of a numbered range of a session's log, e.g. `support-42/3`; segments count from 1. */
export function segmentId(sessionId: string, segment: number): string {
  return `${sessionId}/${segment}`;
}
