/** Longest time that an option may name, 100 years in milliseconds: far below where dates and timers end. */
export const MAX_DURATION_MS = 3_155_760_000_000;
