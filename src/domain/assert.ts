/** Closes an exhaustive switch: compiles only when every case is handled. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected case: ${JSON.stringify(value)}`);
}
