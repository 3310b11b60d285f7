/** How turns are recorded. */
export interface Recording {
  readonly title: string;
  /** Turns that each session holds before. */
  readonly turns: number;
  /** Turns that are recorded into one session before the next one takes its place; null goes round {@link MANY_SESSIONS}. */
  readonly grows: number | null;
  /** Calls under way at the same time. */
  readonly lanes: number;
}

/** What is read of a session. */
export interface Reading {
  readonly what: 'latest messages' | 'context, approximate' | 'context, exact';
  /** Turns of the session. */
  readonly turns: number;
  /** Messages, or tokens of the context. */
  readonly amount: number;
}

/** What a library's process is asked to do: one sample of it. */
export type Task =
  | { readonly kind: 'record'; readonly recording: Recording }
  | { readonly kind: 'read'; readonly reading: Reading };

/** What it measured. */
export interface Sample {
  /** Processor time of one turn, or of one call, in microseconds. */
  readonly microseconds: number;
  /** How many turns or calls it was. */
  readonly operations: number;
}

/** What a library's process says of itself when it is ready. */
export interface Description {
  readonly name: string;
  readonly maxTurns: number;
  readonly maxExactTurns: number;
  readonly buildsContexts: boolean;
}

/** Sessions that turns go round. */
export const MANY_SESSIONS = 1000;
