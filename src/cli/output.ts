import type { Terminal } from './terminal.ts';

/** How files are named that stand for standard input and output. */
const STREAM = '-';

/** Whether what is written there goes to standard output. */
export function isStandardOutput(path: string | null): boolean {
  return path === null || path === STREAM;
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
