import type { OutlineStep } from './page-outline.ts';

/** A page whose steps are for sale; none is worth more a token than the one before it. */
export interface OfferedPage {
  readonly id: string;
  readonly relevance: number;
  readonly steps: readonly OutlineStep[];
}

/** The next step of a page. */
export interface Offer<Page extends OfferedPage> {
  readonly page: Page;
  readonly step: OutlineStep;
}

interface Place<Page extends OfferedPage> {
  readonly page: Page;
  /** Of equals the one that came first is better. */
  readonly rank: number;
  at: number;
  value: number;
}

/**
 * The steps of many pages, best value a token first, without sorting those that nobody will look at: a heap that holds the next
 * step of every page.
 */
export class OfferQueue<Page extends OfferedPage> {
  readonly #heap: Place<Page>[];

  constructor(pages: readonly Page[]) {
    this.#heap = pages
      .map((page, rank) => ({ page, rank, at: 0, value: valueOf(page, 0) }))
      .filter(({ page }) => page.steps.length > 0);
    for (let place = (this.#heap.length >> 1) - 1; place >= 0; place -= 1) this.#sink(place);
  }

  /** The best step that is left; null when there is none. */
  get best(): Offer<Page> | null {
    const [top] = this.#heap;
    const step = top?.page.steps[top.at];
    return top === undefined || step === undefined ? null : { page: top.page, step };
  }

  /** Goes on after the best step, to the next of its page. */
  advance(): void {
    const [top] = this.#heap;
    if (top === undefined) return;
    top.at += 1;
    if (top.at >= top.page.steps.length) return this.drop();
    top.value = valueOf(top.page, top.at);
    this.#sink(0);
  }

  /** Takes the page of the best step out. */
  drop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    let place = from;
    for (;;) {
      const left = place * 2 + 1;
      const child = isBetter(heap[left + 1], heap[left]) ? left + 1 : left;
      const [above, below] = [heap[place], heap[child]];
      if (above === undefined || below === undefined || !isBetter(below, above)) return;
      heap[place] = below;
      heap[child] = above;
      place = child;
    }
  }
}

function valueOf({ relevance, steps }: OfferedPage, at: number): number {
  const step = steps[at];
  return step === undefined ? 0 : (relevance * step.share) / step.tokens;
}

type Ranked = Pick<Place<OfferedPage>, 'value' | 'rank'>;

function isBetter(left: Ranked | undefined, right: Ranked | undefined): boolean {
  if (left === undefined || right === undefined) return left !== undefined;
  return left.value === right.value ? left.rank < right.rank : left.value > right.value;
}
