/** A Lua script by the hash that the server knows it by, and its text for a server that does not. */
export interface RedisScript {
  readonly name: string;
  /** Whether it changes nothing, so that a failure of it is always for certain. */
  readonly isReadOnly: boolean;
  readonly sha1: string;
  readonly text: string;
}

/** One call of a script. */
export interface ScriptCall {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** Where a write has to be before it is acknowledged, besides in the memory of the server. */
export interface Keeping {
  /** How many replicas have it. */
  readonly replicas: number;
  /** Whether it is in the files of the server, and of those replicas. */
  readonly isFlushed: boolean;
}

/**
 * What the store needs of a Redis client, so that another one is a day's work. Everything sent may arrive twice when a
 * connection breaks, and a call that was given up may arrive late.
 */
export interface RedisPort {
  /** Whether keys of several buckets cannot be used in one call. */
  readonly isCluster: boolean;
  /** @throws STORAGE_ERROR when nothing happened, UNKNOWN_OUTCOME when it may have, OVERLOADED when the server is full. */
  run(call: ScriptCall): Promise<unknown>;
  /** As {@link run}; resolves once the write is kept so, and throws UNKNOWN_OUTCOME when it is not in time. */
  runKept(call: ScriptCall, keeping: Keeping): Promise<unknown>;
  /** Connects and checks the server; rejects when it cannot be used. */
  open(): Promise<void>;
  /** Sends what is under way and ends the connection. */
  close(): Promise<void>;
}
