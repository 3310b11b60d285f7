import type { PlacedPage, PlaceForm } from '../../domain/memory-change.ts';
import { showContent } from './call-page.ts';
import type { SessionPages } from './session-pages.ts';
import { isSameRepresentation, type ShownPage } from './shown-page.ts';

/** How a page is shown. */
export interface ContextPlace {
  readonly form: PlaceForm;
  /** Null for all of it. */
  readonly shown: ShownPage | null;
}

const WHOLE_TURN: ContextPlace = { form: 'turn', shown: null };

/** How the pages of a context are shown, and the cuts that they are shown by. */
export class ContextPlaces {
  readonly #pages: SessionPages;
  /** Those that are not shown as whole messages. */
  readonly #places = new Map<string, ContextPlace>();
  /** Cuts of pages that are about to be placed, so that they need not be made again. */
  readonly #drafts = new Map<string, ShownPage>();

  constructor(pages: SessionPages) {
    this.#pages = pages;
  }

  /** How a page is shown, or would be when nothing else is said. */
  of(pageId: string): ContextPlace {
    return this.#places.get(pageId) ?? WHOLE_TURN;
  }

  /** Sets the level and the cost of a page, and how it is shown; null when it cannot be shown so. */
  show(place: PlacedPage): number | null {
    const { table } = this.#pages;
    const { pageId, form } = place;
    const entry = table.lookup(pageId);
    if (entry === null) return null;
    const shown = this.shownOf(place);
    const level = shown?.representation.level ?? 0;
    const tokens = shown?.tokens ?? entry.levelTokens[0] ?? 0;
    if (table.showAt(pageId, level, tokens) !== 'done') return null;
    this.set(pageId, { form, shown });
    return tokens;
  }

  /** Notes how a page is shown. */
  set(pageId: string, place: ContextPlace): void {
    this.#places.set(pageId, place);
  }

  /** The page is not shown any more, or as a whole message. */
  clear(pageId: string): void {
    this.#places.delete(pageId);
  }

  /** What a place shows of its page; null for all of it, or when the content is not here. */
  shownOf({ pageId, shown }: PlacedPage): ShownPage | null {
    const content = this.#pages.contents.get(pageId);
    if (shown === null || content === null) return null;
    const known = [this.#places.get(pageId)?.shown, this.#drafts.get(pageId)];
    const same = known.find((one) => one && isSameRepresentation(one.representation, shown));
    if (same) return same;
    const cut = showContent(content, shown, this.#pages.cutting);
    this.draft(pageId, cut);
    return cut;
  }

  /** Keeps a cut of a page until the context is put together anew. */
  draft(pageId: string, cut: ShownPage): void {
    this.#drafts.set(pageId, cut);
  }

  /** The page says something else: its cut is none. */
  dropDraft(pageId: string): void {
    this.#drafts.delete(pageId);
  }

  /** All that were about to be placed are. */
  dropDrafts(): void {
    this.#drafts.clear();
  }
}
