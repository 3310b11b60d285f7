import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SessionKey } from '../domain/ids.ts';
import type { SummaryWish } from '../domain/summary-wish.ts';
import type { Job, NewJob } from './job.ts';

/** The kind of jobs that ask for a better summary of a closed segment. */
const SUMMARISE = 'summarise';

/** A closed segment, or several with one summary together, that wait for a better one. */
export interface SummaryJob extends SummaryWish {
  readonly key: SessionKey;
  /** The life of the session whose segment it is: another one may take the id while the summary is written. */
  readonly lifeId: string;
  /** A longer summary is refused: it would not fit beside what it stands next to. */
  readonly maxTokens: number;
}

/** The job of a session's own is named by its payload; the tenant stands beside it. */
const payloadSchema = z.strictObject({
  sessionId: z.string(),
  lifeId: z.string(),
  segment: z.int().positive(),
  fromSegment: z.int().positive(),
  level: z.int().nonnegative(),
  fromPosition: z.int().positive(),
  toPosition: z.int().positive(),
  version: z.int().positive(),
  hash: z.string().max(100),
  revision: z.int().positive(),
  maxTokens: z.int().nonnegative(),
});

/**
 * The same id for the same summary, whoever asks for it: `sum__<hash>__<segments>__r<revision>`, where the hash is one of tenant,
 * session and life, and several segments are their first and their last number. It holds no name, since ids of jobs are shown to operators.
 */
export function summaryJobId(job: SummaryJob): string {
  const { key, lifeId, segment, fromSegment, revision } = job;
  const names = [key.tenant, key.sessionId, lifeId].join('\u0000');
  const hash = createHash('sha1').update(names).digest('base64url');
  const segments = fromSegment === segment ? segment : `${fromSegment}-${segment}`;
  return `sum__${hash}__${segments}__r${revision}`;
}

/** What a queue keeps of it. */
export function toQueuedJob(job: SummaryJob): NewJob {
  const { key, ...rest } = job;
  const { tenant, sessionId } = key;
  return { id: summaryJobId(job), kind: SUMMARISE, tenant, payload: { sessionId, ...rest } };
}

/** What a queue kept; null for what another version of this package wrote in a way that is not understood. */
export function fromQueuedJob({ tenant, payload }: Job): SummaryJob | null {
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) return null;
  const { sessionId, ...rest } = parsed.data;
  return { key: { tenant, sessionId }, ...rest };
}
