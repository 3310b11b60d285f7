/** Long-lived tasks in threads of their own. */
export interface Threads {
  /**
   * Runs a shard loop in a free thread until it is over. Rejects when the thread ends or, which ends it too, when the signal is
   * aborted.
   */
  run(
    task: object,
    options: { readonly signal: AbortSignal; readonly transferList: readonly object[] },
  ): Promise<unknown>;
  /** Ends all threads. */
  close(): Promise<void>;
}

/** How many threads there are, and what runs in them. */
export interface ThreadsOptions {
  readonly count: number;
  /** A module whose default export is the task. */
  readonly file: string;
  readonly heapMb: number;
}
