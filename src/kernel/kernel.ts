import type { RankedPage, RankingQuery } from './ranking.ts';
import type { TextClasses } from './text-classes.ts';
import type { WorkingSet, WorkingSetOptions } from './working-set/working-set.ts';

/** Arithmetic over text, the same to the last bit in WebAssembly and in JavaScript. */
export interface Kernel {
  readonly kind: 'wasm' | 'js';
  /** Counts what a text of any length is made of. Never fails on odd input such as lone surrogates. */
  countTextClasses(text: string): TextClasses;
  /**
   * Ranks pages by BM25, best first; equal scores go by the number of the page.
   *
   * @throws {PagefoldError} `INVALID_INPUT` for numbers out of range, `OVERLOADED` when there is no memory for it.
   */
  rankPages(query: RankingQuery): readonly RankedPage[];
  /**
   * Opens a working set. Sets of one kernel share its memory; close those that are done with.
   *
   * @throws {PagefoldError} `INVALID_INPUT` for a budget or a policy that is none, `OVERLOADED` when the kernel is full,
   * `KERNEL_POISONED` when it can no longer be trusted and has to be replaced.
   */
  openWorkingSet(options: WorkingSetOptions): WorkingSet;
}
