import { describe, expect, test } from 'vitest';
import { Admission, ProcessLoad, type Waiting } from '../../../src/actors/admission.ts';
import { Overloaded } from '../../../src/domain/errors.ts';

const LIMITS = {
  sessionQueue: 2,
  tenantQueue: 3,
  shardQueue: 4,
  shardQueueBytes: 100,
  processQueueBytes: 150,
};

function aCall(options: Partial<Waiting> & { readonly tenant?: string } = {}): Waiting {
  const { tenant = 'tenant-1', sessionQueued = 0, length = 0 } = options;
  return { key: { tenant, sessionId: 'session-1' }, sessionQueued, length };
}

function refusalOf(task: () => void): Overloaded {
  try {
    task();
  } catch (error) {
    if (error instanceof Overloaded) return error;
    throw error;
  }
  throw new Error('the call was admitted');
}

describe('admit', () => {
  test('refuses with scope session when the session has its fill', () => {
    const admission = new Admission(LIMITS);
    expect(refusalOf(() => admission.admit(aCall({ sessionQueued: 2 }))).scope).toBe('session');
  });

  test('refuses with scope tenant when the tenant has its fill, and lets others in', () => {
    const admission = new Admission(LIMITS);
    for (let count = 0; count < 3; count += 1) admission.admit(aCall());
    expect(refusalOf(() => admission.admit(aCall())).scope).toBe('tenant');
    admission.admit(aCall({ tenant: 'tenant-2' }));
    expect(admission.queued).toBe(4);
  });

  test('refuses with scope shard when the shard has its fill', () => {
    const admission = new Admission(LIMITS);
    for (const tenant of ['a', 'b', 'c', 'd']) admission.admit(aCall({ tenant }));
    expect(refusalOf(() => admission.admit(aCall({ tenant: 'e' }))).scope).toBe('shard');
  });

  test('refuses with scope shard when the content would not fit', () => {
    const admission = new Admission(LIMITS);
    admission.admit(aCall({ length: 60 }));
    expect(refusalOf(() => admission.admit(aCall({ length: 41 })))).toMatchObject({
      scope: 'shard',
      data: { limit: 100 },
    });
    admission.admit(aCall({ length: 40 }));
    expect(admission.queued).toBe(2);
  });

  test('refuses with scope process when all shards together hold too much, until one of them lets go', () => {
    const load = new ProcessLoad();
    const [first, second] = [new Admission(LIMITS, load), new Admission(LIMITS, load)];
    first.admit(aCall({ length: 90 }));
    expect(refusalOf(() => second.admit(aCall({ length: 61 })))).toMatchObject({
      scope: 'process',
      data: { limit: 150 },
    });
    second.admit(aCall({ length: 60 }));
    expect(refusalOf(() => first.admit(aCall({ length: 1 }))).scope).toBe('process');
    second.release(aCall({ length: 60 }), 0);
    first.admit(aCall({ length: 1 }));
    expect(load.length).toBe(91);
  });

  test('lets content larger than the bound in when nothing else waits', () => {
    const admission = new Admission(LIMITS);
    admission.admit(aCall({ length: 1000 }));
    expect(admission.queued).toBe(1);
  });

  test('counts nothing of a refused call', () => {
    const admission = new Admission(LIMITS);
    admission.admit(aCall({ length: 100 }));
    refusalOf(() => admission.admit(aCall({ length: 1 })));
    admission.release(aCall({ length: 100 }), 0);
    admission.admit(aCall({ length: 100 }));
    expect(admission.queued).toBe(1);
  });
});

describe('retryAfterMs', () => {
  function retryAfterMs(admission: Admission): number {
    return refusalOf(() => admission.admit(aCall({ sessionQueued: 2 }))).retryAfterMs;
  }

  test('is short while nothing had to wait', () => {
    expect(retryAfterMs(new Admission(LIMITS))).toBe(10);
  });

  test('follows how long calls wait', () => {
    const admission = new Admission(LIMITS);
    for (let count = 0; count < 100; count += 1) {
      admission.admit(aCall());
      admission.release(aCall(), 400);
    }
    expect(retryAfterMs(admission)).toBe(400);
  });

  test('is bounded, however long calls wait', () => {
    const admission = new Admission(LIMITS);
    for (let count = 0; count < 100; count += 1) {
      admission.admit(aCall());
      admission.release(aCall(), 3_600_000);
    }
    expect(retryAfterMs(admission)).toBe(5000);
  });

  test('is found in the data of the error, so that it survives a change of process', () => {
    const refusal = refusalOf(() => new Admission(LIMITS).admit(aCall({ sessionQueued: 2 })));
    expect(refusal).toMatchObject({
      code: 'OVERLOADED',
      retryable: true,
      data: { scope: 'session', retryAfterMs: 10 },
    });
  });
});
