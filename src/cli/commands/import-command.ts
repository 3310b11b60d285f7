import { withArchive } from '../archive/opened-archive.ts';
import { restoredLines } from '../archive/session-archive.ts';
import { formatHeader } from '../archive/session-header.ts';
import { parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { assertNoInput, isStandardOutput, printOrWrite } from '../output.ts';
import { formatCount } from '../text/figures.ts';

const OPTIONS = { out: { type: 'string' } } as const;

/** `pagefold import`: restores an exported session and says what it holds. */
export const importCommand: Command = {
  name: 'import',
  summary: 'restore an exported session, check it and say what it holds',
  usage: `Usage: pagefold import SESSION-EXPORT [--out FILE]

Restores a session from what export wrote, checks that it reads back and adds up, and prints what it holds.
SESSION-EXPORT may be - for standard input.

  --out FILE          also write it again, byte for byte the same, to no file that is read; - is
                      standard output, and what it holds is said on standard error then`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    const path = parsed.only('session export');
    const out = parsed.text('out');
    await assertNoInput(terminal, out, [path]);
    await withArchive(path, terminal, async ({ pagefold, restored, session, stats }) => {
      if (out !== null) await printOrWrite(terminal, out, restoredLines(pagefold, restored));
      const origins = restored.length - 1;
      const forked = origins === 0 ? [] : [`restored with ${formatCount(origins)} it is a fork of`];
      const lines = [...formatHeader(session, stats), ...forked];
      const text = `${lines.join('\n')}\n`;
      if (out !== null && isStandardOutput(out)) terminal.warn(text);
      else await terminal.print(text);
    });
  },
};
