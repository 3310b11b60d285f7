/** What pages were loaded ahead of their use. */
export const PAGING_KINDS = ['demand', 'prefetch'] as const;
/** One of {@link PAGING_KINDS}. */
export type PagingKind = (typeof PAGING_KINDS)[number];

/** How good guesses were. */
export interface PagingFigures {
  readonly loaded: number;
  /** Pages that were used within the window. */
  readonly used: number;
  /** Pages that were not used within the window. */
  readonly wasted: number;
  /** Pages whose window is still open. */
  readonly open: number;
  /** Used pages over used and wasted ones; null before there are any. */
  readonly hitRate: number | null;
}

interface Load {
  readonly kind: PagingKind;
  readonly turn: number;
}

const DEFAULT_WINDOW_TURNS = 3;
const MAX_OPEN = 4_096;

/** Measures how many of the pages that were loaded ahead were then used. */
export class PagingMeter {
  readonly #windowTurns: number;
  readonly #open = new Map<string, Load>();
  readonly #used = new Map<PagingKind, number>();
  readonly #wasted = new Map<PagingKind, number>();

  /** A page counts as used when that happens in the turn of its load or the `windowTurns - 1` turns after it. */
  constructor(windowTurns: number = DEFAULT_WINDOW_TURNS) {
    this.#windowTurns = windowTurns;
  }

  /** Notes pages that were loaded; one whose window is open already is not counted twice. */
  recordLoad(kind: PagingKind, turn: number, ids: readonly string[]): void {
    for (const id of ids) if (!this.#open.has(id)) this.#open.set(id, { kind, turn });
    for (const [id, { kind: oldKind }] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return;
      this.#open.delete(id);
      increment(this.#wasted, oldKind);
    }
  }

  /** Notes that a page was used; pages that were not loaded ahead make no difference. */
  recordUse(id: string): void {
    const load = this.#open.get(id);
    if (load === undefined) return;
    this.#open.delete(id);
    increment(this.#used, load.kind);
  }

  /** Closes the windows that end before a turn. */
  startTurn(turn: number): void {
    for (const [id, load] of this.#open) {
      if (turn - load.turn < this.#windowTurns) continue;
      this.#open.delete(id);
      increment(this.#wasted, load.kind);
    }
  }

  /** The figures of one kind. */
  figures(kind: PagingKind): PagingFigures {
    const used = this.#used.get(kind) ?? 0;
    const wasted = this.#wasted.get(kind) ?? 0;
    const open = [...this.#open.values()].filter((load) => load.kind === kind).length;
    const closed = used + wasted;
    return {
      loaded: closed + open,
      used,
      wasted,
      open,
      hitRate: closed === 0 ? null : used / closed,
    };
  }
}

function increment(counts: Map<PagingKind, number>, kind: PagingKind): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
