import { z } from 'zod';
import { tenantSchema } from '../domain/ids.ts';
import { type JsonObject, parseJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';

/** Classes of jobs; one of an earlier class always comes before those of later ones. */
export const JOB_PRIORITIES = ['high', 'normal', 'low'] as const;
/** One of {@link JOB_PRIORITIES}. */
export type JobPriority = (typeof JOB_PRIORITIES)[number];

/** Work to be done once. */
export interface NewJob {
  /**
   * A word, two underscores, then up to 190 letters, digits, dashes and underscores. While a job with this id waits or runs,
   * another one is not taken.
   */
  readonly id: string;
  /** Says what is to be done; letters, digits, dashes and underscores. */
  readonly kind: string;
  /** Whose work it is; tenants get equal turns however much each of them asks for. */
  readonly tenant: string;
  /** References to what the work is about, never its content: a job may be done much later, and its queue may be read by others. */
  readonly payload: JsonObject;
  /** `normal` when not given. */
  readonly priority?: JobPriority | undefined;
  /** Epoch milliseconds before which it does not begin. */
  readonly notBeforeMs?: number | undefined;
}

/** A job that was checked, with everything filled in. */
export interface ParsedJob extends NewJob {
  readonly priority: JobPriority;
  readonly notBeforeMs: number;
}

/** A job as it is given to whoever does it. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  readonly payload: JsonObject;
  /** Which try this is, counting from 1. */
  readonly attempt: number;
  /** How many tries there are at most. */
  readonly attempts: number;
}

/** A job that all tries failed of, or that cannot be done. */
export interface DeadJob {
  readonly id: string;
  readonly kind: string;
  readonly tenant: string;
  readonly payload: JsonObject;
  readonly attempts: number;
  /** Says why in words of ours, without content. */
  readonly reason: string;
  readonly diedAtMs: number;
}

/** What came of a try. A handler that throws is one whose try may be repeated. */
export type JobOutcome =
  | { readonly kind: 'done' }
  /** May be tried again, not before `afterMs` have passed. */
  | { readonly kind: 'failed'; readonly reason: string; readonly afterMs?: number | undefined }
  /** Trying again cannot help. */
  | { readonly kind: 'hopeless'; readonly reason: string };

/** Does a job. The signal aborts when the job is cancelled or its queue closes; then the outcome no longer matters. */
export type JobHandler = (
  job: Job,
  context: { readonly signal: AbortSignal },
) => Promise<JobOutcome>;

const UNSAID: JobOutcome = {
  kind: 'failed',
  reason: 'the handler did not say what came of the job',
};

/** What a handler gave back, which in JavaScript may be anything; a try of which nothing is said failed. */
export function toOutcome(given: Partial<JobOutcome> | undefined): JobOutcome {
  return isOutcome(given) ? given : UNSAID;
}

function isOutcome(value: Partial<JobOutcome> | undefined): value is JobOutcome {
  return value?.kind === 'done' || value?.kind === 'failed' || value?.kind === 'hopeless';
}

/** Bytes of a payload in JSON at most: enough for references, too few for content. */
const MAX_PAYLOAD_LENGTH = 4096;

/** The word and the underscores keep ids apart from the names that a server's queue keeps its own things under. */
export const idSchema: z.ZodString = z
  .string()
  .regex(/^[A-Za-z]{1,10}__[\w-]{1,190}$/, 'a word, two underscores, and a name');

/** Names a kind of job. */
export const kindSchema: z.ZodString = z
  .string()
  .regex(/^[\w-]{1,50}$/, '1 to 50 letters, digits, dashes and underscores');

const newJobSchema = z.strictObject({
  id: idSchema,
  kind: kindSchema,
  tenant: tenantSchema,
  payload: z.unknown(),
  priority: z.enum(JOB_PRIORITIES).optional(),
  notBeforeMs: z.number().int().nonnegative().optional(),
});

/**
 * Checks a job and copies it, so that later changes to the caller's objects do not matter.
 * @throws INVALID_INPUT naming the field.
 */
export function parseNewJob(job: NewJob): ParsedJob {
  const { payload, priority, notBeforeMs, ...names } = parseInput(newJobSchema, job, 'job');
  const whole = parseJsonObject(payload, 'job.payload');
  const isSmall = z.literal(true, { error: `at most ${MAX_PAYLOAD_LENGTH} characters of JSON` });
  parseInput(isSmall, JSON.stringify(whole).length <= MAX_PAYLOAD_LENGTH, 'job.payload');
  return {
    ...names,
    payload: whole,
    priority: priority ?? 'normal',
    notBeforeMs: notBeforeMs ?? 0,
  };
}
