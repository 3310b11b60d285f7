import { formatCount, formatDuration, formatSize, formatSpending } from '../text/figures.ts';
import { safeLine } from '../text/safe-text.ts';
import { type Column, formatTable } from '../text/table.ts';
import type { TrackedFigures, TrackingReport } from './tracking-report.ts';

const COLUMNS: readonly Column[] = [
  { title: 'tenant', align: 'left' },
  { title: 'sessions', align: 'right' },
  { title: 'messages', align: 'right' },
  { title: 'tool calls', align: 'right' },
  { title: 'tokens', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'segments', align: 'right' },
];

/** The report as lines for people. */
export function formatTracking({ tenants, totals }: TrackingReport): readonly string[] {
  const rows = tenants.map((tenant) => [safeLine(tenant.tenant), ...cells(tenant)]);
  const label = totals.tenants === 1 ? '1 tenant' : `${formatCount(totals.tenants)} tenants`;
  const table = formatTable(COLUMNS, [...rows, [label, ...cells(totals)]]);
  const rule = '-'.repeat(table.reduce((widest, line) => Math.max(widest, line.length), 0));
  const speed = `${formatCount(totals.messagesPerSecond)} messages a second`;
  return [
    ...table.slice(0, -1),
    rule,
    ...table.slice(-1),
    '',
    `Recorded in ${formatDuration(totals.elapsedMs)}: ${speed}.`,
  ];
}

function cells(figures: TrackedFigures): readonly string[] {
  return [
    formatCount(figures.sessions),
    formatCount(figures.messages),
    formatCount(figures.toolCalls),
    formatSize(figures.tokens),
    formatSpending(figures),
    formatCount(figures.segments),
  ];
}
