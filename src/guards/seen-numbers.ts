const MAX_NUMBERS = 2_048;
/** Numbers that may be held beyond the limit until they leave together: to let them leave one by one costs a walk each. */
const EXCESS = 256;
const MAX_DECIMALS = 15;

/** Numbers that a user or a tool named: the latest 2,048 different ones at least, and at most 256 more. */
export class SeenNumbers {
  readonly #numbers: Set<number>;

  constructor(numbers: Iterable<number> = []) {
    this.#numbers = new Set(numbers);
    this.#dropExcess();
  }

  /** How many different numbers are held. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Adds numbers; those that were seen before count as seen now. */
  add(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#numbers.delete(number);
      this.#numbers.add(number);
    }
    this.#dropExcess();
  }

  /** Whether the number was seen, or is a seen one that was rounded: to its own decimals, at least one of them. */
  has(value: number): boolean {
    if (this.#numbers.has(value)) return true;
    const decimals = decimalsOf(value);
    if (decimals === 0 || decimals > MAX_DECIMALS) return false;
    for (const number of this.#numbers) if (isRounded(number, value, decimals)) return true;
    return false;
  }

  /** All numbers, the one that was not seen for the longest first. */
  all(): readonly number[] {
    return [...this.#numbers];
  }

  /** Forgets all of them. */
  clear(): void {
    this.#numbers.clear();
  }

  #dropExcess(): void {
    if (this.#numbers.size <= MAX_NUMBERS + EXCESS) return;
    for (const number of this.#numbers) {
      if (this.#numbers.size <= MAX_NUMBERS) return;
      this.#numbers.delete(number);
    }
  }
}

/** Whether a number is another one that was rounded to so many decimals. */
export function isRounded(exact: number, value: number, decimals: number): boolean {
  if (exact === value) return true;
  const scale = 10 ** decimals;
  // Half a unit of the last digit, and a little for the binary form of decimals.
  return Math.abs(exact - value) * scale <= 0.5 + 1e-6 && decimals < decimalsOf(exact);
}

/** The decimals that a number is written with. */
export function decimalsOf(value: number): number {
  const text = String(value);
  const [digits = '', exponent = '0'] = text.split('e');
  const fraction = digits.includes('.') ? digits.length - digits.indexOf('.') - 1 : 0;
  return Math.max(0, fraction - Number(exponent));
}
