import { archiveLines } from '../archive/session-archive.ts';
import { parseArguments } from '../arguments.ts';
import type { PlannedFamily, PlannedSession } from '../chat-export/tracking-plan.ts';
import type { Command } from '../command.ts';
import { assertNoInput, printOrWrite } from '../output.ts';
import { chooseOne, withTracked } from '../tracking.ts';
import { readTrackingOptions, TRACKING_OPTIONS, TRACKING_USAGE } from '../tracking-options.ts';

const OPTIONS = { ...TRACKING_OPTIONS, out: { type: 'string' } } as const;

/** `pagefold export`: records chat exports and writes one of the sessions. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'record chat exports and write one session, records and all',
  usage: `Usage: pagefold export FILE... [OPTIONS]

Records chat exports as track does, and writes one session as lines of JSON that import and show read: a header, then one
record a line. A fork comes with the sessions it was forked from.

  --out FILE          write there instead of standard output, which - stands for; no file that is read
${TRACKING_USAGE}`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    const options = readTrackingOptions(parsed);
    const out = parsed.text('out');
    await assertNoInput(terminal, out, options.files);
    await withTracked(options, terminal, async ({ pagefold, families }) => {
      const { tenant, sessionId } = theOne(families, options.sessionId);
      const lines = archiveLines(pagefold, pagefold.session(sessionId, { tenant }));
      await printOrWrite(terminal, out, lines);
    });
  },
};

/** The session that was asked for, or the only conversation itself. */
function theOne(families: readonly PlannedFamily[], sessionId: string | null): PlannedSession {
  const [family, ...others] = families;
  const session = family?.find((one, index) =>
    sessionId === null ? index === 0 : one.sessionId === sessionId,
  );
  if (session === undefined || others.length > 0) throw chooseOne(families);
  return session;
}
