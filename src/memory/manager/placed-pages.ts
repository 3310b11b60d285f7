import type { MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { PageRepresentation } from '../../domain/page-mutation.ts';
import type { PackedPage, PackRequest, RecallPacker } from '../search/recall-packer.ts';
import type { MemoryState } from './memory-state.ts';

/** Pages at their places, and what they take together with their lines. */
export interface PlacedPages {
  readonly pages: readonly PlacedPage[];
  readonly tokens: number;
}

/** Pages to be packed, those that matter most first. */
export interface PackingRequest {
  readonly pageIds: readonly string[];
  readonly maxTokens: number;
  /** What folding keeps before all else. */
  readonly focus: string;
  /** What is packed of a page; all of its text by default. */
  readonly textOf?: ((pageId: string) => string | null) | undefined;
}

/** A message that holds less than this besides its text is taken for text. */
export const MIN_MEDIA_TOKENS = 32;

/** Packed pages at places of a form. */
export function placePages(
  packed: readonly PackedPage[],
  { form, focus }: { readonly form: PlacedPage['form']; readonly focus: string },
): readonly PlacedPage[] {
  return packed.map((page) => {
    return { pageId: page.id, form, shown: page.isWhole ? null : cutOf(page, focus) };
  });
}

function cutOf({ maxTokens }: PackedPage, focus: string): PageRepresentation {
  return { level: 1, text: null, maxTokens, focus };
}

/** Tokens of packed pages with their lines. */
export function packedTokens(pages: readonly PackedPage[]): number {
  return pages.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Packs pages by what they are worth; what a cut shows is remembered, so that nobody has to make it again. */
export function packPages(
  state: MemoryState,
  packer: RecallPacker,
  {
    candidates,
    maxTokens,
    focus,
    textOf,
  }: Omit<PackingRequest, 'pageIds'> & Pick<PackRequest, 'candidates'>,
): readonly PackedPage[] {
  const packed = packer.pack({
    candidates,
    textOf: textOf ?? ((id) => state.contents.get(id)?.text ?? null),
    maxTokens: Math.max(0, Math.floor(maxTokens)),
    question: focus,
  });
  // A cut of something else than the text is none of the page.
  if (textOf !== undefined) return packed;
  for (const page of packed) {
    const { id, text, tokens, isWhole } = page;
    if (!isWhole) state.places.draft(id, { representation: cutOf(page, focus), text, tokens });
  }
  return packed;
}

/** As {@link packPages}, with earlier ones first when there is too little room for all. */
export function packInOrder(
  state: MemoryState,
  packer: RecallPacker,
  { pageIds, ...request }: PackingRequest,
): readonly PackedPage[] {
  const candidates = pageIds.map((id, rank) => ({ id, relevance: 1 - rank / 1_000 }));
  return packPages(state, packer, { ...request, candidates });
}

/**
 * Places of turns with what their images and the like take beyond their words: shown while they take no more than half of the room, and told
 * in words otherwise. Other places are for {@link weighed}.
 */
export function weighTurns(
  state: MemoryState,
  places: readonly PlacedPage[],
  room: number,
): PlacedPages {
  let media = 0;
  const pages = places.map((place) => {
    if (place.form !== 'turn' || place.shown !== null) return place;
    const tokens = mediaTokens(state, place.pageId);
    if (tokens < MIN_MEDIA_TOKENS) return place;
    if (media + tokens > room / 2) return toldInWords(state, place);
    media += tokens;
    return place;
  });
  return { pages, tokens: media };
}

/**
 * A place with what it takes: an entry of a block tells images and the like in words, and shall not be weighed with them. Contents
 * have to be here.
 */
export function weighed(state: MemoryState, place: PlacedPage): PlacedPage {
  const isWholeEntry = place.form === 'entry' && place.shown === null;
  const isHeavy = isWholeEntry && mediaTokens(state, place.pageId) >= MIN_MEDIA_TOKENS;
  return isHeavy ? toldInWords(state, place) : place;
}

/** A place that tells images and the like in words. */
export function toldInWords({ contents }: MemoryState, place: PlacedPage): PlacedPage {
  const text = contents.get(place.pageId)?.text ?? '';
  return { ...place, shown: { level: 1, text, maxTokens: null, focus: null } };
}

/** What a page takes beyond its words. */
export function mediaTokens(state: MemoryState, pageId: string): number {
  const content = state.contents.get(pageId);
  if (content === null) return 0;
  const whole = state.table.lookup(pageId)?.levelTokens[0] ?? 0;
  // Words take rarely more than a token a character, so most pages need not be counted.
  if (whole <= content.text.length) return 0;
  return Math.max(0, whole - state.pages.wholeTokens(content.text));
}

/** The ids of pages at their places. */
export function idsOf(pages: readonly PlacedPage[]): ReadonlySet<string> {
  return new Set(pages.map(({ pageId }) => pageId));
}

/** The places that changes give to pages. */
export function placesOf(changes: readonly MemoryChange[]): readonly PlacedPage[] {
  return changes.flatMap((change) => ('pages' in change ? change.pages : []));
}

/** Changes whose places are {@link weighed}. */
export function weighedChanges(
  state: MemoryState,
  changes: readonly MemoryChange[],
): readonly MemoryChange[] {
  return changes.map((change) => {
    if (!('pages' in change)) return change;
    return { ...change, pages: change.pages.map((place) => weighed(state, place)) };
  });
}
