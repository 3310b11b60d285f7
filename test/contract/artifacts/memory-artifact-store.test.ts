import { createMemoryArtifactStore } from '../../../src/artifacts/memory-artifact-store.ts';
import { describeArtifactStore } from '../../../src/testing/index.ts';

describeArtifactStore(
  'M-172: memory artifact store',
  ({ clock }) => ({ store: createMemoryArtifactStore({}, clock) }),
  { modelRuns: 200 },
);
