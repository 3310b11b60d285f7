import type { Wanted } from '../domain/command.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ParsedSessionOptions } from './session-options.ts';

/** Stands for the prompt among names of properties, none of which it can be mistaken for. */
export const PROMPT: unique symbol = Symbol('systemPrompt');

/** Something that options name: the prompt, or a property. */
export type OptionName = string | typeof PROMPT;

/**
 * What of one caller's options nobody has brought to the session yet. What the caller changes itself is wanted no more, or the
 * options would undo a change that came after them; it is again when the change fails.
 */
export class UnmetOptions {
  readonly #options: Pick<ParsedSessionOptions, 'properties' | 'systemPrompt'>;
  readonly #unmet: Set<OptionName>;
  /** How many changes of each are under way. */
  readonly #changing = new Map<OptionName, number>();

  constructor(options: Pick<ParsedSessionOptions, 'properties' | 'systemPrompt'>) {
    this.#options = options;
    this.#unmet = new Set(Object.keys(options.properties));
    if (options.systemPrompt !== null) this.#unmet.add(PROMPT);
  }

  /** Whether the session needs something that nobody is about to change. */
  get isWanting(): boolean {
    for (const name of this.#unmet) if (!this.#changing.has(name)) return true;
    return false;
  }

  /** The prompt to bring; null for none. */
  get systemPrompt(): string | null {
    return this.#isWanted(PROMPT) ? this.#options.systemPrompt : null;
  }

  /** The properties to bring. */
  get properties(): JsonObject {
    const entries = Object.entries(this.#options.properties);
    return Object.fromEntries(entries.filter(([name]) => this.#isWanted(name)));
  }

  /** Whether one was brought, or replaced by a change of the caller's own. */
  isMet(name: OptionName): boolean {
    return !this.#unmet.has(name);
  }

  /** What was brought. */
  meet({ properties, systemPrompt }: Omit<Wanted, 'model'>): void {
    for (const name of Object.keys(properties)) this.#unmet.delete(name);
    if (systemPrompt !== null) this.#unmet.delete(PROMPT);
  }

  /** Runs a change of the caller's own, which takes the place of what the options name. */
  async replace<T>(names: readonly OptionName[], change: () => Promise<T>): Promise<T> {
    for (const name of names) this.#changing.set(name, this.#changes(name) + 1);
    try {
      const reply = await change();
      for (const name of names) this.#unmet.delete(name);
      return reply;
    } finally {
      for (const name of names) this.#end(name);
    }
  }

  #end(name: OptionName): void {
    const left = this.#changes(name) - 1;
    if (left === 0) this.#changing.delete(name);
    else this.#changing.set(name, left);
  }

  #changes(name: OptionName): number {
    return this.#changing.get(name) ?? 0;
  }

  #isWanted(name: OptionName): boolean {
    return this.#unmet.has(name) && !this.#changing.has(name);
  }
}
