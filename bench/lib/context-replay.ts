import type { Pagefold } from '../../src/api/pagefold.ts';
import type { SessionManager } from '../../src/api/session-manager.ts';
import type { SessionContext } from '../../src/api/session-context.ts';
import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../../src/domain/segment.ts';
import { createTokenCounter } from '../../src/tokens/token-counter.ts';
import type { RecallConversation } from './recall-data.ts';
import { BENCH_MODEL, isOfUser, replaySession } from './session-replay.ts';

/** A cached token costs this much of one that is not, as with most providers. */
const CACHED_PRICE = 0.1;

/** What the requests of a conversation came to. */
export interface PromptFigures {
  readonly builds: number;
  readonly compactions: number;
  /** Tokens after the common prefix, of requests before which nothing was compacted. */
  readonly sent: number;
  /** Those among them that no request before had. */
  readonly fresh: number;
  /** All tokens that were sent. */
  readonly total: number;
  /** With the common prefix of each request and the one before at a tenth of the price. */
  readonly billed: number;
}

/** A message or the tools of a request, to compare by and with its tokens. */
interface Part {
  readonly text: string;
  readonly tokens: number;
}

const counter = createTokenCounter();

/** Compares each request with the one before it. */
class PromptMeter {
  #last: readonly Part[] = [];
  #figures: PromptFigures = {
    builds: 0,
    compactions: 0,
    sent: 0,
    fresh: 0,
    total: 0,
    billed: 0,
  };

  get figures(): PromptFigures {
    return this.#figures;
  }

  add(parts: readonly Part[], isCompacted: boolean): void {
    const last = this.#last;
    const found = parts.findIndex(({ text }, place) => text !== last[place]?.text);
    const shared = found < 0 ? parts.length : found;
    const known = new Set(last.map(({ text }) => text));
    const rest = parts.slice(shared);
    const fresh = rest.filter(({ text }) => !known.has(text));
    const total = tokensOf(parts);
    const before = this.#figures;
    this.#figures = {
      builds: before.builds + 1,
      compactions: before.compactions + (isCompacted ? 1 : 0),
      sent: before.sent + (isCompacted ? 0 : tokensOf(rest)),
      fresh: before.fresh + (isCompacted ? 0 : tokensOf(fresh)),
      total: before.total + total,
      billed: before.billed + tokensOf(rest) + (total - tokensOf(rest)) * CACHED_PRICE,
    };
    this.#last = parts;
  }
}

/** What contexts of a session with memory come to, one before each answer. */
export async function replayContexts(
  pagefold: Pagefold,
  conversation: RecallConversation,
  maxTokens: number,
): Promise<PromptFigures> {
  const built: { readonly context: SessionContext; readonly parts: readonly Part[] }[] = [];
  const visit = (context: SessionContext): void => {
    built.push({ context, parts: partsOf(context) });
  };
  const { session } = await replaySession(pagefold, conversation, { maxTokens, visit });
  const compacted = await compactions(session);
  const meter = new PromptMeter();
  // What a context changed is recorded right after the message that it was built for.
  for (const { context, parts } of built) {
    meter.add(parts, compacted.has(context.receipt.position + 1));
  }
  return meter.figures;
}

/** What the latest messages come to, as many as fit. */
export function replayWindow(
  { pages }: RecallConversation,
  maxTokens: number,
  keptShare: number,
): PromptFigures {
  const meter = new PromptMeter();
  const [first] = pages;
  let window: readonly Part[] = [];
  for (const page of pages) {
    window = [...window, toPart(page.text)];
    if (!isOfUser(page, first)) continue;
    const isOver = tokensOf(window) + REPLY_PRIMER_TOKENS > maxTokens;
    if (isOver) window = latestWithin(window, maxTokens * keptShare - REPLY_PRIMER_TOKENS);
    meter.add(window, isOver);
  }
  return meter.figures;
}

/** Figures of several conversations as one. */
export function sumFigures(all: readonly PromptFigures[]): PromptFigures {
  const sum = (field: keyof PromptFigures): number =>
    all.reduce((total, figures) => total + figures[field], 0);
  return {
    builds: sum('builds'),
    compactions: sum('compactions'),
    sent: sum('sent'),
    fresh: sum('fresh'),
    total: sum('total'),
    billed: sum('billed'),
  };
}

/** The positions of records that say a context was put together anew. */
async function compactions(session: SessionManager): Promise<ReadonlySet<number>> {
  const positions = new Set<number>();
  // The first line of an export is about the session; then each line is the next record.
  let position = -1;
  for await (const line of session.export()) {
    position += 1;
    if (position > 0 && isCompaction(line)) positions.add(position);
  }
  return positions;
}

function isCompaction(line: string): boolean {
  // A line holds a record, which is a digit and JSON; both are ours.
  const { record } = JSON.parse(line) as { readonly record: string };
  const { type, changes = [] } = JSON.parse(record.slice(1)) as {
    readonly type: string;
    readonly changes?: readonly { readonly kind: string }[];
  };
  return type === 'memory-changed' && changes.some(({ kind }) => kind === 'compacted');
}

/** Providers put tools before all messages. */
function partsOf({ messages, tools }: SessionContext): readonly Part[] {
  const list = tools.length === 0 ? [] : [{ text: JSON.stringify(tools), isMessage: false }];
  const said = messages.map((message) => ({ text: JSON.stringify(message), isMessage: true }));
  const contents = [...tools.slice(0, 1), ...messages].map((part) =>
    'content' in part && typeof part.content === 'string' ? part.content : JSON.stringify(tools),
  );
  return [...list, ...said].map(({ text, isMessage }, place) => ({
    text,
    tokens: tokensIn(contents[place] ?? '') + (isMessage ? MESSAGE_OVERHEAD_TOKENS : 0),
  }));
}

function toPart(text: string): Part {
  return { text, tokens: tokensIn(text) + MESSAGE_OVERHEAD_TOKENS };
}

function latestWithin(parts: readonly Part[], maxTokens: number): readonly Part[] {
  let room = maxTokens;
  const from = parts.findLastIndex(({ tokens }) => {
    room -= tokens;
    return room < 0;
  });
  return parts.slice(from + 1);
}

function tokensOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}

function tokensIn(text: string): number {
  return counter.countText(text, BENCH_MODEL);
}
