import type { ChatMessage } from './chat-message.ts';
import type { MessageUnit } from './exchange.ts';
import { REPLY_PRIMER_TOKENS } from '../domain/segment.ts';
import { type MemoCounting, messageTokens } from './message-tokens.ts';
import { shortenMessages } from './shorten-messages.ts';

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

  /** Shortens the texts of units until everything takes at most `maxTokens`, and tells what it takes then; else changes nothing. */
  shorten(units: readonly MessageUnit[], maxTokens: number): number {
    const indices = indicesOf(units).filter((at) => this.#chosen.has(at));
    const before = indices.reduce((sum, at) => sum + this.#count(at), 0);
    const others = this.#tokens - before;
    const { messages, tokens } = shortenMessages(
      indices.flatMap((at) => this.#chosen.get(at) ?? []),
      { maxTokens: maxTokens - others, counting: this.#counting },
    );
    if (others + tokens > maxTokens) return others + tokens;
    for (const [place, at] of indices.entries()) {
      const message = messages[place];
      if (message === undefined) continue;
      this.#take(at);
      this.#counted.delete(at);
      this.#put(at, message);
    }
    return this.#tokens;
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
