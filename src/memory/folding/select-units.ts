/** What a choice between units depends on. */
export interface Candidate {
  readonly tokens: number;
  readonly frameTokens: number;
  readonly frame: object | null;
  readonly terms: readonly number[];
  readonly factor: number;
}

/** Bounds of a choice. */
export interface SelectOptions {
  /** Tokens that the chosen units may take together, with one more for each to join them. */
  readonly maxTokens: number;
  /** What a term is worth, by its number. */
  readonly weightOf: (term: number) => number;
}

/** What was chosen. */
export interface UnitSelection {
  /** Places of the chosen units, ascending. */
  readonly chosen: readonly number[];
  readonly tokens: number;
  /** Terms that stand in a chosen unit. */
  readonly covered: ReadonlySet<number>;
}

/** Tokens for what joins a unit to the next. */
const JOIN_TOKENS = 1;
/** Each round accepts units that gain this share of what the round before asked for. */
const ROUND_STEP = 0.8;
/** Fewest gain per token, against the best unit, that is still worth its room. */
const LEAST_SHARE = 0.02;

/** How often what was told may be told again in other words while there is room. */
const LAYERS = 4;

/**
 * Chooses units that together tell most within a number of tokens: a term counts once, so what only repeats gains nothing
 * until all has been told. Budgeted maximum coverage by falling thresholds (Badanidiyuru and Vondrák, 2014): a unit is taken
 * in the first round in which what it adds per token reaches the threshold. About eighteen rounds a layer whatever the length,
 * so linear, and always the same choice.
 */
export function selectUnits(units: readonly Candidate[], options: SelectOptions): UnitSelection {
  const choice = new Choice(units, options);
  for (let layer = 0; layer < LAYERS && choice.hasRoom(); layer += 1) {
    if (!selectLayer(units, choice)) break;
    choice.startAgain();
  }
  return choice.selection();
}

/** Takes units while one adds something; false when none was taken. */
function selectLayer(units: readonly Candidate[], choice: Choice): boolean {
  const bounds = units.map((unit, index) =>
    choice.isOpen(index, unit) ? choice.gainOf(unit) / (unit.tokens + JOIN_TOKENS) : 0,
  );
  const best = bounds.reduce((most, bound) => Math.max(most, bound), 0);
  let hasTaken = false;
  for (let threshold = best * ROUND_STEP; threshold > best * LEAST_SHARE; threshold *= ROUND_STEP) {
    for (const [index, unit] of units.entries()) {
      // What a unit adds only falls, so that an old figure below the threshold needs no second look. The figure leaves the
      // frame out, since another unit may pay for that.
      if ((bounds[index] ?? 0) < threshold || !choice.fits(unit)) continue;
      const gain = choice.gainOf(unit);
      const isTaken = gain / choice.costOf(unit) >= threshold;
      bounds[index] = isTaken ? 0 : gain / (unit.tokens + JOIN_TOKENS);
      if (isTaken) choice.take(index, unit);
      hasTaken ||= isTaken;
    }
  }
  return hasTaken;
}

class Choice {
  readonly #options: SelectOptions;
  readonly #chosen: boolean[];
  readonly #covered = new Set<number>();
  readonly #told = new Set<string>();
  #coveredNow = new Set<number>();
  readonly #frames = new Set<object>();
  #tokens = 0;

  constructor(units: readonly Candidate[], options: SelectOptions) {
    this.#options = options;
    this.#chosen = units.map(() => false);
  }

  /** What a unit adds to the terms covered so far. */
  gainOf(unit: Candidate): number {
    let gain = 0;
    for (const term of unit.terms) {
      if (!this.#coveredNow.has(term)) gain += this.#options.weightOf(term);
    }
    return gain * unit.factor;
  }

  /** Whether a unit was neither taken nor says word for word what one that was taken says. */
  isOpen(index: number, unit: Candidate): boolean {
    return this.#chosen[index] === false && !this.#told.has(wordingOf(unit));
  }

  hasRoom(): boolean {
    return this.#tokens < this.#options.maxTokens;
  }

  /** Forgets what was told, so that it may be told in other words. */
  startAgain(): void {
    this.#coveredNow = new Set();
  }

  fits(unit: Candidate): boolean {
    return this.#tokens + this.costOf(unit) <= this.#options.maxTokens;
  }

  take(index: number, unit: Candidate): void {
    this.#tokens += this.costOf(unit);
    this.#chosen[index] = true;
    this.#told.add(wordingOf(unit));
    for (const term of unit.terms) {
      this.#covered.add(term);
      this.#coveredNow.add(term);
    }
    if (unit.frame !== null) this.#frames.add(unit.frame);
  }

  selection(): UnitSelection {
    const chosen = [...this.#chosen.entries()].flatMap(([index, isTaken]) =>
      isTaken ? [index] : [],
    );
    return { chosen, tokens: this.#tokens, covered: this.#covered };
  }

  /** What a unit costs now. */
  costOf(unit: Candidate): number {
    const isFramed = unit.frame === null || this.#frames.has(unit.frame);
    return unit.tokens + JOIN_TOKENS + (isFramed ? 0 : unit.frameTokens);
  }
}

function wordingOf(unit: Candidate): string {
  return unit.terms.join(' ');
}
