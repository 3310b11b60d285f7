import { TokenLimitExceeded } from '../domain/errors.ts';
import type { ChatMessage } from './chat-message.ts';
import { groupExchanges, type MessageExchange, type MessageUnit } from './exchange.ts';
import { callsInLeavingOrder, tellingCalls } from './latest-calls.ts';
import { MessageSelection, type Narrow } from './message-selection.ts';
import { largestFitting } from '../tokens/largest-fitting.ts';
import { fitsWithin, type MemoCounting, promptTokens } from './message-tokens.ts';

/** What a prompt has to fit into, and what of it must stay. */
export interface FitOptions extends MemoCounting {
  readonly maxTokens: number;
  /** Index of the system message that is never left out or shortened; null when there is none. */
  readonly keptSystem: number | null;
}

/**
 * The messages, without as many as it takes to stay within a limit; the same array when all of them fit. Left out in this
 * order, each time from the oldest: exchanges before the last one, system messages, the steps of the last exchange but the
 * newest. Only then are texts of what is left shortened, the user's own last. Where the newest step has more calls than fit
 * even so, its latest stay, and those that wait for their results go first; at the very end the newest step goes too.
 * What stays keeps its order, and a tool call its results. Reads no more of old exchanges than shows that they do not fit.
 * @throws TOKEN_LIMIT_EXCEEDED when the kept system message and the last user message do not fit.
 */
export function fitMessages(
  messages: readonly ChatMessage[],
  options: FitOptions,
): readonly ChatMessage[] {
  const { maxTokens, keptSystem } = options;
  if (fitsWithin(messages, maxTokens, options)) return messages;
  const exchanges = groupExchanges(messages);
  const selection = latestExchanges(new MessageSelection(messages, options), exchanges, maxTokens);
  for (const unit of dropOrder(exchanges, keptSystem)) {
    if (selection.tokens <= maxTokens) break;
    selection.drop([unit]);
  }
  if (selection.isEmpty || selection.tokens > maxTokens) {
    const last = exchanges.at(-1);
    const newest = last?.units.findLast(isStep) ?? null;
    const least = shortenRest(selection, { newest, user: last?.user ?? null, maxTokens });
    if (least > maxTokens) throw tooLong(least, { messages, options });
  }
  return selection.messages();
}

/** Chooses all system messages, the last exchange, and as many before it as fit; results without a call are never chosen. */
function latestExchanges(
  selection: MessageSelection,
  exchanges: readonly MessageExchange[],
  maxTokens: number,
): MessageSelection {
  selection.add(exchanges.flatMap((exchange) => exchange.units.filter(isSystem)));
  for (let at = exchanges.length - 1; at >= 0; at -= 1) {
    const units = conversationOf(exchanges[at]);
    selection.add(units);
    if (selection.tokens <= maxTokens) continue;
    if (at < exchanges.length - 1) selection.drop(units);
    break;
  }
  return selection;
}

/** What to leave out once the last exchange is the only one, one after the other. */
function dropOrder(
  exchanges: readonly MessageExchange[],
  keptSystem: number | null,
): readonly MessageUnit[] {
  const systems = exchanges
    .flatMap((exchange) => exchange.units.filter(isSystem))
    .filter((unit) => unit.from !== keptSystem);
  const steps = exchanges.at(-1)?.units.filter(isStep) ?? [];
  return [...systems, ...steps.slice(0, -1)];
}

/** Shortens what is left, or leaves out the newest step; gives the tokens that are reached, above the limit when it fails. */
function shortenRest(
  selection: MessageSelection,
  rest: {
    readonly newest: MessageUnit | null;
    readonly user: MessageUnit | null;
    readonly maxTokens: number;
  },
): number {
  const { newest, user, maxTokens } = rest;
  const users = user === null ? [] : [user];
  let least = Infinity;
  if (newest !== null) {
    for (const units of [[newest], [...users, newest]]) {
      least = Math.min(least, selection.shorten(units, maxTokens));
      if (least <= maxTokens) return least;
    }
    for (const units of [[newest], [...users, newest]])
      if (keepLatestCalls(selection, newest, { units, maxTokens })) return selection.tokens;
    selection.drop([newest]);
  }
  // A prompt without any message says nothing, however well it fits.
  return selection.isEmpty ? least : Math.min(least, selection.shorten(users, maxTokens));
}

/** Shortens units with as many of the latest calls of the newest step as fit so; false, and nothing changes, where none does. */
function keepLatestCalls(
  selection: MessageSelection,
  newest: MessageUnit,
  { units, maxTokens }: { readonly units: readonly MessageUnit[]; readonly maxTokens: number },
): boolean {
  const ids = callsInLeavingOrder(selection.messagesOf(newest));
  const latest = (count: number): Narrow => {
    const staying = new Set(ids.slice(ids.length - count));
    return (message) => tellingCalls(message, staying);
  };
  const fits = (count: number): boolean => selection.canShorten(units, maxTokens, latest(count));
  const count = largestFitting(ids.length, fits);
  return count > 0 && selection.shorten(units, maxTokens, latest(count)) <= maxTokens;
}

function tooLong(
  least: number,
  {
    messages,
    options,
  }: { readonly messages: readonly ChatMessage[]; readonly options: FitOptions },
): TokenLimitExceeded {
  const actual = least === Infinity ? promptTokens(messages, options) : least;
  return new TokenLimitExceeded({ limit: options.maxTokens, actual });
}

function conversationOf(exchange: MessageExchange | undefined): readonly MessageUnit[] {
  const steps = exchange?.units.filter(isStep) ?? [];
  return exchange?.user ? [exchange.user, ...steps] : steps;
}

function isSystem(unit: MessageUnit): boolean {
  return unit.kind === 'system';
}

function isStep(unit: MessageUnit): boolean {
  return unit.kind === 'assistant' || unit.kind === 'tools';
}
