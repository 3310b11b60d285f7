import type { Terminal } from './terminal.ts';

/** Writes text to a file, or to standard output when none is named. */
export async function printOrWrite(
  terminal: Terminal,
  path: string | null,
  chunks: AsyncIterable<string>,
): Promise<void> {
  if (path !== null) {
    await terminal.writeFile(path, chunks);
    return;
  }
  // In order, and no faster than the reader takes them.
  for await (const chunk of chunks) await terminal.print(chunk);
}
