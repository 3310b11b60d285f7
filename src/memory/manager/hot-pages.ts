import type { SearchIndex } from '../search/search-index.ts';
import type { PageTable } from '../table/page-table.ts';
import type { LowerTier } from '../../kernel/working-set/page-kinds.ts';
import type { PageContents } from './page-contents.ts';

/** How far the pages beside the context may exceed their limit before the excess goes. */
const HOT_SLACK = 1 / 4;
/** How far below their limit contents are brought, so that not every page that comes finds them above it. */
const BYTES_SPARE = 1 / 8;

/** What hot pages are kept in. */
export interface HotPagesParts {
  readonly table: PageTable;
  readonly index: SearchIndex;
  readonly contents: PageContents;
  /** Pages whose content stays in the process besides those of the context. */
  readonly maxHotPages: number;
  /** UTF-16 units of all contents that stay, as far as those of the context leave room for others. Default: no limit. */
  readonly maxContentBytes?: number | undefined;
  /** Where a content can be loaded from again once it is let go; null where it cannot. Default: nowhere. */
  readonly homeOf?: ((pageId: string) => LowerTier | null) | undefined;
  /** Takes a page back whose content was loaded; by default it goes beside the context. */
  readonly warm?: ((pageId: string) => void) | undefined;
}

/** The pages whose contents are in the process although the context does not show them: those that were used last. */
export class HotPages {
  readonly #parts: HotPagesParts;
  readonly #warm: (pageId: string) => void;
  /** Pages whose contents somebody asked for and may not have read yet. */
  #needed: readonly string[] = [];
  /** The same, once somebody asks for one of them. */
  #neededIds: ReadonlySet<string> | null = null;
  /** Pages of which all contents were here, and how many had been lost by then. */
  #here: { readonly pageIds: readonly string[]; readonly losses: number } = {
    pageIds: [],
    losses: 0,
  };

  constructor(parts: HotPagesParts) {
    this.#parts = parts;
    this.#warm = parts.warm ?? ((pageId) => this.#takeBack(pageId));
  }

  /** Loads contents and keeps them, however many they are, until others are asked for. */
  async ensure(pageIds: readonly string[]): Promise<void> {
    this.#need(pageIds);
    const { table, contents } = this.#parts;
    const { losses } = contents;
    const known = pageIds.slice(this.#hereUpTo(pageIds)).filter((id) => table.has(id));
    await contents.ensure(known);
    let isWarmer = false;
    let areHere = true;
    for (const id of known) {
      if (contents.get(id) === null) areHere = false;
      else if (!table.isResident(id)) {
        this.#warm(id);
        isWarmer = true;
      }
    }
    if (areHere && contents.losses === losses) this.#noteHere(pageIds);
    // Once for all of them: to look for the oldest takes time with all that are beside the context.
    if (isWarmer) this.cool();
  }

  /** Those that asked for contents have read them. */
  release(): void {
    this.#need([]);
  }

  /** Lets contents go that were used longest ago, when too many are beside the context, or they are too large together. */
  cool(newest: string | null = null): void {
    const mayGo = (pageId: string): boolean => pageId !== newest && !this.#isNeeded(pageId);
    this.#coolNumber(mayGo);
    this.#coolBytes(mayGo);
  }

  #need(pageIds: readonly string[]): void {
    this.#needed = pageIds;
    this.#neededIds = null;
  }

  #isNeeded(pageId: string): boolean {
    this.#neededIds ??= new Set(this.#needed);
    return this.#neededIds.has(pageId);
  }

  /** How many pages a list begins with that are known to be here. */
  #hereUpTo(pageIds: readonly string[]): number {
    const { pageIds: here, losses } = this.#here;
    if (losses !== this.#parts.contents.losses) return 0;
    let at = 0;
    while (at < here.length && at < pageIds.length && here[at] === pageIds[at]) at += 1;
    return at;
  }

  /** Contexts are asked for again and again, so a short list takes the place of a long one only when that is of no use any more. */
  #noteHere(pageIds: readonly string[]): void {
    const { losses } = this.#parts.contents;
    const isUseful = this.#here.losses === losses && this.#here.pageIds.length > 2 * pageIds.length;
    if (!isUseful) this.#here = { pageIds, losses };
  }

  #coolNumber(mayGo: (pageId: string) => boolean): void {
    const { table, contents, maxHotPages } = this.#parts;
    // Pages beside the context have their contents here, and this costs less than the figures of the kernel.
    if (contents.size <= maxHotPages) return;
    const excess = table.set.figures().pagesByTier.L1 - maxHotPages;
    if (excess <= maxHotPages * HOT_SLACK) return;
    for (const pageId of table.oldest('L1', excess)) if (mayGo(pageId)) this.#drop(pageId);
  }

  #coolBytes(mayGo: (pageId: string) => boolean): void {
    const { table, contents, maxContentBytes = Infinity } = this.#parts;
    if (contents.bytes <= maxContentBytes) return;
    const maxBytes = maxContentBytes * (1 - BYTES_SPARE);
    const { L1 } = table.set.figures().pagesByTier;
    for (const pageId of table.oldest('L1', L1)) {
      if (contents.bytes <= maxBytes) return;
      if (mayGo(pageId)) this.#drop(pageId);
    }
  }

  #takeBack(pageId: string): void {
    const { table, index } = this.#parts;
    table.setResident(pageId, true);
    table.moveTo(pageId, 'L1');
    index.move(pageId, 'L1');
  }

  #drop(pageId: string): void {
    const { table, index, contents, homeOf } = this.#parts;
    const home = homeOf?.(pageId) ?? null;
    table.moveTo(pageId, home ?? 'L2');
    index.move(pageId, home ?? 'L2');
    // What no record holds as it is, such as a claim, cannot be read again, and is short.
    if (home === null) return;
    table.setResident(pageId, false);
    contents.drop(pageId);
  }
}
