import { formatCount, formatDuration, formatSize, formatSpending } from '../text/figures.ts';
import { safeLine } from '../text/safe-text.ts';
import { type Column, formatTable } from '../text/table.ts';
import type { UnpricedModel } from './unpriced-model.ts';
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

/** Models named that have no price. */
const NAMED_MODELS = 5;

const NOTES = [
  'Tokens are those of messages and tool calls; system prompts and summaries come on top in every prompt.',
  'Cost is an estimate: the prompts pagefold would send, summaries and system prompt included, and the answers, at the',
  'price of the model that an answer names, or that of --model. Usage that an answer brings along is priced instead.',
] as const;

/** The report as lines for people. */
export function formatTracking({ tenants, totals, unpriced }: TrackingReport): readonly string[] {
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
    ...NOTES,
    ...unpricedLines(unpriced),
  ];
}

function unpricedLines(unpriced: readonly UnpricedModel[]): readonly string[] {
  const more = unpriced.length - NAMED_MODELS;
  return [
    ...unpriced.slice(0, NAMED_MODELS).map((one) => `Unpriced: ${safeLine(reasonOf(one))}.`),
    ...(more > 0 ? [`Unpriced: ${formatCount(more)} more models.`] : []),
  ];
}

function reasonOf({ model, provider, reason }: UnpricedModel): string {
  if (provider === null) return `the price list has no model ${model}`;
  if (reason === 'unknown-model') return `the price list has no model ${model} of ${provider}`;
  return `the price list has ${model}, but not of the provider ${provider}`;
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
