import type { Terminal } from './terminal.ts';

/** One command of the program. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** How to use it, for `--help`. */
  readonly usage: string;
  /** Does it. @throws INVALID_INPUT for what the user can correct. */
  run(args: readonly string[], terminal: Terminal): Promise<void>;
}
