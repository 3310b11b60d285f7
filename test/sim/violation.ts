/** Every promise that is checked. */
export const RULES = [
  'answered-in-time',
  'one-append-at-a-time',
  'acknowledged-is-recorded',
  'at-most-once',
  'refused-has-no-effect',
  'refusal-is-true',
  'error-is-expected',
  'order-is-kept',
  'state-is-a-prefix',
  'fresh-is-fresh',
  'never-backwards',
  'loss-is-reported',
  'loss-is-real',
  'one-close-per-segment',
  'one-record-per-key',
  'sums-agree',
  'log-is-contiguous',
  'processes-agree',
  'memory-once',
  'memory-is-guarded',
  'memory-budget',
  'memories-agree',
  'content-is-readable',
  'context-fits',
  'context-repeats-nothing',
  'context-is-rebuilt',
] as const;
/** One of {@link RULES}. */
export type Rule = (typeof RULES)[number];

/** A promise that was broken. */
export interface Violation {
  readonly rule: Rule;
  readonly sessionId: string | null;
  /** What happened, in one sentence. */
  readonly text: string;
}
