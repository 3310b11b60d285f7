/** A timer that was set and can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from; the one real implementation lives in the composition root, tests bring their own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Runs the task once after `delayMs`; a background timer does not keep the process alive by itself. */
  setTimer(delayMs: number, task: () => void, options?: { readonly isBackground?: boolean }): Timer;
}
