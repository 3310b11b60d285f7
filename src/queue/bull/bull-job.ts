import type { Job as BullJob, JobsOptions } from 'bullmq';
import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import {
  type DeadJob,
  type Job,
  JOB_PRIORITIES,
  type JobPriority,
  type ParsedJob,
} from '../job.ts';
import { NO_TENANT } from '../local-queue.ts';
import type { RetryPolicy } from '../retry-policy.ts';

/** What a job of ours is in BullMQ, beside its name and options. */
export interface BullData {
  readonly tenant: string;
  readonly priority: JobPriority;
  readonly payload: JsonObject;
}

/** Name of the way in which pauses between tries are computed. */
const BACKOFF = 'pagefold';

const SECONDS_OF_A_WEEK = 7 * 24 * 3600;

/** Jobs that a queue adds by itself have no data. */
const dataSchema = z.object({
  tenant: z.string().default(NO_TENANT),
  priority: z.enum(JOB_PRIORITIES).default('normal'),
  payload: z.record(z.string(), z.json()).default({}),
});

/** What is kept with a job. */
export function toBullData({ tenant, priority, payload }: ParsedJob): BullData {
  return { tenant, priority, payload };
}

/** How BullMQ is to treat a job. An id is free again as soon as its job is done. */
export function toBullOptions(
  job: ParsedJob,
  how: {
    readonly turn: number;
    readonly nowMs: number;
    readonly retries: RetryPolicy;
    readonly maxDead: number;
  },
): JobsOptions {
  return {
    jobId: job.id,
    priority: how.turn,
    delay: Math.max(0, job.notBeforeMs - how.nowMs),
    attempts: how.retries.attempts,
    backoff: { type: BACKOFF },
    removeOnComplete: true,
    removeOnFail: { age: SECONDS_OF_A_WEEK, count: how.maxDead },
    stackTraceLimit: 0,
    keepLogs: 0,
  };
}

/** What is kept with a job that BullMQ hands over. */
export function readBullData(job: BullJob): BullData {
  return dataSchema.parse(job.data ?? {});
}

/** A job for its handler. */
export function toJob(job: BullJob): Job {
  const { tenant, payload } = readBullData(job);
  return {
    id: idOf(job),
    kind: job.name,
    tenant,
    payload,
    attempt: job.attemptsMade + 1,
    attempts: job.opts.attempts ?? 1,
  };
}

/** A job that BullMQ keeps as failed. */
export function toDeadJob(job: BullJob): DeadJob {
  const { tenant, payload } = readBullData(job);
  return {
    id: idOf(job),
    kind: job.name,
    tenant,
    payload,
    attempts: job.attemptsMade,
    reason: job.failedReason,
    diedAtMs: job.finishedOn ?? job.timestamp,
  };
}

/** The id of a job; BullMQ has given it one when it hands it over. */
export function idOf(job: BullJob): string {
  return job.id ?? '';
}
