import type { BindingManager } from './binding-manager.ts';
import { decimalsOf, isRounded } from './seen-numbers.ts';
import type { SeenNumbers } from './seen-numbers.ts';

/** The producer of values that were read from what the model itself wrote; they are no source for its numbers. */
export const ASSISTANT_TEXT = 'assistant_text';

/** Where numbers of arguments may come from. */
export class NumberSources {
  readonly #bindings: BindingManager;
  readonly #seen: readonly SeenNumbers[];

  /** `seen` are the numbers that users named, and those of tools. */
  constructor(bindings: BindingManager, seen: readonly SeenNumbers[]) {
    this.#bindings = bindings;
    this.#seen = seen;
  }

  /** Whether a tool, the user or a binding named the number, or one that it is rounded from. */
  isKnown(value: number): boolean {
    return this.#isSeen(value) || this.#roundedFrom(value) !== null;
  }

  /** The id of the computed value that a number is, or that it is rounded from; null where it is somebody's own. */
  computedAs(value: number): string | null {
    for (const [id, number] of this.#bindings.numbersById()) {
      if (number === value && this.#isComputed(id)) return id;
    }
    return this.#isSeen(value) ? null : this.#roundedFrom(value);
  }

  /** The numbers that tools computed, in ascending order, each once. */
  computed(): readonly number[] {
    const numbers = [...this.#bindings.numbersById()]
      .filter(([id]) => this.#isComputed(id))
      .map(([, number]) => number);
    return [...new Set(numbers)].sort((left, right) => left - right);
  }

  #isSeen(value: number): boolean {
    return this.#seen.some((numbers) => numbers.has(value));
  }

  #roundedFrom(value: number): string | null {
    const decimals = decimalsOf(value);
    for (const [id, number] of this.#bindings.numbersById()) {
      if (isRounded(number, value, decimals) && this.#isComputed(id)) return id;
    }
    return null;
  }

  #isComputed(id: string): boolean {
    return this.#bindings.get(id)?.toolName !== ASSISTANT_TEXT;
  }
}
