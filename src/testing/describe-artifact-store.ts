import { describe, expect, test } from 'vitest';
import {
  type ArtifactCases,
  type CreateArtifactStore,
  withArtifactStore,
} from './artifacts/artifact-subject.ts';
import { contentCases, rangeCases } from './artifacts/content.ts';
import { invalidCases, isolationCases } from './artifacts/isolation.ts';
import { deletionCases, listingCases, tierCases } from './artifacts/lifecycle.ts';
import { checkAgainstArtifactModel } from './artifacts/model.ts';

const TOPICS: Readonly<Record<string, ArtifactCases>> = {
  content: contentCases,
  ranges: rangeCases,
  tiers: tierCases,
  deletion: deletionCases,
  listings: listingCases,
  isolation: isolationCases,
  'invalid values': invalidCases,
};

/** How long the suite of artifact stores may take. */
export interface DescribeArtifactStoreOptions {
  /** Random sequences of calls compared with a plain map; 50 when not given. */
  readonly modelRuns?: number;
}

const DEFAULT_MODEL_RUNS = 50;

/**
 * Runs the whole contract of an artifact store under vitest, for any implementation.
 * @example
 * describeArtifactStore('my store', async ({ clock }) => ({ store: await openMyArtifacts({ clock }) }));
 */
export function describeArtifactStore(
  name: string,
  create: CreateArtifactStore,
  options: DescribeArtifactStoreOptions = {},
): void {
  describe(`${name}: contract of an artifact store`, () => {
    describe.each(Object.entries(TOPICS))('%s', (_topic, cases) => {
      test.each(Object.entries(cases))('%s', async (_title, run) => {
        expect.hasAssertions();
        await withArtifactStore(create, run);
      });
    });
    test('answers every sequence of calls as a map of contents does', async () => {
      expect.hasAssertions();
      await checkAgainstArtifactModel(create, options.modelRuns ?? DEFAULT_MODEL_RUNS);
    });
  });
}
