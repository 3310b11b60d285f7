import type { ChatMessage } from './chat-message.ts';
import type { MessageUnit } from './exchange.ts';
import { REPLY_PRIMER_TOKENS } from '../domain/segment.ts';
import { type MemoCounting, messageTokens } from './message-tokens.ts';
import { shortenMessages } from './shorten-messages.ts';

/** What of a message may stay; null for none of it. */
export type Narrow = (message: ChatMessage) => ChatMessage | null;

const asItIs: Narrow = (message) => message;

/** Some of the messages of a prompt, with the tokens they take together; each message is counted once, and only when asked for. */
export class MessageSelection {
  readonly #all: readonly ChatMessage[];
  readonly #counting: MemoCounting;
  readonly #chosen = new Map<number, ChatMessage>();
  readonly #counted = new Map<number, number>();
  #tokens: number = REPLY_PRIMER_TOKENS;

  /** Begins with none of the messages. */
  constructor(all: readonly ChatMessage[], counting: MemoCounting) {
    this.#all = all;
    this.#counting = counting;
  }

  get tokens(): number {
    return this.#chosen.size === 0 ? 0 : this.#tokens;
  }

  get isEmpty(): boolean {
    return this.#chosen.size === 0;
  }

  /** The chosen messages in their order. */
  messages(): readonly ChatMessage[] {
    return this.#all.flatMap((_, at) => this.#chosen.get(at) ?? []);
  }

  add(units: readonly MessageUnit[]): void {
    for (const at of indicesOf(units)) {
      const message = this.#all[at];
      if (message !== undefined) this.#put(at, message);
    }
  }

  drop(units: readonly MessageUnit[]): void {
    for (const at of indicesOf(units)) this.#take(at);
  }

  /** The chosen messages of a unit. */
  messagesOf(unit: MessageUnit): readonly ChatMessage[] {
    return indicesOf([unit]).flatMap((at) => this.#chosen.get(at) ?? []);
  }

  /**
   * Shortens the texts of units until everything takes at most `maxTokens`, and tells what it takes then; else changes nothing.
   * @param narrow What of a message may stay at all.
   */
  shorten(units: readonly MessageUnit[], maxTokens: number, narrow: Narrow = asItIs): number {
    const { tokens, messages } = this.#shortened(units, maxTokens, narrow);
    if (tokens > maxTokens) return tokens;
    for (const at of indicesOf(units)) {
      this.#take(at);
      this.#counted.delete(at);
    }
    for (const [at, message] of messages) this.#put(at, message);
    return this.#tokens;
  }

  /** Whether {@link shorten} would reach a limit. */
  canShorten(units: readonly MessageUnit[], maxTokens: number, narrow: Narrow): boolean {
    return this.#shortened(units, maxTokens, narrow).tokens <= maxTokens;
  }

  /** Messages of units as short as it takes, and what everything takes with them. */
  #shortened(
    units: readonly MessageUnit[],
    maxTokens: number,
    narrow: Narrow,
  ): { readonly tokens: number; readonly messages: ReadonlyMap<number, ChatMessage> } {
    const indices = indicesOf(units).filter((at) => this.#chosen.has(at));
    const before = indices.reduce((sum, at) => sum + this.#count(at), 0);
    const others = this.#tokens - before;
    const staying = indices.flatMap((at) => {
      const message = this.#chosen.get(at);
      const rest = message === undefined ? null : narrow(message);
      return rest === null ? [] : [{ at, rest }];
    });
    const { messages, tokens } = shortenMessages(
      staying.map(({ rest }) => rest),
      { maxTokens: maxTokens - others, counting: this.#counting },
    );
    const shortened = staying.map(({ at, rest }, place) => [at, messages[place] ?? rest] as const);
    return { tokens: others + tokens, messages: new Map(shortened) };
  }

  #put(at: number, message: ChatMessage): void {
    this.#chosen.set(at, message);
    this.#tokens += this.#count(at);
  }

  #take(at: number): void {
    if (!this.#chosen.has(at)) return;
    this.#tokens -= this.#count(at);
    this.#chosen.delete(at);
  }

  #count(at: number): number {
    const known = this.#counted.get(at);
    if (known !== undefined) return known;
    const message = this.#chosen.get(at);
    const tokens = message === undefined ? 0 : messageTokens(message, this.#counting);
    this.#counted.set(at, tokens);
    return tokens;
  }
}

function indicesOf(units: readonly MessageUnit[]): readonly number[] {
  const indices: number[] = [];
  for (const { from, to } of units) for (let at = from; at < to; at += 1) indices.push(at);
  return indices;
}
