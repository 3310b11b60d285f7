import type { Job as BullJob, JobsOptions } from 'bullmq';
import type { JsonObject } from '../../domain/json.ts';
import type { DeadJob, Job, ParsedJob } from '../job.ts';
import { NO_TENANT } from '../local-queue.ts';
import type { RetryPolicy } from '../retry-policy.ts';

/** What a job of ours is in BullMQ, beside its name and options. */
export interface BullData {
  readonly tenant: string;
  readonly payload: JsonObject;
}

/** Name of the way in which pauses between tries are computed. */
const BACKOFF = 'pagefold';

const SECONDS_OF_A_WEEK = 7 * 24 * 3600;

/** What is kept with a job. */
export function toBullData({ tenant, payload }: ParsedJob): BullData {
  return { tenant, payload };
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

/** What is kept with a job that BullMQ hands over; jobs that a queue adds by itself have nothing. */
function readBullData(job: BullJob): BullData {
  const data: unknown = job.data;
  if (typeof data !== 'object' || data === null) return { tenant: NO_TENANT, payload: {} };
  const tenant: unknown = Reflect.get(data, 'tenant');
  const payload: unknown = Reflect.get(data, 'payload');
  return {
    tenant: typeof tenant === 'string' ? tenant : NO_TENANT,
    payload: isPayload(payload) ? payload : {},
  };
}

/** It was read as JSON; whoever does the job checks what stands in it. */
function isPayload(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
