import type { PageType, StorageTier } from '../../domain/page.ts';
import type { IndexedPage } from './search-page.ts';
import { SlotColumns } from './slot-columns.ts';
import { TermPostings } from './term-postings.ts';
import type { PostingRange } from './term-postings.ts';

/** No page: the end of the conversation in either direction. */
export const NO_SLOT = -1;

/** A rebuild costs as much as all adding before it, so it waits until a third of the room is waste. */
const MIN_DEAD_POSTINGS = 1_024;

/** A page, and its terms with their counts. */
export interface PageEntry {
  readonly page: IndexedPage;
  /** Occurrences of terms in the text. */
  readonly length: number;
  readonly terms: ReadonlyMap<string, number>;
}

/** One page where it stands. Slots change with every rebuild, so nobody keeps their numbers between two calls. */
export interface PageSlot {
  readonly page: IndexedPage;
  readonly length: number;
  /** Grows along the conversation; an update keeps it. */
  readonly order: number;
}

interface Slot extends PageSlot {
  page: IndexedPage;
  readonly range: PostingRange;
}

/** The pages of an index in the order of the conversation, with their terms. */
export class IndexedPages {
  #slots: (Slot | null)[] = [];
  #columns = new SlotColumns();
  #postings = new TermPostings();
  readonly #slotOf = new Map<string, number>();
  readonly #idsOf = new Map<PageType, Set<string>>();
  /** How many pages each speaker has. */
  readonly #speakers = new Map<string, number>();
  #totalLength = 0;
  #first = NO_SLOT;
  #last = NO_SLOT;
  #nextOrder = 0;

  /** How many pages there are. */
  get size(): number {
    return this.#slotOf.size;
  }

  /** Slots in use and abandoned: one more than the highest number. */
  get slotCount(): number {
    return this.#slots.length;
  }

  /** Terms and the pages they stand in. */
  get postings(): Omit<TermPostings, 'append' | 'release'> {
    return this.#postings;
  }

  /** The sum of the lengths of all pages. */
  get totalLength(): number {
    return this.#totalLength;
  }

  /** The names of those who speak. */
  get speakers(): readonly string[] {
    return [...this.#speakers.keys()];
  }

  /** The ids of the pages of one type, in the order in which they came. */
  idsOf(type: PageType): ReadonlySet<string> {
    return this.#idsOf.get(type) ?? new Set();
  }

  /** The oldest page. */
  get first(): number {
    return this.#first;
  }

  /** The newest page. */
  get last(): number {
    return this.#last;
  }

  /** Where a page stands, or {@link NO_SLOT}. */
  slotOf(id: string): number {
    return this.#slotOf.get(id) ?? NO_SLOT;
  }

  /** What stands in a slot, or null when the page was removed. */
  at(slot: number): PageSlot | null {
    return this.#slots[slot] ?? null;
  }

  /** What is often looked at of pages. */
  get columns(): Pick<
    SlotColumns,
    'isAnswer' | 'isQuestion' | 'length' | 'next' | 'order' | 'previous' | 'timeMs'
  > {
    return this.#columns;
  }

  /** The page before, or {@link NO_SLOT}. */
  before(slot: number): number {
    return this.#columns.previous(slot);
  }

  /** The page after, or {@link NO_SLOT}. */
  after(slot: number): number {
    return this.#columns.next(slot);
  }

  /** The terms of the page in a slot. */
  termsAt(slot: number): ReadonlyMap<string, number> {
    const found = this.#slots[slot];
    return found === null || found === undefined ? new Map() : this.#postings.termsOf(found.range);
  }

  /** Puts a new page at the end. */
  append({ page, length, terms }: PageEntry): void {
    const index = this.#slots.length;
    const range = this.#postings.append(index, { terms, length });
    const order = this.#nextOrder;
    this.#slots.push({ page, length, order, range });
    this.#columns.put(index, page, { length, order });
    this.#nextOrder += 1;
    this.#join(this.#last, index);
    this.#join(index, NO_SLOT);
    this.#slotOf.set(page.id, index);
    this.#totalLength += length;
    this.#note(page);
  }

  /** Puts a page in the place of the one with the same id, which must be there. */
  replace({ page, length, terms }: PageEntry): void {
    const old = this.slotOf(page.id);
    const found = this.#slots[old];
    if (found === null || found === undefined) return;
    const index = this.#slots.length;
    this.#release(old, found);
    const { order } = found;
    const range = this.#postings.append(index, { terms, length });
    this.#slots.push({ page, length, order, range });
    this.#columns.put(index, page, { length, order });
    this.#join(this.before(old), index);
    this.#join(index, this.after(old));
    this.#slotOf.set(page.id, index);
    this.#totalLength += length;
    this.#note(page);
    if (found.page.type !== page.type) this.#idsOf.get(found.page.type)?.delete(page.id);
    this.#tidy();
  }

  /** Notes in which tier a page lives. */
  move(slot: number, tier: StorageTier): void {
    const found = this.#slots[slot];
    if (found === null || found === undefined || found.page.tier === tier) return;
    const { id, type, modality, role, speaker, createdAtMs, isQuestion } = found.page;
    found.page = { id, type, modality, tier, role, speaker, createdAtMs, isQuestion };
  }

  /** Takes a page out. */
  remove(slot: number): void {
    const found = this.#slots[slot];
    if (found === null || found === undefined) return;
    this.#release(slot, found);
    this.#join(this.before(slot), this.after(slot));
    this.#slotOf.delete(found.page.id);
    this.#idsOf.get(found.page.type)?.delete(found.page.id);
    this.#tidy();
  }

  /** All pages in the order of the conversation. */
  *entries(): Generator<PageEntry> {
    for (let slot = this.#first; slot !== NO_SLOT; slot = this.after(slot)) {
      const found = this.#slots[slot];
      if (found !== null && found !== undefined) {
        yield { page: found.page, length: found.length, terms: this.termsAt(slot) };
      }
    }
  }

  #release(slot: number, found: Slot): void {
    this.#postings.release(found.range);
    this.#totalLength -= found.length;
    this.#countSpeaker(found.page.speaker, -1);
    this.#slots[slot] = null;
    this.#columns.remove(slot);
  }

  #note({ id, type, speaker }: IndexedPage): void {
    const ids = this.#idsOf.get(type) ?? new Set();
    this.#idsOf.set(type, ids.add(id));
    this.#countSpeaker(speaker, 1);
  }

  #countSpeaker(speaker: string | null, change: 1 | -1): void {
    if (speaker === null) return;
    const pages = (this.#speakers.get(speaker) ?? 0) + change;
    if (pages > 0) this.#speakers.set(speaker, pages);
    else this.#speakers.delete(speaker);
  }

  #join(left: number, right: number): void {
    if (left === NO_SLOT) this.#first = right;
    else this.#columns.setNext(left, right);
    if (right === NO_SLOT) this.#last = left;
    else this.#columns.setPrevious(right, left);
  }

  /** Gives back the room of removed pages. */
  #tidy(): void {
    const { deadCount, liveCount } = this.#postings;
    const isWasteful = deadCount > Math.max(MIN_DEAD_POSTINGS, liveCount / 2);
    if (!isWasteful && this.#slots.length < 64 + this.size * 2) return;
    const entries = [...this.entries()];
    this.#slots = [];
    this.#columns = new SlotColumns();
    this.#postings = new TermPostings();
    this.#slotOf.clear();
    this.#speakers.clear();
    this.#idsOf.clear();
    this.#totalLength = 0;
    this.#first = NO_SLOT;
    this.#last = NO_SLOT;
    for (const entry of entries) this.append(entry);
  }
}
