import type { ContextStretch } from '../context/context-plan.ts';
import { LatestList } from '../latest-list.ts';
import { beginsExchange, type FilledPage, standsAsTurn, toStretches } from './context-stretches.ts';
import type { StandingPage } from './memory-state.ts';
import type { PageContent } from './page-contents.ts';

/** What there is to know of a page beside its place. */
export interface PageSource {
  /** What it holds; null when that is not in this process. */
  contentOf(pageId: string): PageContent | null;
  isPinned(pageId: string): boolean;
}

type IsPending = (pageId: string) => boolean;

/** What was said from one message up to the next, and how it stands in a context. */
interface Exchange {
  readonly firstId: string;
  readonly pages: readonly FilledPage[];
  /** What was answered where it mattered whether something may still follow a page. */
  readonly pending: ReadonlyMap<string, boolean>;
  readonly stretches: readonly ContextStretch[];
  /** What the texts of the stretches take, as far as the pages do not hold them anyway. */
  readonly bytes: number;
}

/** What the objects of a stretch take, those that are rendered of it included. */
const STRETCH_BYTES = 1_024;

/**
 * Remembers the stretches of the latest context by the exchanges that they are of. How a message stands there tells nothing of what
 * was said before it, so that only exchanges in which something changed are made anew. What it gives is the same as without it, and
 * shall not be changed by anybody.
 */
export class StretchMemo {
  readonly #pages = new LatestList<string, FilledPage>(({ place }) => place.pageId);
  readonly #exchanges = new LatestList<string, Exchange>(({ firstId }) => firstId);
  #bytes = 0;

  /** What is remembered takes in UTF-16 units, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Pages with what they hold, without those whose content is not here; those of which all is the same are the same objects. */
  fill(places: readonly StandingPage[], source: PageSource): readonly FilledPage[] {
    const pages: FilledPage[] = [];
    for (const place of places) {
      const content = source.contentOf(place.pageId);
      if (content === null) continue;
      const page = filledPage(place, content, source);
      const known = this.#pages.find(place.pageId);
      pages.push(known !== undefined && isSamePage(known, page) ? known : page);
    }
    if (pages.length > 0) this.#pages.replace(pages);
    return pages;
  }

  /** As {@link toStretches}; what was not changed since is the same object. */
  stretches(pages: readonly FilledPage[], isPending: IsPending): readonly ContextStretch[] {
    if (pages.length === 0) return [];
    const exchanges: Exchange[] = [];
    const stretches: ContextStretch[] = [];
    let bytes = 0;
    for (let from = 0; from < pages.length;) {
      const exchange = this.#exchangeFrom(pages, from, isPending);
      exchanges.push(exchange);
      for (const stretch of exchange.stretches) stretches.push(stretch);
      bytes += exchange.bytes;
      from += exchange.pages.length;
    }
    this.#exchanges.replace(exchanges);
    this.#bytes = bytes;
    return stretches;
  }

  #exchangeFrom(pages: readonly FilledPage[], from: number, isPending: IsPending): Exchange {
    const to = endOfExchange(pages, from);
    const known = this.#exchanges.find(pages[from]?.place.pageId ?? '');
    const isSame =
      known !== undefined &&
      known.pages.length === to - from &&
      isSameList(known.pages, pages, from) &&
      isSamePending(known.pending, isPending);
    return isSame ? known : toExchange(pages.slice(from, to), isPending);
  }
}

function filledPage(place: StandingPage, content: PageContent, source: PageSource): FilledPage {
  // Of a turn nothing tells whether it is pinned, and most of a context is turns.
  const isPinned = !standsAsTurn(place, content) && source.isPinned(place.pageId);
  return { place, content, isPinned };
}

function isSamePage(left: FilledPage, right: FilledPage): boolean {
  return (
    left.content === right.content &&
    left.place.shown === right.place.shown &&
    left.place.form === right.place.form &&
    left.isPinned === right.isPinned
  );
}

/** Whether a list stands in another from a place on. */
function isSameList(
  part: readonly FilledPage[],
  pages: readonly FilledPage[],
  from: number,
): boolean {
  for (let at = 0; at < part.length; at += 1) if (part[at] !== pages[from + at]) return false;
  return true;
}

function isSamePending(pending: Exchange['pending'], isPending: IsPending): boolean {
  for (const [pageId, answer] of pending) if (isPending(pageId) !== answer) return false;
  return true;
}

function endOfExchange(pages: readonly FilledPage[], from: number): number {
  for (let at = from + 1; at < pages.length; at += 1) {
    const page = pages[at];
    if (page !== undefined && beginsExchange(page)) return at;
  }
  return pages.length;
}

function toExchange(pages: readonly FilledPage[], isPending: IsPending): Exchange {
  const pending = new Map<string, boolean>();
  const stretches = toStretches(pages, (pageId) => {
    const answer = isPending(pageId);
    pending.set(pageId, answer);
    return answer;
  });
  const firstId = pages[0]?.place.pageId ?? '';
  return { firstId, pages, pending, stretches, bytes: bytesOf(stretches, pages) };
}

function bytesOf(stretches: readonly ContextStretch[], pages: readonly FilledPage[]): number {
  const held = new Set(pages.map(({ content }) => content.text));
  return stretches.reduce((sum, stretch) => sum + STRETCH_BYTES + textBytes(stretch, held), 0);
}

function textBytes(stretch: ContextStretch, held: ReadonlySet<string>): number {
  // A block is written as one text.
  if (stretch.kind === 'block')
    return stretch.entries.reduce((sum, { text }) => sum + STRETCH_BYTES + text.length, 0);
  return stretch.messages.reduce((sum, message) => {
    const { content } = message;
    return sum + (typeof content === 'string' && !held.has(content) ? content.length : 0);
  }, 0);
}
