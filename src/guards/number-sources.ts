import type { BindingManager } from './binding-manager.ts';
import { decimalsOf, isRounded } from './seen-numbers.ts';
import type { SeenNumbers } from './seen-numbers.ts';

/** The producer of values that were read from what the model itself wrote; they are no source for its numbers. */
export const ASSISTANT_TEXT = 'assistant_text';

/** Where numbers of arguments may come from. */
export class NumberSources {
  readonly #bindings: BindingManager;
  readonly #seen: SeenNumbers;

  constructor(bindings: BindingManager, seen: SeenNumbers) {
    this.#bindings = bindings;
    this.#seen = seen;
  }

  /** Whether a tool, the user or a binding named the number, or one that it is rounded from. */
  isKnown(value: number): boolean {
    if (this.#seen.has(value)) return true;
    const decimals = decimalsOf(value);
    for (const [id, number] of this.#bindings.numbersById()) {
      if (isRounded(number, value, decimals) && this.#isComputed(id)) return true;
    }
    return false;
  }

  /** The numbers that tools computed, in ascending order, each once. */
  computed(): readonly number[] {
    const numbers = [...this.#bindings.numbersById()]
      .filter(([id]) => this.#isComputed(id))
      .map(([, number]) => number);
    return [...new Set(numbers)].sort((left, right) => left - right);
  }

  #isComputed(id: string): boolean {
    return this.#bindings.get(id)?.toolName !== ASSISTANT_TEXT;
  }
}
