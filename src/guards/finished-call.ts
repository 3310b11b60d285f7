/** A call that ended. */
export interface FinishedCall {
  readonly toolName: string;
  /** Those that the tool was called with. */
  readonly arguments: unknown;
  readonly result: unknown;
  /** Default: whether the result is a failure by what it says, such as `{ status: 'error', message: '…' }`. */
  readonly hasFailed?: boolean | undefined;
  /** Whether the result gets a name; default true for calls that did not fail. */
  readonly isBound?: boolean | undefined;
  readonly aliases?: readonly string[] | undefined;
  /**
   * `writeCount` of the state when the call began: what a tool read is not kept when something was written meanwhile. Default: the
   * call is taken to have begun after all of them.
   */
  readonly writesBefore?: number | undefined;
}
