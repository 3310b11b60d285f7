import type { LogEvent } from '../../src/domain/log-event.ts';
import type { Store, UsageCounters } from '../../src/store/store.ts';
import { isSameValue } from './same-value.ts';
import { eventOf, type Truth } from './truth.ts';
import type { Rule, Violation } from './violation.ts';

interface Life {
  readonly events: readonly LogEvent[];
  readonly firstSegment: number;
  readonly isPresent: boolean;
}

/** Holds the log of a session, and what the store counted of it, against itself. */
export class LogCheck {
  readonly #truth: Truth;
  readonly #store: Store;
  readonly #report: (violation: Violation) => void;

  constructor(truth: Truth, store: Store, report: (violation: Violation) => void) {
    this.#truth = truth;
    this.#store = store;
    this.#report = report;
  }

  /** Checks every session that lived under the id; returns the sums over their logs. */
  async check(): Promise<UsageCounters> {
    const { timeline } = this.#truth;
    const sums: UsageCounters[] = [];
    for (let life = 1; life <= timeline.lives; life += 1) {
      const moments = timeline.ofLife(life);
      const events = moments.map(({ record }) => eventOf(record ?? ''));
      const isPresent = life === timeline.lives && timeline.latest.record !== null;
      const checked: Life = { events, firstSegment: this.#firstSegment(events), isPresent };
      this.#checkSegments(checked);
      this.#checkKeys(checked);
      sums.push(sumOf(events));
      if (isPresent) await this.#checkHead(checked);
    }
    await this.#checkPresence();
    return addUp(sums);
  }

  #firstSegment(events: readonly LogEvent[]): number {
    const [first] = events;
    if (first?.type !== 'session-created' || first.fork === null) return 1;
    return this.#truth.stateAt(first.fork.position + 1)?.open.number ?? 1;
  }

  #checkSegments({ events, firstSegment }: Life): void {
    let open = firstSegment;
    for (const event of events) {
      if (event.type !== 'segment-closed') continue;
      if (event.segment !== open) {
        this.#violate(
          'one-close-per-segment',
          `segment ${event.segment} was closed while ${open} was open`,
        );
      }
      open += 1;
    }
  }

  #checkKeys({ events }: Life): void {
    const keys = events.flatMap((event) =>
      event.type === 'event-recorded' && event.idempotencyKey !== null
        ? [event.idempotencyKey]
        : [],
    );
    const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
    for (const key of repeated) this.#violate('one-record-per-key', `${key} was recorded twice`);
  }

  async #checkHead({ events, firstSegment }: Life): Promise<void> {
    const { key } = this.#truth;
    const head = await this.#store.head({ key });
    const sums = sumOf(events);
    if (!isSameValue(head?.counters, sums)) {
      this.#violate(
        'sums-agree',
        `the store counted ${text(head?.counters)}, the log holds ${text(sums)}`,
      );
    }
    const closed = events.filter((event) => event.type === 'segment-closed').length;
    const open = firstSegment + closed;
    if (head?.openSegment !== open) {
      this.#violate(
        'sums-agree',
        `the store has segment ${head?.openSegment} open, the log ${open}`,
      );
    }
    const level = this.#truth.moments.at(-1)?.state?.properties['level'];
    if (
      head?.labels.properties['level'] !== (level === undefined ? level : JSON.stringify(level))
    ) {
      this.#violate('sums-agree', 'the labels are not those of the latest properties');
    }
    await this.#checkOutbox(events);
  }

  /** Every closed segment waits for a summary until one was applied. */
  async #checkOutbox(events: readonly LogEvent[]): Promise<void> {
    const { sessionId } = this.#truth.key;
    const awaited = new Set<string>();
    for (const event of events) {
      if (event.type === 'segment-closed') awaited.add(`summarise/${event.segment}`);
      if (event.type === 'summary-applied') awaited.delete(`summarise/${event.segment}`);
      if (event.type !== 'segments-summarised') continue;
      const id = `summarise/${event.fromSegment}-${event.toSegment}`;
      if (event.summary.revision === 0) awaited.add(id);
      else awaited.delete(id);
    }
    const due = await this.#store.dueOutbox({ dueBeforeMs: Number.MAX_SAFE_INTEGER, limit: 1000 });
    const waiting = due
      .filter(({ key, id }) => key.sessionId === sessionId && id.startsWith('summarise/'))
      .map(({ id }) => id);
    if (!isSameValue([...awaited].sort(), waiting.sort())) {
      this.#violate(
        'sums-agree',
        `the outbox holds ${waiting.join(' ')}, the log asks for ${[...awaited].join(' ')}`,
      );
    }
  }

  /** The store holds exactly the records that it was seen to take. */
  async #checkPresence(): Promise<void> {
    const { key, timeline } = this.#truth;
    const page = await this.#store.read({ key, fromPosition: 1, limit: 10_000 });
    const records = timeline.surviving().map(({ record }) => record);
    if (!isSameValue(page?.records ?? [], records)) {
      this.#violate(
        'log-is-contiguous',
        `the store holds ${page?.records.length} records, it took ${records.length}`,
      );
    }
  }

  #violate(rule: Rule, sentence: string): void {
    this.#report({ rule, sessionId: this.#truth.key.sessionId, text: sentence });
  }
}

/** What the events of a log come to, counted anew. */
function sumOf(events: readonly LogEvent[]): UsageCounters {
  const recorded = events.flatMap((event) =>
    event.type === 'event-recorded' ? [event.event] : [],
  );
  const closed = events.filter((event) => event.type === 'segment-closed').length;
  return {
    events: recorded.length + closed,
    messages: recorded.filter((event) => event.type === 'message').length,
    toolCalls: recorded.filter((event) => event.type === 'tool_call').length,
    unpricedCalls: recorded.filter((event) => event.billing?.costPico === null).length,
    tokens: recorded.reduce((sum, event) => sum + (event.tokenUsage?.totalTokens ?? 0), 0),
    costPico: recorded.reduce((sum, event) => sum + BigInt(event.billing?.costPico ?? 0), 0n),
  };
}

/** The sums of sums. */
export function addUp(sums: readonly UsageCounters[]): UsageCounters {
  return sums.reduce(
    (total, sum) => ({
      events: total.events + sum.events,
      messages: total.messages + sum.messages,
      toolCalls: total.toolCalls + sum.toolCalls,
      unpricedCalls: total.unpricedCalls + sum.unpricedCalls,
      tokens: total.tokens + sum.tokens,
      costPico: total.costPico + sum.costPico,
    }),
    { events: 0, messages: 0, toolCalls: 0, unpricedCalls: 0, tokens: 0, costPico: 0n },
  );
}

function text(counters: UsageCounters | undefined): string {
  if (counters === undefined) return 'nothing';
  return Object.entries(counters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
