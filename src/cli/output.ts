import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** How files are named that stand for standard input and output. */
const STREAM = '-';

/** Whether what is written there goes to standard output. */
export function isStandardOutput(path: string | null): boolean {
  return path === null || path === STREAM;
}

/**
 * Refuses to write over a file that is read, under whichever path or link it is named.
 * @throws INVALID_INPUT
 */
export async function assertNoInput(
  terminal: Terminal,
  path: string | null,
  inputs: readonly string[],
): Promise<void> {
  if (path === null || isStandardOutput(path)) return;
  const target = await terminal.realPath(path);
  if (target === null) return;
  const named = inputs.filter((input) => input !== STREAM);
  const read = await Promise.all(named.map((input) => terminal.realPath(input)));
  if (read.includes(target)) throw new UsageError(`--out ${path} would write over what is read`);
}

/** Writes text to a file, or to standard output when none is named, or `-`. */
export async function printOrWrite(
  terminal: Terminal,
  path: string | null,
  chunks: AsyncIterable<string>,
): Promise<void> {
  if (path !== null && !isStandardOutput(path)) {
    await terminal.writeFile(path, chunks);
    return;
  }
  // In order, and no faster than the reader takes them.
  for await (const chunk of chunks) await terminal.print(chunk);
}
