import { TokenLimitExceeded } from '../domain/errors.ts';
import type { ChatMessage } from './chat-message.ts';
import { groupExchanges, type MessageExchange, type MessageUnit } from './exchange.ts';
import { messageTokens, type PromptCounting, REPLY_PRIMER_TOKENS } from './message-tokens.ts';
import { shortenMessages } from './shorten-messages.ts';

/** What a prompt has to fit into, and what of it must stay. */
export interface FitOptions extends PromptCounting {
  readonly maxTokens: number;
  /** Index of the system message that is never left out or shortened; null when there is none. */
  readonly keptSystem: number | null;
}

/**
 * The messages, without as many as it takes to stay within a limit; the same array when all of them fit. Left out in this
 * order, each time from the oldest: exchanges before the last one, system messages, the steps of the last exchange but the
 * newest. Only then are texts of what is left shortened, the user's own last, and at the very end the newest step goes too.
 * What stays keeps its order, and a tool call its results.
 * @throws TOKEN_LIMIT_EXCEEDED when the kept system message and the last user message do not fit.
 */
export function fitMessages(
  messages: readonly ChatMessage[],
  options: FitOptions,
): readonly ChatMessage[] {
  const selection = new Selection(messages, options);
  if (selection.tokens <= options.maxTokens) return messages;
  const exchanges = groupExchanges(messages);
  const last = exchanges.at(-1);
  const newest = last?.units.filter(isStep).at(-1);
  for (const units of dropOrder(exchanges, options.keptSystem)) {
    if (selection.tokens <= options.maxTokens) break;
    selection.drop(units);
  }
  if (!selection.fits()) shortenRest(selection, { newest, user: last?.user });
  return selection.messages();
}

/** What to leave out, one step after the other. */
function* dropOrder(
  exchanges: readonly MessageExchange[],
  keptSystem: number | null,
): Generator<readonly MessageUnit[]> {
  const units = exchanges.flatMap((exchange) => exchange.units);
  yield units.filter((unit) => unit.kind === 'orphan');
  for (const { user, units: own } of exchanges.slice(0, -1)) {
    const steps = own.filter(isStep);
    yield user === null ? steps : [user, ...steps];
  }
  for (const unit of units) {
    if (unit.kind === 'system' && unit.from !== keptSystem) yield [unit];
  }
  const steps = exchanges.at(-1)?.units.filter(isStep) ?? [];
  for (const step of steps.slice(0, -1)) yield [step];
}

function isStep(unit: MessageUnit): boolean {
  return unit.kind === 'assistant' || unit.kind === 'tools';
}

function shortenRest(
  selection: Selection,
  rest: { readonly newest: MessageUnit | undefined; readonly user: MessageUnit | null | undefined },
): void {
  const { newest } = rest;
  const user = rest.user ?? undefined;
  if (newest !== undefined) {
    if (selection.shorten([newest])) return;
    if (user !== undefined && selection.shorten([user, newest])) return;
    selection.drop([newest]);
  }
  if (selection.fits()) return;
  if (user !== undefined && selection.shorten([user])) return;
  throw new TokenLimitExceeded({ limit: selection.maxTokens, actual: selection.leastTokens });
}

/** The messages that are still in, with the tokens they take together. */
class Selection {
  readonly maxTokens: number;
  readonly #counting: PromptCounting;
  readonly #messages: (ChatMessage | null)[];
  readonly #tokens: number[];
  #count: number;
  #total: number;
  #least: number;

  constructor(messages: readonly ChatMessage[], options: FitOptions) {
    this.maxTokens = options.maxTokens;
    this.#counting = options;
    this.#messages = [...messages];
    this.#tokens = messages.map((message) => messageTokens(message, options));
    const sum = this.#tokens.reduce((total, tokens) => total + tokens, 0);
    this.#count = messages.length;
    this.#total = messages.length === 0 ? 0 : sum + REPLY_PRIMER_TOKENS;
    this.#least = this.#total;
  }

  get tokens(): number {
    return this.#total;
  }

  /** The fewest tokens that were reached with at least one message left. */
  get leastTokens(): number {
    return this.#least;
  }

  /** Whether what is left is a prompt, and small enough. */
  fits(): boolean {
    return this.#total <= this.maxTokens && this.#count > 0;
  }

  messages(): readonly ChatMessage[] {
    return this.#messages.filter((message) => message !== null);
  }

  drop(units: readonly MessageUnit[]): void {
    for (const at of indicesOf(units)) {
      this.#replace(at, null);
      this.#count -= 1;
    }
    if (this.#count > 0) this.#least = Math.min(this.#least, this.#total);
  }

  /** Shortens the texts of units as far as needed; without any effect when that is not enough. */
  shorten(units: readonly MessageUnit[]): boolean {
    const indices = indicesOf(units);
    const before = indices.reduce((sum, at) => sum + (this.#tokens[at] ?? 0), 0);
    const shortened = shortenMessages(
      indices.flatMap((at) => this.#messages[at] ?? []),
      { maxTokens: this.maxTokens - (this.#total - before), counting: this.#counting },
    );
    const total = this.#total - before + shortened.tokens;
    this.#least = Math.min(this.#least, total);
    if (total > this.maxTokens) return false;
    for (const [place, at] of indices.entries())
      this.#replace(at, shortened.messages[place] ?? null);
    return true;
  }

  #replace(at: number, message: ChatMessage | null): void {
    const tokens = message === null ? 0 : messageTokens(message, this.#counting);
    this.#total += tokens - (this.#tokens[at] ?? 0);
    this.#tokens[at] = tokens;
    this.#messages[at] = message;
  }
}

function indicesOf(units: readonly MessageUnit[]): readonly number[] {
  return units.flatMap(({ from, to }) =>
    Array.from({ length: to - from }, (_, step) => from + step),
  );
}
