import { OutlineMemo, type OutlineText } from './outline-memo.ts';
import { OfferQueue, type OfferedPage } from './offer-queue.ts';
import { likelyPages, type WeighedPage } from './likely-pages.ts';
import { foldOutline, mergeSteps } from './page-outline.ts';
import type { CountText, OutlineStep, PageOutline } from './page-outline.ts';
import { searchTerms } from './search-terms.ts';

/** A page and what its content is worth. */
export interface PackCandidate {
  readonly id: string;
  /** See `RankedPage.relevance`. */
  readonly relevance: number;
}

/** A page as a fold sees it. */
export interface PackablePage {
  readonly id: string;
  readonly text: string;
}

/** Makes a shorter text of a page, of `maxTokens` tokens at most, that keeps what the focus terms stand for. */
export type FoldPage = (
  page: PackablePage,
  maxTokens: number,
  focusTerms: ReadonlySet<string>,
) => string;

/** What a packer works with. */
export interface RecallPackerOptions {
  readonly countTokens: CountText;
  /** Tokens that a page costs besides its text, for its id, its speaker and the line. Default 8. */
  readonly lineTokens?: number | undefined;
  /** Pages below this many tokens are taken whole or not at all. Default 56. */
  readonly minFoldTokens?: number | undefined;
  /** Pages at most whose outline is remembered. Default 2,048. */
  readonly maxOutlines?: number | undefined;
  /** Outlines that are remembered elsewhere, of the same counter; `maxOutlines` then does not count. */
  readonly outline?: OutlineText | undefined;
  /** Default: the sentences and lines that say most. */
  readonly fold?: FoldPage | undefined;
}

/** What to pack. */
export interface PackRequest {
  readonly candidates: readonly PackCandidate[];
  /** The text of a page, or null when it cannot be had; the page is then left out. */
  readonly textOf: (id: string) => string | null;
  /** All tokens, lines included. */
  readonly maxTokens: number;
  /** What folding keeps before all else. */
  readonly question: string;
}

/** A page in a budget. */
export interface PackedPage {
  readonly id: string;
  readonly text: string;
  /** Tokens of the text and of its line. */
  readonly tokens: number;
  readonly isWhole: boolean;
  /** What a fold was allowed to take, its line excepted; the same limit gives the same text again. */
  readonly maxTokens: number;
}

interface PackerSettings {
  readonly countTokens: CountText;
  readonly lineTokens: number;
  readonly minFoldTokens: number;
}

const DEFAULTS = { lineTokens: 8, minFoldTokens: 56, maxOutlines: 2_048 };

/** Less than this holds no more than a few words. */
const MIN_PART_TOKENS = 12;

/** A page as it is offered. */
interface PackablePart extends OfferedPage {
  /** Whether fewer tokens than a step are of use too. */
  readonly isDivisible: boolean;
}

/**
 * Packs pages into a budget of tokens so that the sum over pages of relevance times the share of the page's distinct terms is
 * as large as a greedy choice makes it: long pages give their best sentences first, and the rest only while it is worth more
 * than the beginning of another page.
 */
export class RecallPacker {
  readonly #options: PackerSettings;
  readonly #fold: FoldPage | undefined;
  readonly #outline: OutlineText;
  readonly #steps = new WeakMap<PageOutline, readonly OutlineStep[]>();

  constructor({ fold, outline, maxOutlines, ...options }: RecallPackerOptions) {
    this.#options = {
      countTokens: options.countTokens,
      lineTokens: options.lineTokens ?? DEFAULTS.lineTokens,
      minFoldTokens: options.minFoldTokens ?? DEFAULTS.minFoldTokens,
    };
    this.#fold = fold;
    this.#outline = outline ?? ownOutlines(options.countTokens, maxOutlines);
  }

  /** The pages that go in, the most relevant first; never more than `maxTokens` together. */
  pack(request: PackRequest): readonly PackedPage[] {
    const outlines = this.#outlinesOf(request);
    const grants = grantTokens(this.#offers(request.candidates, outlines), request.maxTokens);
    const focusTerms = new Set(searchTerms(request.question));
    const packed: PackedPage[] = [];
    let room = request.maxTokens;
    for (const { id } of request.candidates) {
      const [grant, outline] = [grants.get(id), outlines.get(id)];
      if (grant === undefined || outline === undefined) continue;
      const page = this.#render({ id, outline, grant, focusTerms });
      if (page === null || page.tokens > room) continue;
      room -= page.tokens;
      packed.push(page);
    }
    return packed;
  }

  /** The pages that {@link pack} may find room for, told from their tokens alone. */
  likely<Page extends WeighedPage>(pages: readonly Page[], maxTokens: number): readonly Page[] {
    const { minFoldTokens } = this.#options;
    return likelyPages(pages, { maxTokens, minFoldTokens });
  }

  #outlinesOf({ candidates, textOf }: PackRequest): ReadonlyMap<string, PageOutline> {
    const outlines = new Map<string, PageOutline>();
    for (const { id } of candidates) {
      const text = textOf(id);
      if (text !== null) outlines.set(id, this.#outline(text));
    }
    return outlines;
  }

  /** What the pages have to offer. */
  #offers(
    candidates: readonly PackCandidate[],
    outlines: ReadonlyMap<string, PageOutline>,
  ): readonly PackablePart[] {
    const { lineTokens, minFoldTokens } = this.#options;
    return candidates.flatMap(({ id, relevance }) => {
      const outline = outlines.get(id);
      if (outline === undefined) return [];
      const isDivisible = outline.tokens + lineTokens >= minFoldTokens;
      return { id, relevance, steps: this.#stepsOf(outline), isDivisible };
    });
  }

  #stepsOf(outline: PageOutline): readonly OutlineStep[] {
    const steps = this.#steps.get(outline) ?? this.#withLine(outline);
    this.#steps.set(outline, steps);
    return steps;
  }

  /** With the line of the page in its first step, and what repeats in a last one that is worth nothing. */
  #withLine(outline: PageOutline): readonly OutlineStep[] {
    const { lineTokens, minFoldTokens } = this.#options;
    const whole = outline.tokens + lineTokens;
    if (whole < minFoldTokens) return [{ tokens: whole, share: 1 }];
    const [first, ...rest] = outline.steps;
    if (first === undefined) return [{ tokens: whole, share: 1 }];
    const merged = mergeSteps([{ ...first, tokens: first.tokens + lineTokens }, ...rest]);
    const missing = whole - merged.reduce((sum, step) => sum + step.tokens, 0);
    return missing > 0 ? [...merged, { tokens: missing, share: 0 }] : merged;
  }

  #render({ id, outline, grant, focusTerms }: RenderInput): PackedPage | null {
    const { lineTokens, countTokens } = this.#options;
    const maxTokens = grant - lineTokens;
    if (outline.tokens <= maxTokens) {
      const tokens = outline.tokens + lineTokens;
      return { id, text: outline.text, tokens, isWhole: true, maxTokens };
    }
    const own = this.#fold?.({ id, text: outline.text }, maxTokens, focusTerms);
    const isUsable = own !== undefined && own !== '' && countTokens(own) <= maxTokens;
    const text = isUsable ? own : foldOutline(outline, maxTokens, focusTerms);
    if (text === '') return null;
    const tokens = countTokens(text) + lineTokens;
    return { id, text, tokens, isWhole: text === outline.text, maxTokens };
  }
}

function ownOutlines(
  countTokens: CountText,
  maxOutlines: number = DEFAULTS.maxOutlines,
): OutlineText {
  const memo = new OutlineMemo({ maxOutlines });
  return (text) => memo.outline(text, { model: '', countTokens });
}

interface RenderInput {
  readonly id: string;
  readonly outline: PageOutline;
  /** Tokens with the line. */
  readonly grant: number;
  readonly focusTerms: ReadonlySet<string>;
}

/** Takes offers while they fit; a page whose next step does not fit gets what is left of the room, when that is of use, and no more. */
function grantTokens(
  pages: readonly PackablePart[],
  maxTokens: number,
): ReadonlyMap<string, number> {
  const grants = new Map<string, number>();
  const queue = new OfferQueue(pages);
  let room = maxTokens;
  for (let offer = queue.best; offer !== null && room > 0; offer = queue.best) {
    const { page, step } = offer;
    const isLast = step.tokens > room;
    const isPart = isLast && page.isDivisible && room >= MIN_PART_TOKENS;
    const granted = isPart ? room : step.tokens;
    if (granted <= room) {
      grants.set(page.id, (grants.get(page.id) ?? 0) + granted);
      room -= granted;
    }
    if (isLast) queue.drop();
    else queue.advance();
  }
  return grants;
}
