/** Long-lived tasks in threads of their own. */
export interface Threads {
  /**
   * Runs a shard loop in a free thread until it is over. Rejects when the thread ends or, which ends it too, when the signal is
   * aborted; with a `ThreadExit` when it ended by itself.
   */
  run(task: object, options: RunOptions): Promise<unknown>;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** How a task is run. */
export interface RunOptions {
  readonly signal: AbortSignal;
  readonly transferList: readonly object[];
  /** A thread could not start, and it may be the one that this task has been waiting for. */
  readonly onFailedThread: (error: unknown) => void;
}

/** How many threads there are, and what runs in them. */
export interface ThreadsOptions {
  readonly count: number;
  /** A module whose default export is the task. */
  readonly file: string;
  readonly heapMb: number;
}
