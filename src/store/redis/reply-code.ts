/** What the scripts answer with; the scripts get this table when they are embedded. */
export const REPLY_CODES = {
  OK: 0,
  DUPLICATE: 1,
  MISSING: 2,
  CONFLICT: -1,
  STALE: -2,
  FENCED: -3,
  GONE: -4,
  REGRESSED: -5,
  OVERFLOW: -6,
  TORN: -7,
} as const;
