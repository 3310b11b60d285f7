import type { EventFigures, ForkOrigin, LogEvent } from './log-event.ts';
import { toPicoUsd, toUsdString } from './money.ts';
import type { HistoryEntry, RecordedEvent } from './recorded-event.ts';
import { EVENT_SOURCES, type EventSource, type SessionEvent } from './session-event.ts';
import {
  addToSummary,
  EMPTY_TOKEN_SUMMARY,
  subtractFromSummary,
  summarizeUsage,
  type TokenSummary,
} from './token-summary.ts';
import type { TokenUsage } from './token-usage.ts';

/** The line of events that belong to no run. */
export const NO_RUN = 'no_run';

/** Usage by who the events came from; a source without usage is left out. */
export type UsageBySource = Readonly<Partial<Record<EventSource, TokenSummary>>>;

/** Usage by run; a run without usage is left out, `NO_RUN` is always there. */
export type UsageByRun = Readonly<Record<string, TokenSummary>>;

/**
 * What one event adds to summaries: the tokens of its content, and the cost its model call was billed. Content that is
 * not a call has no cost of its own: it is paid with the prompt of the next call.
 */
function chargedUsages({ tokenUsage, billing }: EventFigures): readonly TokenUsage[] {
  const content = tokenUsage === null ? [] : [{ ...tokenUsage, estimatedCostUsd: null }];
  if (billing === null) return content;
  const { costPico } = billing;
  const estimatedCostUsd = costPico === null ? null : toUsdString(toPicoUsd(BigInt(costPico)));
  if (tokenUsage?.model === billing.model) return [{ ...tokenUsage, estimatedCostUsd }];
  // Tokens and cost of different models stand in different lines.
  const { model, origin } = billing;
  return [...content, { ...NO_TOKENS, model, estimatedCostUsd, origin }];
}

const NO_TOKENS = { promptTokens: 0, completionTokens: 0, totalTokens: 0 };

/** The summary of all events; what a fork shares with its origin counts there as tokens only. */
export function summarizeEvents(
  events: readonly RecordedEvent[],
  fork: ForkOrigin | null,
): TokenSummary {
  return summarizeUsage(events.flatMap((event) => usagesOf(event, fork)));
}

/** Summaries of groups of events, in the order in which the groups appear; a group without usage is left out. */
export function summarizeGroups<Key>(
  events: readonly RecordedEvent[],
  params: { readonly fork: ForkOrigin | null; readonly keyOf: (event: RecordedEvent) => Key },
): ReadonlyMap<Key, TokenSummary> {
  const groups = new Map<Key, TokenSummary>();
  for (const event of events) {
    const key = params.keyOf(event);
    for (const usage of usagesOf(event, params.fork)) {
      groups.set(key, addToSummary(groups.get(key) ?? EMPTY_TOKEN_SUMMARY, usage));
    }
  }
  return groups;
}

/** The line that an event's usage belongs to. */
export function runOf(event: Pick<SessionEvent, 'taskId'>): string {
  return event.taskId || NO_RUN;
}

function usagesOf(event: RecordedEvent, fork: ForkOrigin | null): readonly TokenUsage[] {
  const usages = chargedUsages(event);
  if (event.position > (fork?.position ?? 0)) return usages;
  // What was paid for the shared part stays with the origin, so that sums over sessions add up.
  return usages.map((usage) => ({ ...usage, model: '', estimatedCostUsd: null }));
}

/** Sums of one source or run, and how many events they are made of. */
interface Group {
  events: number;
  summary: TokenSummary;
}

/**
 * Usage by source and by run over a log of any length, keeping one small number per record. Entries come in order from
 * the first record on.
 */
export class UsageBreakdown {
  readonly #sources: readonly Group[] = EVENT_SOURCES.map(emptyGroup);
  readonly #runs: { readonly id: string; readonly group: Group }[] = [];
  readonly #runIndex = new Map<string, number>();
  /** Source and run of the event at each position, so that a later correction reaches the right sums. */
  readonly #places: number[] = [];

  constructor() {
    this.#indexOfRun(NO_RUN);
  }

  /** Takes the next entries. */
  addEntries(entries: Iterable<HistoryEntry>): void {
    for (const { position, event } of entries) this.#add(position, event);
  }

  /** As `tokenUsageBySource` of the session. */
  bySource(): UsageBySource {
    const lines = EVENT_SOURCES.map((source, index) => [source, this.#sources[index]] as const);
    return Object.fromEntries(lines.flatMap(([source, group]) => lineOf(source, group)));
  }

  /** As `tokenUsageByRun` of the session. */
  byRun(): UsageByRun {
    const lines = this.#runs.flatMap(({ id, group }) => lineOf(id, group));
    return { [NO_RUN]: EMPTY_TOKEN_SUMMARY, ...Object.fromEntries(lines) };
  }

  #add(position: number, event: LogEvent): void {
    switch (event.type) {
      case 'event-recorded':
        this.#places[position] = this.#placeOf(event.event);
        return this.#apply(position, event.event, 1);
      case 'event-usage-changed':
        this.#apply(event.eventPosition, event.before, -1);
        return this.#apply(event.eventPosition, event.after, 1);
      case 'session-created':
        // All that came before is shared with the origin of a fork.
        for (const group of this.#groups()) group.summary = tokensOnly(group.summary);
        return;
      default:
        return;
    }
  }

  #groups(): readonly Group[] {
    return [...this.#sources, ...this.#runs.map(({ group }) => group)];
  }

  #placeOf(event: SessionEvent): number {
    const source = EVENT_SOURCES.indexOf(event.source);
    return this.#indexOfRun(runOf(event)) * EVENT_SOURCES.length + source;
  }

  #indexOfRun(id: string): number {
    const known = this.#runIndex.get(id);
    if (known !== undefined) return known;
    const index = this.#runs.push({ id, group: emptyGroup() }) - 1;
    this.#runIndex.set(id, index);
    return index;
  }

  #apply(position: number, figures: EventFigures, sign: 1 | -1): void {
    const place = this.#places[position];
    const usages = chargedUsages(figures);
    if (place === undefined || usages.length === 0) return;
    const source = this.#sources[place % EVENT_SOURCES.length];
    const run = this.#runs[Math.floor(place / EVENT_SOURCES.length)]?.group;
    for (const group of [source, run]) if (group !== undefined) change(group, usages, sign);
  }
}

function emptyGroup(): Group {
  return { events: 0, summary: EMPTY_TOKEN_SUMMARY };
}

function change(group: Group, usages: readonly TokenUsage[], sign: 1 | -1): void {
  group.events += sign;
  const apply = sign === 1 ? addToSummary : subtractFromSummary;
  group.summary = usages.reduce(apply, group.summary);
}

function lineOf<Key>(
  key: Key,
  group: Group | undefined,
): readonly (readonly [Key, TokenSummary])[] {
  return group === undefined || group.events === 0 ? [] : [[key, group.summary]];
}

function tokensOnly(summary: TokenSummary): TokenSummary {
  return { ...summary, usageByModel: {}, totalEstimatedCostUsd: '0' };
}
