const MAX_NUMBERS = 2_048;
const MAX_DECIMALS = 15;
/** More than numbers with one decimal, the coarsest that are looked for, can be away from what they are rounded from. */
const REACH = 0.06;

/**
 * Numbers that a user or a tool named: the latest 2,048 different ones at least, and at most twice as many. Half of them leave
 * together, since to keep all in the order in which they were seen last costs more than everything else done with a result.
 */
export class SeenNumbers {
  #older = new Generation();
  #newer = new Generation();

  constructor(numbers: readonly number[] = []) {
    this.add(numbers);
  }

  /** How many different numbers are held. */
  get size(): number {
    return new Set(this.all()).size;
  }

  /** Adds numbers; those that were seen before count as seen now. */
  add(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#newer.add(number);
      if (this.#newer.size < MAX_NUMBERS) continue;
      this.#older = this.#newer;
      this.#newer = new Generation();
    }
  }

  /** Whether the number was seen, or is a seen one that was rounded: to its own decimals, at least one of them. */
  has(value: number): boolean {
    if (this.#newer.has(value) || this.#older.has(value)) return true;
    const decimals = decimalsOf(value);
    if (decimals === 0 || decimals > MAX_DECIMALS) return false;
    return this.#newer.hasRounded(value, decimals) || this.#older.hasRounded(value, decimals);
  }

  /** All numbers, those that leave first at the beginning; to add them in this order makes the same again. */
  all(): readonly number[] {
    return [...this.#older.all(), ...this.#newer.all()];
  }

  /** Forgets all of them. */
  clear(): void {
    this.#older = new Generation();
    this.#newer = new Generation();
  }
}

/** Numbers that leave together. */
class Generation {
  readonly #numbers = new Set<number>();
  /** Those with decimals by their whole part; made when it is first needed. */
  #fractions: Map<number, number[]> | null = null;

  get size(): number {
    return this.#numbers.size;
  }

  add(number: number): void {
    if (this.#numbers.has(number)) return;
    this.#numbers.add(number);
    if (this.#fractions !== null) addFraction(this.#fractions, number);
  }

  has(value: number): boolean {
    return this.#numbers.has(value);
  }

  hasRounded(value: number, decimals: number): boolean {
    const fractions = (this.#fractions ??= fractionsOf(this.#numbers));
    for (let whole = Math.floor(value - REACH); whole <= value + REACH; whole += 1) {
      const near = fractions.get(whole) ?? [];
      if (near.some((number) => isRounded(number, value, decimals))) return true;
    }
    return false;
  }

  all(): Iterable<number> {
    return this.#numbers;
  }
}

function fractionsOf(numbers: Iterable<number>): Map<number, number[]> {
  const fractions = new Map<number, number[]>();
  for (const number of numbers) addFraction(fractions, number);
  return fractions;
}

function addFraction(fractions: Map<number, number[]>, number: number): void {
  const whole = Math.floor(number);
  if (whole === number) return;
  const present = fractions.get(whole);
  if (present === undefined) fractions.set(whole, [number]);
  else present.push(number);
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
  if (Number.isInteger(value)) return 0;
  const text = String(value);
  const [digits = '', exponent = '0'] = text.split('e');
  const fraction = digits.includes('.') ? digits.length - digits.indexOf('.') - 1 : 0;
  return Math.max(0, fraction - Number(exponent));
}
