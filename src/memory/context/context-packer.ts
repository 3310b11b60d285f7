import {
  type ContextLineOptions,
  type ContextPackerOptions,
  parseContextAmount,
  parseContextPackerOptions,
} from '../../domain/context-options.ts';
import { toText } from '../../domain/json.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { CountText } from '../search/page-outline.ts';
import { blockEnd, blockStart } from './context-block.ts';
import { contextLine } from './context-line.ts';
import type { ContextEntry } from './context-plan.ts';
import { fitText } from './fit-text.ts';
import { type Frame, LineTally } from './line-tally.ts';
import { excerptOf } from './text-head.ts';

/** How a page can be shown. */
export interface PageForm {
  readonly level: PageLevel;
  readonly text: string;
}

/** A page that may be packed. */
export interface ContextCandidate {
  readonly page: MemoryPage;
  /** From the most detailed to the shortest. Default: the content as it is, at level 0. */
  readonly forms?: readonly PageForm[] | undefined;
  /** Pinned pages get their room first. Default false. */
  readonly isPinned?: boolean | undefined;
}

/** Pages packed into a text. */
export interface PackedContext {
  readonly content: string;
  /** Tokens of the content, counted as one text; never more than the budget. */
  readonly tokens: number;
  /** What the content shows, in the order of its lines. */
  readonly entries: readonly ContextEntry[];
  readonly pagesIncluded: readonly string[];
  /** Pages of which a shorter form is shown than the first; they are included too. */
  readonly pagesReduced: readonly string[];
  /** Pages whose text was cut to fit; they are included too. */
  readonly pagesTruncated: readonly string[];
  readonly pagesOmitted: readonly string[];
}

/** A candidate with a place among the lines. */
interface Placed {
  readonly at: number;
  readonly entry: ContextEntry;
  readonly line: string;
  readonly fate: 'whole' | 'reduced' | 'truncated';
}

/** The budget, and what may be used of it by a count of parts. */
interface Budget {
  readonly maxTokens: number;
  readonly room: number;
}

const DEFAULT_MIN_CUT_TOKENS = 50;
/** How often it is packed anew; counters of the known vocabularies never need it. */
const MAX_TRIES = 4;
const NO_FRAME: Frame = { start: '', end: '' };
const BLOCK_FRAME: Frame = { start: blockStart('CONTEXT'), end: `\n${blockEnd('CONTEXT')}` };

/**
 * Packs pages into a text of at most so many tokens: each in the most detailed of its forms that fits, a text that fits in none
 * cut down, and what still does not fit left out. Pinned pages come first when room is given, the order of the lines is that of
 * the candidates.
 */
export class ContextPacker {
  readonly #count: CountText;
  readonly #minCutTokens: number;
  readonly #maxTextLength: number;
  readonly #lines: ContextLineOptions;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: ContextPackerOptions) {
    const parsed = parseContextPackerOptions(options);
    this.#count = parsed.countTokens;
    this.#minCutTokens = parsed.minCutTokens ?? DEFAULT_MIN_CUT_TOKENS;
    this.#maxTextLength = parsed.maxTextLength ?? Infinity;
    this.#lines = parsed.lines ?? {};
  }

  /**
   * The pages as lines. A budget of 0 has room for nothing.
   * @throws INVALID_INPUT when the budget is no whole number of at least 0.
   */
  pack(candidates: readonly ContextCandidate[], maxTokens: number = Infinity): PackedContext {
    return this.#pack(candidates, parseContextAmount(maxTokens, 'maxTokens'), NO_FRAME);
  }

  /**
   * The pages as a block between its delimiters, which are part of the budget; empty when not even these fit.
   * @throws INVALID_INPUT when the budget is no whole number of at least 0.
   */
  packWithWrapper(
    candidates: readonly ContextCandidate[],
    maxTokens: number = Infinity,
  ): PackedContext {
    return this.#pack(candidates, parseContextAmount(maxTokens, 'maxTokens'), BLOCK_FRAME);
  }

  /** Packs anew with less room should the whole have more tokens than its parts. */
  #pack(candidates: readonly ContextCandidate[], maxTokens: number, frame: Frame): PackedContext {
    let room = maxTokens;
    for (let tries = 0; ; tries += 1) {
      const lines = this.#choose(candidates, { maxTokens, room }, frame);
      const content = contentOf(lines, frame);
      const tokens = this.#count(content);
      if (tokens <= maxTokens) return packed(candidates, lines, { content, tokens });
      if (lines.length === 0 || tries > MAX_TRIES)
        return packed(candidates, [], { content: '', tokens: 0 });
      room = tries < MAX_TRIES ? Math.max(0, room - (tokens - maxTokens)) : 0;
    }
  }

  /** What fits into the room when the tokens of lines add up, in the order of the lines. */
  #choose(
    candidates: readonly ContextCandidate[],
    budget: Budget,
    frame: Frame,
  ): readonly Placed[] {
    const tally = new LineTally(this.#count, frame);
    const placed: Placed[] = [];
    const order = candidates.map((candidate, at) => ({ candidate, at }));
    const pinned = order.filter(({ candidate }) => candidate.isPinned === true);
    const others = order.filter(({ candidate }) => candidate.isPinned !== true);
    for (const { candidate, at } of [...pinned, ...others]) {
      const found = this.#place(candidate, at, (line) => tally.tokensWith(at, line) <= budget.room);
      const chosen = found ?? this.#cut(candidate, { at, tally, budget });
      if (chosen === null) continue;
      tally.add(at, chosen.line);
      placed.push(chosen);
    }
    return placed.toSorted((left, right) => left.at - right.at);
  }

  /** The most detailed form of which the line fits; null when none does. */
  #place(candidate: ContextCandidate, at: number, fits: (line: string) => boolean): Placed | null {
    for (const [index, form] of this.#formsOf(candidate).entries()) {
      const entry = entryOf(candidate, form);
      const line = contextLine(entry, this.#lines);
      if (fits(line)) return { at, entry, line, fate: index === 0 ? 'whole' : 'reduced' };
    }
    return null;
  }

  /** The shortest form of a text cut down to what is left of the budget; null when that is too little. */
  #cut(
    candidate: ContextCandidate,
    {
      at,
      tally,
      budget,
    }: { readonly at: number; readonly tally: LineTally; readonly budget: Budget },
  ): Placed | null {
    const left = budget.maxTokens - tally.tokens;
    const form = this.#formsOf(candidate).at(-1);
    const { modality } = candidate.page;
    // Half of some data is shown as a text; half of the words about a medium would be taken for all of them.
    const isText = modality === 'text' || modality === 'structured';
    if (!isText || form === undefined || left <= this.#minCutTokens) return null;
    const lineOf = (text: string): string =>
      contextLine(entryOf(candidate, { ...form, text }), this.#lines);
    const text = fitText(form.text, {
      maxTokens: left,
      fits: (cut) => tally.tokensWith(at, lineOf(cut)) <= budget.room,
    });
    if (text === null) return null;
    return {
      at,
      entry: entryOf(candidate, { ...form, text }),
      line: lineOf(text),
      fate: 'truncated',
    };
  }

  #formsOf({ page, forms }: ContextCandidate): readonly PageForm[] {
    const given = forms ?? [{ level: 0, text: page.content === null ? '' : toText(page.content) }];
    if (page.modality !== 'text' || this.#maxTextLength === Infinity) return given;
    return given.map((form) => ({ ...form, text: excerptOf(form.text, this.#maxTextLength) }));
  }
}

function packed(
  candidates: readonly ContextCandidate[],
  lines: readonly Placed[],
  whole: { readonly content: string; readonly tokens: number },
): PackedContext {
  const shown = new Set(lines.map(({ at }) => at));
  const idsOf = (fate: Placed['fate']): readonly string[] =>
    lines.filter((line) => line.fate === fate).map(({ entry }) => entry.page.pageId);
  return {
    ...whole,
    entries: lines.map(({ entry }) => entry),
    pagesIncluded: lines.map(({ entry }) => entry.page.pageId),
    pagesReduced: idsOf('reduced'),
    pagesTruncated: idsOf('truncated'),
    pagesOmitted: candidates.filter((_, at) => !shown.has(at)).map(({ page }) => page.pageId),
  };
}

function contentOf(lines: readonly Placed[], { start, end }: Frame): string {
  return `${start}${lines.map(({ line }) => line).join('\n')}${end}`;
}

function entryOf({ page, isPinned = false }: ContextCandidate, form: PageForm): ContextEntry {
  return { page, level: form.level, text: form.text, isPinned };
}
