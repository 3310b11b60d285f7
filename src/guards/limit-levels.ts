/** What is done about something that is wrong. */
export const ENFORCEMENT_LEVELS = ['off', 'warn', 'block'] as const;
/** One of {@link ENFORCEMENT_LEVELS}. */
export type EnforcementLevel = (typeof ENFORCEMENT_LEVELS)[number];

/** How long cached results are reused: `turn` ends with the next message of the user. */
export const CACHE_SCOPES = ['turn', 'session'] as const;
/** One of {@link CACHE_SCOPES}. */
export type CacheScope = (typeof CACHE_SCOPES)[number];

/** What is done when values were computed and not used. */
export const UNUSED_RESULT_ACTIONS = ['off', 'warn', 'block-next-tool'] as const;
/** One of {@link UNUSED_RESULT_ACTIONS}. */
export type UnusedResultAction = (typeof UNUSED_RESULT_ACTIONS)[number];
