import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SessionKey } from '../domain/ids.ts';
import type { Job, NewJob } from './job.ts';

/** The kind of jobs that ask for a better summary of a closed segment. */
const SUMMARISE = 'summarise';

/** A closed segment that waits for a better summary. */
export interface SummaryJob {
  readonly key: SessionKey;
  /** The life of the session whose segment it is: another one may take the id while the summary is written. */
  readonly lifeId: string;
  readonly segment: number;
  /** Where the segment begins and ends in the log; one with other ends is another one. */
  readonly fromPosition: number;
  readonly toPosition: number;
  /** The revision that the summary becomes. A segment that has one as new already needs none. */
  readonly revision: number;
  /** A longer summary is refused: it would not fit beside what it stands next to. */
  readonly maxTokens: number;
}

/** The job of a session's own is named by its payload; the tenant stands beside it. */
const payloadSchema = z.strictObject({
  sessionId: z.string(),
  lifeId: z.string(),
  segment: z.int().positive(),
  fromPosition: z.int().positive(),
  toPosition: z.int().positive(),
  revision: z.int().positive(),
  maxTokens: z.int().nonnegative(),
});

/**
 * The same id for the same summary, whoever asks for it: `sum__<hash>__<segment>__r<revision>`, where the hash is one of tenant,
 * session and life. It holds no name, since ids of jobs are shown to operators.
 */
export function summaryJobId({ key, lifeId, segment, revision }: SummaryJob): string {
  const names = [key.tenant, key.sessionId, lifeId].join('\u0000');
  const hash = createHash('sha1').update(names).digest('base64url');
  return `sum__${hash}__${segment}__r${revision}`;
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
