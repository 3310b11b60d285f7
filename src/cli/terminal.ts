/** Everything a command knows of the process it runs in. */
export interface Terminal {
  /** Columns of standard output. */
  readonly columns: number;
  /** Whether somebody watches standard error, so that progress may be shown there. */
  readonly isWatched: boolean;
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Resolves when the process is to end, by the wish of the user or of whoever runs it. */
  untilStopped(): Promise<void>;
  /** Writes to standard output; resolves when more may be written. */
  print(text: string): Promise<void>;
  /** Writes to standard error. */
  warn(text: string): void;
  /** The content of a file, of standard input for `-`. @throws INVALID_INPUT when it cannot be read. */
  readFile(path: string): Promise<Uint8Array>;
  /** Where a file really is, past links and other ways to it; null when it is not there, or cannot be found out. */
  realPath(path: string): Promise<string | null>;
  /** Writes a file that is there whole or not at all. */
  writeFile(path: string, chunks: AsyncIterable<string>): Promise<void>;
  /** Milliseconds since some moment; never goes back. */
  nowMs(): number;
}
