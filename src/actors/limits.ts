/** Bounds and times of actors; see the defaults for what they are good for. */
export interface ActorLimits {
  /** Commands one session may have queued. */
  readonly sessionQueue: number;
  /** Commands one tenant may have queued in a shard. */
  readonly tenantQueue: number;
  /** Commands a shard may have queued. */
  readonly shardQueue: number;
  /** Content waiting in a shard, in UTF-16 units of its JSON (roughly bytes). */
  readonly shardQueueBytes: number;
  /** The same in all shards of this process together, those of other runtimes included. */
  readonly processQueueBytes: number;
  /** Calls that a tenant has carried out before it is the turn of the next one that waits, times its weight. */
  readonly turnShare: number;
  /** Tenants whose share is larger or smaller than that of others, which is 1. */
  readonly tenantWeights: Readonly<Record<string, number>>;
  /** Calls carried out in one turn of the event loop. */
  readonly sliceCommands: number;
  /** Records and characters that go into one commit. */
  readonly commitRecords: number;
  readonly commitLength: number;
  /** Commits tried again after losing to another writer before SESSION_CONFLICT. */
  readonly conflictRounds: number;
  /** How long a commit of unknown outcome is asked about before UNKNOWN_OUTCOME, and the pauses between. */
  readonly retryHorizonMs: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Sessions loaded from the store at once. */
  readonly hydrations: number;
  /** Events after which a snapshot is taken, and how many make one worth it on passivation. */
  readonly snapshotEvents: number;
  readonly passivationSnapshotEvents: number;
  /** Idle activations go after this time, or earlier when they exceed the byte budget. */
  readonly idleTimeoutMs: number;
  readonly idleScanMs: number;
  readonly activationBytes: number;
}

/** Measured or reasoned defaults; `docs/architecture.md` says where each comes from. */
export const DEFAULT_ACTOR_LIMITS: ActorLimits = {
  sessionQueue: 256,
  tenantQueue: 1000,
  shardQueue: 8192,
  shardQueueBytes: 64 * 1024 * 1024,
  processQueueBytes: 256 * 1024 * 1024,
  turnShare: 8,
  tenantWeights: {},
  sliceCommands: 64,
  commitRecords: 512,
  commitLength: 1_000_000,
  conflictRounds: 64,
  retryHorizonMs: 30_000,
  retryFirstMs: 20,
  retryMaxMs: 1000,
  hydrations: 64,
  snapshotEvents: 128,
  passivationSnapshotEvents: 64,
  // Stores remember for ten minutes that a session was removed: whoever asks them later would take it for history that was lost.
  idleTimeoutMs: 300_000,
  idleScanMs: 30_000,
  activationBytes: 256 * 1024 * 1024,
};
