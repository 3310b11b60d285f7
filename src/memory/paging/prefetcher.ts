import { scoringOf } from '../search/search-index.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { BoundedCounter } from './bounded-counter.ts';

/** Bounds of a {@link Prefetcher}. */
export interface PrefetcherOptions {
  /** Claims at most at the start of a turn. Default 3. */
  readonly maxClaims?: number | undefined;
  /** Tools at most whose pages are fetched. Default 3. */
  readonly maxTools?: number | undefined;
  /** Pages at most for each tool. Default 3. */
  readonly maxPagesPerTool?: number | undefined;
  /** Pages whose uses are counted at most; those used longest ago are forgotten. Default 10,000. */
  readonly maxCountedPages?: number | undefined;
  /** Tools that are remembered at most. Default 256. */
  readonly maxCountedTools?: number | undefined;
}

/** A call of a tool. */
export interface PrefetchToolCall {
  readonly tool: string;
  readonly turn: number;
  /** Pages that were used in the turn before the call. */
  readonly pagesBefore?: readonly string[] | undefined;
}

/** What was noticed so far. */
export interface PrefetcherStats {
  readonly tools: number;
  readonly pages: number;
  readonly uses: number;
}

interface ToolHistory {
  readonly calls: number;
  readonly lastTurn: number;
  readonly pages: BoundedCounter;
}

const MAX_PAGES_OF_TOOL = 256;
const RECENT_TURNS = 5;

/** Guesses what a turn will need: the last summary, the claims that are used most, and what was used before tools were called. */
export class Prefetcher {
  readonly #options: Required<{ readonly [Key in keyof PrefetcherOptions]: number }>;
  readonly #uses: BoundedCounter;
  readonly #tools = new Map<string, ToolHistory>();
  #lastSummary: string | null = null;

  constructor(options: PrefetcherOptions = {}) {
    this.#options = {
      maxClaims: options.maxClaims ?? 3,
      maxTools: options.maxTools ?? 3,
      maxPagesPerTool: options.maxPagesPerTool ?? 3,
      maxCountedPages: options.maxCountedPages ?? 10_000,
      maxCountedTools: options.maxCountedTools ?? 256,
    };
    this.#uses = new BoundedCounter(this.#options.maxCountedPages);
  }

  /** What was noticed so far. */
  get stats(): PrefetcherStats {
    return { tools: this.#tools.size, pages: this.#uses.size, uses: this.#uses.total };
  }

  /** Notes that a page was used: read by the model, faulted in, or quoted. */
  recordUse(id: string): void {
    this.#uses.add(id);
  }

  /** Notes a call of a tool. */
  recordToolCall({ tool, turn, pagesBefore = [] }: PrefetchToolCall): void {
    const known = this.#tools.get(tool);
    const pages = known?.pages ?? new BoundedCounter(MAX_PAGES_OF_TOOL);
    for (const id of pagesBefore) pages.add(id);
    this.#tools.set(tool, { calls: (known?.calls ?? 0) + 1, lastTurn: turn, pages });
    if (this.#tools.size > this.#options.maxCountedTools) this.#forgetOldestTool();
  }

  /** Notes the summary of the segment that was closed last. */
  setLastSummary(id: string): void {
    this.#lastSummary = id;
  }

  /** Forgets a page that is gone. */
  forget(id: string): void {
    this.#uses.delete(id);
    for (const { pages } of this.#tools.values()) pages.delete(id);
    if (this.#lastSummary === id) this.#lastSummary = null;
  }

  /** Tools that were called in the last turns: the latest first, then the most called. */
  likelyTools(turn: number = Infinity, recentTurns: number = RECENT_TURNS): readonly string[] {
    const isRecent = ({ lastTurn }: ToolHistory): boolean =>
      turn === Infinity || lastTurn > turn - recentTurns;
    return [...this.#tools]
      .filter(([, history]) => isRecent(history))
      .toSorted(([, left], [, right]) =>
        left.lastTurn === right.lastTurn
          ? right.calls - left.calls
          : right.lastTurn - left.lastTurn,
      )
      .slice(0, this.#options.maxTools)
      .map(([tool]) => tool);
  }

  /** The pages that were used most before a tool was called. */
  pagesOfTool(tool: string): readonly string[] {
    return this.#tools.get(tool)?.pages.most(this.#options.maxPagesPerTool) ?? [];
  }

  /** The claims that were used most. */
  topClaims(index: SearchIndex, limit: number = this.#options.maxClaims): readonly string[] {
    const claims = scoringOf(index).pages.idsOf('claim');
    return this.#uses.most(limit, (id) => claims.has(id));
  }

  /** What to load at the start of a turn: pages that the index knows and that are not in the context, once each. */
  startTurn(options: {
    readonly turn: number;
    readonly index: SearchIndex;
    readonly resident: ReadonlySet<string>;
  }): readonly string[] {
    const { turn, index, resident } = options;
    const wanted = [
      ...(this.#lastSummary === null ? [] : [this.#lastSummary]),
      ...this.topClaims(index),
      ...this.likelyTools(turn).flatMap((tool) => this.pagesOfTool(tool)),
    ];
    return [...new Set(wanted)].filter((id) => index.has(id) && !resident.has(id));
  }

  #forgetOldestTool(): void {
    let oldest: string | null = null;
    let oldestTurn = Infinity;
    for (const [tool, { lastTurn }] of this.#tools) {
      if (lastTurn >= oldestTurn) continue;
      oldest = tool;
      oldestTurn = lastTurn;
    }
    if (oldest !== null) this.#tools.delete(oldest);
  }
}
