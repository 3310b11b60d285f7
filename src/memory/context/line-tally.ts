import type { CountText } from '../search/page-outline.ts';

/** What stands around lines. */
export interface Frame {
  readonly start: string;
  readonly end: string;
}

interface CountedLine {
  readonly alone: number;
  /** With the line end that parts it from the next. */
  readonly withBreak: number;
}

/**
 * The tokens of lines joined by line ends, without counting all of them again for each that is added: no token of the known
 * vocabularies reaches over a line end into a letter or `<`, so that lines with their ends add up.
 */
export class LineTally {
  readonly #count: CountText;
  readonly #frame: Frame;
  readonly #frameTokens: number;
  /** Tokens of all lines with a line end each. */
  #sum = 0;
  #last: { readonly at: number; readonly line: CountedLine } | null = null;

  constructor(count: CountText, frame: Frame) {
    this.#count = count;
    this.#frame = frame;
    this.#frameTokens = count(frame.start) + count(frame.end.trimStart());
  }

  /** Tokens of what was added, and of the frame. */
  get tokens(): number {
    return this.#total(this.#sum, this.#last?.line ?? null);
  }

  /** Tokens with one more line at a place in the order. */
  tokensWith(at: number, line: string): number {
    const counted = this.#counted(line);
    const isLast = this.#last === null || at > this.#last.at;
    return this.#total(
      this.#sum + counted.withBreak,
      isLast ? counted : (this.#last?.line ?? null),
    );
  }

  /** Adds a line at a place in the order. */
  add(at: number, line: string): void {
    const counted = this.#counted(line);
    this.#sum += counted.withBreak;
    if (this.#last === null || at > this.#last.at) this.#last = { at, line: counted };
  }

  #total(sum: number, last: CountedLine | null): number {
    if (last === null) return this.#frameTokens;
    // A frame ends the last line too.
    const isFramed = this.#frame.end !== '';
    return this.#frameTokens + (isFramed ? sum : sum - last.withBreak + last.alone);
  }

  #counted(line: string): CountedLine {
    return { alone: this.#count(line), withBreak: this.#count(`${line}\n`) };
  }
}
