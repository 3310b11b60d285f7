import { describe, expect, test } from 'vitest';
import {
  fromQueuedJob,
  type SummaryJob,
  summaryJobId,
  toQueuedJob,
} from '../../../src/queue/summary-job.ts';

const JOB: SummaryJob = {
  key: { tenant: 'acme', sessionId: 'support: 42' },
  lifeId: 'life-1',
  segment: 3,
  fromSegment: 3,
  level: 0,
  version: 44,
  hash: 'a1b2',
  fromPosition: 21,
  toPosition: 40,
  revision: 1,
  maxTokens: 500,
};

describe('a summary as a job of a queue', () => {
  test('comes back as it was', () => {
    const queued = toQueuedJob(JOB);

    expect(fromQueuedJob({ ...queued, attempt: 1, attempts: 3 })).toEqual(JOB);
  });

  test('is known by an id that names nobody and is the same wherever it is made', () => {
    const id = summaryJobId(JOB);

    expect(id).toMatch(/^sum__[\w-]{27}__3__r1$/);
    expect(summaryJobId({ ...JOB, key: { ...JOB.key } })).toBe(id);
  });

  test('of several segments names the first and the last', () => {
    expect(summaryJobId({ ...JOB, fromSegment: 1, level: 1 })).toMatch(/^sum__[\w-]{27}__1-3__r1$/);
  });

  test.each([
    ['another tenant', { key: { ...JOB.key, tenant: 'b' } }],
    ['another session', { key: { ...JOB.key, sessionId: 's' } }],
    ['text moved from one name to the next', { key: { tenant: 'acmes', sessionId: 'upport: 42' } }],
    ['another life', { lifeId: 'life-2' }],
    ['another segment', { segment: 4, fromSegment: 4 }],
    ['several segments', { fromSegment: 1 }],
    ['another revision', { revision: 2 }],
  ])('is another one for %s', (_what, change) => {
    expect(summaryJobId({ ...JOB, ...change })).not.toBe(summaryJobId(JOB));
  });

  test('is not understood when somebody else wrote it', () => {
    const { payload, ...job } = { ...toQueuedJob(JOB), attempt: 1, attempts: 3 };

    expect(fromQueuedJob({ ...job, payload: { ...payload, segment: 0 } })).toBeNull();
    expect(fromQueuedJob({ ...job, payload: {} })).toBeNull();
  });
});
