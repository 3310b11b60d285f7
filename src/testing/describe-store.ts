import { describe, expect, test } from 'vitest';
import { appendCases, invalidAppendCases } from './store/append.ts';
import { concurrencyCases } from './store/concurrency.ts';
import { conflictCases, regressionCases } from './store/conflicts.ts';
import { eraseCases } from './store/erase.ts';
import { faultCases } from './store/faults.ts';
import { idempotencyCases, lateWriteCases } from './store/idempotency.ts';
import { isolationCases } from './store/isolation.ts';
import { lifecycleCases, restartCases } from './store/lifecycle.ts';
import { listingFilterCases, listingOrderCases } from './store/listing.ts';
import { checkAgainstModel } from './store/model-commands.ts';
import { outboxCases } from './store/outbox.ts';
import { snapshotCases } from './store/snapshots.ts';
import { type CreateStore, type StoreCases, withStore } from './store/store-subject.ts';
import { tailCases } from './store/tails.ts';
import { timeToLiveCases } from './store/ttl.ts';

/** What a store promises beyond the contract, and how long the suite may take. */
export interface DescribeStoreOptions {
  /** Also run the tests that reopen the data in a new process; the harness must have `restart`. */
  readonly restarts?: boolean;
  /** Random sequences compared with the reference model; 100 when not given. */
  readonly modelRuns?: number;
}

const DEFAULT_MODEL_RUNS = 100;

const TOPICS: Readonly<Record<string, StoreCases>> = {
  append: appendCases,
  'invalid values': invalidAppendCases,
  'repeated writes': idempotencyCases,
  'late writes': lateWriteCases,
  conflicts: conflictCases,
  'lost history': regressionCases,
  tails: tailCases,
  'time to live': timeToLiveCases,
  isolation: isolationCases,
  'order of listings': listingOrderCases,
  'conditions of listings': listingFilterCases,
  outbox: outboxCases,
  snapshots: snapshotCases,
  erasure: eraseCases,
  concurrency: concurrencyCases,
  faults: faultCases,
  lifecycle: lifecycleCases,
};

/**
 * Runs the whole contract of a store under vitest, for any implementation. Times are tested by moving the clock that is given,
 * so the store must read no other. One that reads the machine's, as `createMemoryStore` does, passes with vitest's faked `Date`,
 * set to the clock when it is made and in `advance`.
 * @example
 * describeStore('my store', async ({ clock }) => ({ store: await openMyStore({ clock }) }));
 */
export function describeStore(
  name: string,
  create: CreateStore,
  options: DescribeStoreOptions = {},
): void {
  const topics = options.restarts === true ? { ...TOPICS, restarts: restartCases } : TOPICS;
  describe(`${name}: contract of a store`, () => {
    describe.each(Object.entries(topics))('%s', (_topic, cases) => {
      test.each(Object.entries(cases))('%s', async (_title, run) => {
        expect.hasAssertions();
        await withStore(create, run);
      });
    });
    test('answers every sequence of calls as the reference model does', async () => {
      expect.hasAssertions();
      await checkAgainstModel(create, options.modelRuns ?? DEFAULT_MODEL_RUNS);
    });
  });
}
