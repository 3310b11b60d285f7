import { withArchive } from '../archive/opened-archive.ts';
import { formatTranscript } from '../archive/transcript.ts';
import { parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';

const OPTIONS = { full: { type: 'boolean' } } as const;

/** `pagefold show`: prints an exported session for people. */
export const showCommand: Command = {
  name: 'show',
  summary: 'print an exported session for people',
  usage: `Usage: pagefold show SESSION-EXPORT [--full]

Prints what export wrote: figures, then the turns of each segment with tool calls, then its summary. Control characters
are shown, not obeyed. SESSION-EXPORT may be - for standard input.

  --full              long texts to their end`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    const path = parsed.only('session export');
    await withArchive(path, terminal, async ({ session, stats }) => {
      const options = { columns: terminal.columns, isFull: parsed.has('full') };
      // In order, and no faster than the reader takes them.
      for (const line of formatTranscript(session, stats, options)) {
        await terminal.print(`${line}\n`);
      }
    });
  },
};
