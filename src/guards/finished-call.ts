/** A call that ended. */
export interface FinishedCall {
  readonly toolName: string;
  /** Those that the tool was called with. */
  readonly arguments: unknown;
  readonly result: unknown;
  /** Default false. */
  readonly hasFailed?: boolean | undefined;
  /** Whether the result gets a name; default true for calls that did not fail. */
  readonly isBound?: boolean | undefined;
  readonly aliases?: readonly string[] | undefined;
}
