import { briefText, countedSummary } from '../../src/domain/brief-summary.ts';
import { joinedSummaries } from '../../src/domain/segment-span.ts';
import {
  extractiveSummary,
  withOtherMessage,
  withUserMessage,
} from '../../src/domain/segment-digest.ts';
import {
  BACKGROUND_TOKENS,
  MAX_CARRIED_EXCHANGES,
  MAX_RESIDENT_SEGMENTS,
  MESSAGE_OVERHEAD_TOKENS,
  NOTE_TOKENS,
  openSegment,
  REPLY_PRIMER_TOKENS,
  type SegmentPolicy,
} from '../../src/domain/segment.ts';
import type { EventSource, EventType } from '../../src/domain/session-event.ts';
import { KEY_RETENTION_MS } from '../../src/domain/session-state.ts';
import { renderEvents } from '../../src/memory/chat-message.ts';
import { PICO_PER_TOKEN } from './environment.ts';
import type { CorrectStep, RecordStep } from './session-steps.ts';

/** What a prompt makes of a tool call of which only the result was recorded: a name and arguments. */
const BARE_CALL = 'unknown{}';

/** What a call was billed in the naive model. */
interface NaiveBill {
  readonly input: number;
  readonly output: number;
  readonly model: string;
  readonly costPico: bigint | null;
}

/** An event in the naive model. */
export interface NaiveEvent {
  readonly id: string;
  readonly position: number;
  readonly segment: number;
  readonly source: EventSource;
  readonly type: EventType;
  readonly text: string;
  promptTokens: number;
  completionTokens: number;
  model: string;
  bill: NaiveBill | null;
}

interface NaiveSpan {
  readonly level: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface NaiveSegment {
  readonly number: number;
  readonly from: number;
  to: number | null;
  summary: string | null;
  /** Closed by request instead of before a user message. */
  isCut: boolean;
}

/**
 * The rules of a session the slow way: keeps every event, looks at all of them for every answer, and shares no code with
 * the folded state except the wording of a summary. One token per character, as the test environment counts.
 */
export class NaiveSession {
  readonly policy: SegmentPolicy | null;
  events: NaiveEvent[] = [];
  segments: NaiveSegment[] = [newSegment(1, 2)];
  /** What stands for the oldest segments together. */
  spans: NaiveSpan[] = [];
  version = 1;
  prompt: string | null = null;
  carryFrom: number | null = null;
  keys: { key: string; atMs: number }[] = [];
  /** Events up to here belong to the origin of a fork. */
  shared = 0;

  constructor(policy: SegmentPolicy | null) {
    this.policy = policy;
  }

  get open(): NaiveSegment {
    return this.segments.at(-1)!;
  }

  /** The events of the open segment. */
  get openEvents(): readonly NaiveEvent[] {
    return this.events.filter((event) => event.segment === this.open.number);
  }

  /** A fork of the whole: a conversation that was paid for elsewhere. */
  fork(): NaiveSession {
    const fork = new NaiveSession(this.policy);
    fork.events = structuredClone(this.events);
    fork.segments = structuredClone(this.segments);
    fork.spans = structuredClone(this.spans);
    fork.prompt = this.prompt;
    fork.carryFrom = this.carryFrom;
    fork.shared = this.version;
    fork.version = this.version + 1;
    return fork;
  }

  record(step: RecordStep, id: string, nowMs: number): void {
    if (step.key !== null && this.#isRemembered(step.key, nowMs)) return;
    if (step.key !== null) this.keys.push({ key: step.key, atMs: nowMs });
    if (this.policy !== null && isQuestion(step) && this.#isDue(this.policy))
      this.close(this.policy);
    const bill = this.#billOf(step);
    this.version += 1;
    const isAnswer = step.source === 'llm';
    const asked = step.type === 'tool_call' ? BARE_CALL.length : 0;
    const tokens = asked + step.text.length;
    this.events.push({
      id,
      position: this.version,
      segment: this.open.number,
      source: step.source,
      type: step.type,
      text: step.text,
      promptTokens: isAnswer ? 0 : tokens,
      completionTokens: isAnswer ? tokens : 0,
      model: step.type === 'tool_call' ? '' : step.model,
      bill,
    });
  }

  close(policy: SegmentPolicy, isCut = false): void {
    const messages = this.openEvents.filter((event) => event.type === 'message');
    if (messages.length === 0) return;
    if (this.resident.length >= mostResident(policy)) this.#cover(policy);
    this.version += 1;
    this.open.summary = summaryOf(messages);
    this.open.to = this.version;
    this.open.isCut = isCut;
    this.carryFrom = carryFrom(this.openEvents, policy.carryTokens);
    this.segments.push(newSegment(this.open.number + 1, this.version + 1));
  }

  /** Closed segments that no span stands for. */
  get resident(): readonly NaiveSegment[] {
    const covered = this.spans.at(-1)?.to ?? 0;
    return this.segments.slice(0, -1).filter(({ number }) => number > covered);
  }

  #cover(policy: SegmentPolicy): void {
    if (this.spans.length === 4) {
      const size = ({ from, to }: NaiveSpan): number => to - from + 1;
      const ratios = this.spans.slice(1).map((span, at) => size(this.spans[at]!) / size(span));
      const at = ratios.indexOf(Math.min(...ratios));
      const pair = this.spans.slice(at, at + 2);
      this.spans.splice(at, 2, this.#span(pair, policy));
    }
    const oldest = this.resident.slice(0, Math.ceil(mostResident(policy) / 2)).map(asSpan);
    this.spans.push(this.#span(oldest, policy));
  }

  #span(parts: readonly NaiveSpan[], { summaryTokens }: SegmentPolicy): NaiveSpan {
    this.version += 1;
    const [from, to] = [parts[0]!.from, parts.at(-1)!.to];
    const level = 1 + Math.max(...parts.map((part) => part.level));
    const sources = parts.map((part) => {
      return { fromSegment: part.from, toSegment: part.to, text: part.text, tokens: 0 };
    });
    const room = Math.floor(summaryTokens / 8);
    for (let length = 4 * room; ; length = Math.floor(length / 2)) {
      const text = joinedSummaries(sources, length);
      if (noteLength(`segments ${from} to ${to}`, text) <= room) return { level, from, to, text };
    }
  }

  correct(event: NaiveEvent, step: CorrectStep): void {
    this.version += 1;
    event.promptTokens = step.promptTokens;
    event.completionTokens = step.completionTokens;
    event.model = step.model;
    event.bill =
      step.costPico === undefined
        ? null
        : {
            input: step.promptTokens,
            output: step.completionTokens,
            model: step.model,
            costPico: step.costPico === null ? null : BigInt(step.costPico),
          };
  }

  /** Events that are carried into the next prompts. */
  get carriedTokens(): number {
    const from = this.carryFrom ?? Infinity;
    return promptTokens(
      this.events.filter((e) => e.position >= from && e.segment < this.open.number),
    );
  }

  /** Everything from the first carried event on, as the next prompt shows it. */
  get conversationTokens(): number {
    const from = this.carryFrom ?? this.open.from;
    return promptTokens(this.events.filter((event) => event.position >= from));
  }

  #isRemembered(key: string, nowMs: number): boolean {
    return this.keys.some((entry) => entry.key === key && nowMs - entry.atMs <= KEY_RETENTION_MS);
  }

  #isDue(policy: SegmentPolicy): boolean {
    const messages = this.openEvents.filter((event) => event.type === 'message').length;
    if (messages === 0) return false;
    const room = Math.max(policy.tokenThreshold - this.#standing(), policy.tokenThreshold / 2);
    return messages >= policy.maxTurnsPerSegment || this.conversationTokens >= room;
  }

  #promptTokens(): number {
    const prompt = this.#systemLength();
    const summaries = this.#summaries();
    const notes = summaries.length === 0 ? 0 : BACKGROUND_TOKENS;
    const tokens =
      (prompt === 0 ? 0 : prompt + MESSAGE_OVERHEAD_TOKENS) +
      notes +
      sum(summaries, (note) => note + NOTE_TOKENS) +
      this.conversationTokens;
    return tokens === 0 ? 0 : tokens + REPLY_PRIMER_TOKENS;
  }

  #standing(): number {
    return sum(this.#summaries(), (note) => note) + this.#systemLength();
  }

  #systemLength(): number {
    return this.prompt === null || this.prompt.trim() === '' ? 0 : this.prompt.length;
  }

  /** Lengths of what is told: the newest, then of most levels and newest first, shortened where not all fit, with marks for what is left out. */
  #summaries(): readonly number[] {
    const room = this.policy?.summaryTokens ?? 0;
    const all = [...this.spans, ...this.resident.map(asSpan)];
    const ranked = all
      .filter(({ text }) => text.trim() !== '')
      .toSorted((a, b) => b.level - a.level || b.from - a.from);
    for (let count = ranked.length; count >= 0; count -= 1) {
      const kept = ranked.slice(0, count);
      const marks = marksOf(all.map((one) => (kept.includes(one) ? null : one)));
      const told = [...kept.map(shortLength), ...marks];
      if (sum(told, (note) => note) > room) continue;
      const newest = kept.toSorted((a, b) => b.to - a.to)[0];
      const order = kept.toSorted((a, b) => Number(b === newest) - Number(a === newest));
      for (const one of order) {
        const at = kept.indexOf(one);
        const longer = told.with(at, wholeLength(one));
        if (sum(longer, (note) => note) <= room) told[at] = wholeLength(one);
      }
      return told;
    }
    return [];
  }

  #billOf(step: RecordStep): NaiveBill | null {
    const isCall = step.source === 'llm' && step.type === 'message';
    if (!isCall && step.reported === null) return null;
    const { input, output } = step.reported ?? {
      input: this.#promptTokens(),
      output: step.text.length,
    };
    const { model, costPico } = step;
    if (costPico !== null) return { input, output, model, costPico: BigInt(costPico) };
    const price = PICO_PER_TOKEN[model];
    if (price === undefined) return { input, output, model, costPico: null };
    const cost = BigInt(input) * price.input + BigInt(output) * price.output;
    return { input, output, model, costPico: cost };
  }
}

function mostResident({ summaryTokens }: SegmentPolicy): number {
  return Math.max(3, Math.min(MAX_RESIDENT_SEGMENTS, Math.floor(summaryTokens / 2 / 24)));
}

function asSpan({ number, summary }: NaiveSegment): NaiveSpan {
  return { level: 0, from: number, to: number, text: summary ?? '' };
}

function wholeLength({ from, to, text }: NaiveSpan): number {
  return noteLength(from === to ? `segment ${to}` : `segments ${from} to ${to}`, text);
}

function shortLength(span: NaiveSpan): number {
  const { from, to, text } = span;
  const made = {
    fromSegment: from,
    toSegment: to,
    text,
    origin: 'extractive',
    revision: 0,
  } as const;
  const { brief } = countedSummary(made, (content) =>
    typeof content === 'string' ? content.length : 0,
  );
  return brief === undefined
    ? wholeLength(span)
    : wholeLength({ ...span, text: briefText(text, brief) });
}

/** One for neighbours that are left out; null stands for what is told. */
function marksOf(places: readonly (NaiveSpan | null)[]): readonly number[] {
  const tokens = (value: number): number => Math.ceil(`${value}`.length / 3);
  return places.flatMap((place, at) => {
    if (place === null || (places[at + 1] ?? null) !== null) return [];
    const first = places[places.slice(0, at).lastIndexOf(null) + 1]!;
    const range = first.from === place.to ? 0 : 2 + tokens(first.from);
    return [3 + range + tokens(place.to)];
  });
}

/** What a note adds to a prompt; the marks around it are measured with a number of one digit. */
function noteLength(about: string, summary: string): number {
  const text = summary.trim();
  if (text === '') return 0;
  const escaped = text.replace(/[&<]/g, (sign) => (sign === '&' ? '&amp;' : '&lt;'));
  return escaped.length + about.length - 'segment 1'.length;
}

function newSegment(number: number, from: number): NaiveSegment {
  return { number, from, to: null, summary: null, isCut: false };
}

function isQuestion(event: Pick<NaiveEvent, 'source' | 'type'>): boolean {
  return event.source === 'user' && event.type === 'message';
}

/** Tokens of events in a prompt that shows nothing else, by writing that prompt. */
function promptTokens(events: readonly NaiveEvent[]): number {
  const shown = events.map(({ id, source, type, text }) => ({ id, source, type, message: text }));
  return sum(renderEvents(shown), (message) => {
    const calls = (message.role === 'assistant' && message.tool_calls) || [];
    const asked = sum(calls, (call) => call.function.name.length + call.function.arguments.length);
    return MESSAGE_OVERHEAD_TOKENS + asked + (message.content ?? '').length;
  });
}

/** Adds up a figure of events. */
export function sum<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}

/** Events in groups that begin with a user message; the first may begin with something else. */
export function exchangesOf<T extends Pick<NaiveEvent, 'source' | 'type'>>(
  events: readonly T[],
): readonly (readonly T[])[] {
  const exchanges: T[][] = [];
  for (const event of events) {
    const latest = exchanges.at(-1);
    if (latest === undefined || isQuestion(event)) exchanges.push([event]);
    else latest.push(event);
  }
  return exchanges;
}

function carryFrom(events: readonly NaiveEvent[], carryTokens: number): number | null {
  const exchanges = exchangesOf(events).slice(-MAX_CARRIED_EXCHANGES);
  for (const [index, first] of exchanges.entries()) {
    const tokens = promptTokens(exchanges.slice(index).flat());
    if (tokens <= carryTokens) return first[0]!.position;
  }
  return null;
}

function summaryOf(messages: readonly NaiveEvent[]): string {
  return extractiveSummary(
    messages.reduce(
      (digest, { source, text }) =>
        source === 'user' ? withUserMessage(digest, text) : withOtherMessage(digest, text),
      openSegment(1, 2).digest,
    ),
  );
}
