export type { ArtifactStoreHarness, CreateArtifactStore } from './artifacts/artifact-subject.ts';
export {
  describeArtifactStore,
  type DescribeArtifactStoreOptions,
} from './describe-artifact-store.ts';
export { describeExecutor } from './describe-executor.ts';
export { describeQueue } from './describe-queue.ts';
export { describeStore, type DescribeStoreOptions } from './describe-store.ts';
export {
  FATES,
  type Fate,
  type FaultPlan,
  scriptedFaults,
  type SeededFaultOptions,
  seededFaults,
  type StoreMethod,
} from './fault-plan.ts';
export {
  type FaultyStore,
  faultyStore,
  type InjectedFault,
  type LateAnswer,
} from './faulty-store.ts';
export type { CreateExecutor } from './executor/executor-subject.ts';
export type { CreateQueue, QueueHarness, QueueTestSettings } from './queue/queue-subject.ts';
export { seededRandom, type SeededRandom } from './seeded-random.ts';
export type { CreateStore, StoreHarness } from './store/store-subject.ts';
export {
  aCount,
  aKey,
  anAppend,
  aWriter,
  FOREVER,
  type SequencedWriter,
  someRecords,
} from './store-builders.ts';
export { runTimersUntil, type VirtualClock, virtualClock } from './virtual-clock.ts';
