import { createMemoryArtifactStore } from '../../../src/artifacts/memory-artifact-store.ts';
import { describeArtifactStore } from '../../../src/testing/index.ts';

describeArtifactStore(
  'memory artifact store',
  ({ clock }) => ({ store: createMemoryArtifactStore({}, clock) }),
  { modelRuns: 200 },
);
