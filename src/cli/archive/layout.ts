import { formatCount } from '../text/figures.ts';
import { safeText } from '../text/safe-text.ts';
import { wrap } from '../text/wrap.ts';

/** How wide a transcript is, and whether long texts are shown to their end. */
export interface LayoutOptions {
  readonly columns: number;
  readonly isFull: boolean;
}

const INDENT = '  ';
/** Lines of one text that are shown where it is not to be shown whole. */
const SHOWN_LINES = 8;
const MIN_COLUMNS = 40;
/** Longer lines are hard to read, however wide the terminal is. */
const MAX_COLUMNS = 120;

/** Puts texts of unknown origin on a terminal: harmless, wrapped, indented, and shortened where that is wanted. */
export class Layout {
  readonly #columns: number;
  readonly #isFull: boolean;

  constructor({ columns, isFull }: LayoutOptions) {
    this.#columns = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, columns));
    this.#isFull = isFull;
  }

  /** The lines of a text, `depth` steps from the edge. */
  lines(text: string, depth: number): readonly string[] {
    const indent = INDENT.repeat(depth);
    const lines = wrap(safeText(text).trimEnd(), this.#columns - indent.length);
    return this.#shorten(lines).map((line) => (line === '' ? '' : `${indent}${line}`));
  }

  #shorten(lines: readonly string[]): readonly string[] {
    // One line more takes no more room than saying that it is missing.
    if (this.#isFull || lines.length <= SHOWN_LINES + 1) return lines;
    const missing = formatCount(lines.length - SHOWN_LINES);
    return [...lines.slice(0, SHOWN_LINES), `... ${missing} more lines (--full shows them)`];
  }
}
