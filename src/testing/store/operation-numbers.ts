/** Which number a write carries: a new one, the last one again, or one before it. */
export const NUMBERINGS = ['next', 'repeat', 'old'] as const;

/** See {@link NUMBERINGS}. */
export type Numbering = (typeof NUMBERINGS)[number];

/** The operation numbers handed out so far, for each writer to each session. */
export class OperationNumbers {
  readonly #last: Map<string, number> = new Map();

  /** A number for a write of the writer named; a new one where there is no earlier one to take. */
  draw(name: string, numbering: Numbering): number {
    const last = this.#last.get(name) ?? 0;
    if (numbering === 'repeat' && last > 0) return last;
    if (numbering === 'old' && last > 1) return last - 1;
    this.#last.set(name, last + 1);
    return last + 1;
  }
}
