import { parseArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { reportTracking } from '../replay/tracking-report.ts';
import { formatTracking } from '../replay/tracking-table.ts';
import { withTracked } from '../tracking.ts';
import { readTrackingOptions, TRACKING_OPTIONS, TRACKING_USAGE } from '../tracking-options.ts';

const OPTIONS = { ...TRACKING_OPTIONS, json: { type: 'boolean' } } as const;

/** `pagefold track`: records chat exports and says what they come to. */
export const trackCommand: Command = {
  name: 'track',
  summary: 'record chat exports and say what they come to',
  usage: `Usage: pagefold track FILE... [OPTIONS]

Records chat exports, many sessions at once, and prints messages, tool calls, tokens, money and segments by tenant.

  --json              print one JSON document instead of a table
${TRACKING_USAGE}`,
  async run(args, terminal) {
    const parsed = parseArguments(args, OPTIONS);
    await withTracked(readTrackingOptions(parsed), terminal, async (tracked) => {
      const report = await reportTracking(tracked.pagefold, tracked);
      const text = parsed.has('json')
        ? JSON.stringify(report, null, 2)
        : formatTracking(report).join('\n');
      await terminal.print(`${text}\n`);
    });
  },
};
