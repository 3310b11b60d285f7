import type { SearchIndex } from '../search/search-index.ts';
import type { PageTable } from '../table/page-table.ts';
import type { PageContents } from './page-contents.ts';

/** How far the pages beside the context may exceed their limit before the excess goes. */
const HOT_SLACK = 1 / 4;

/** What hot pages are kept in. */
export interface HotPagesParts {
  readonly table: PageTable;
  readonly index: SearchIndex;
  readonly contents: PageContents;
  /** Pages whose content stays in the process besides those of the context. */
  readonly maxHotPages: number;
  /** Takes a page back whose content was loaded; by default it goes beside the context. */
  readonly warm?: ((pageId: string) => void) | undefined;
}

/** The pages whose contents are in the process although the context does not show them: those that were used last. */
export class HotPages {
  readonly #parts: HotPagesParts;
  readonly #warm: (pageId: string) => void;
  /** Pages whose contents somebody asked for and may not have read yet. */
  #needed: ReadonlySet<string> = new Set();

  constructor(parts: HotPagesParts) {
    this.#parts = parts;
    this.#warm = parts.warm ?? ((pageId) => this.#takeBack(pageId));
  }

  /** Loads contents and keeps them, however many they are, until others are asked for. */
  async ensure(pageIds: readonly string[]): Promise<void> {
    const { table, contents } = this.#parts;
    const known = pageIds.filter((id) => table.has(id));
    this.#needed = new Set(known);
    await contents.ensure(known);
    for (const id of known) {
      const isHere = contents.get(id) !== null;
      if (isHere && table.lookup(id)?.isResident === false) this.#warm(id);
    }
  }

  /** Those that asked for contents have read them. */
  release(): void {
    this.#needed = new Set();
  }

  /** Lets contents go that were used longest ago, when too many are beside the context. */
  cool(): void {
    const { table, contents, maxHotPages } = this.#parts;
    // Pages beside the context have their contents here, and this costs less than the figures of the kernel.
    if (contents.size <= maxHotPages) return;
    const excess = table.set.figures().pagesByTier.L1 - maxHotPages;
    if (excess <= maxHotPages * HOT_SLACK) return;
    for (const pageId of table.oldest('L1', excess)) {
      if (!this.#needed.has(pageId)) this.#drop(pageId);
    }
  }

  #takeBack(pageId: string): void {
    const { table, index } = this.#parts;
    table.setResident(pageId, true);
    table.moveTo(pageId, 'L1');
    index.move(pageId, 'L1');
    this.cool();
  }

  #drop(pageId: string): void {
    const { table, index, contents } = this.#parts;
    table.moveTo(pageId, 'L2');
    index.move(pageId, 'L2');
    // What no event holds cannot be read again, and is short.
    if ((contents.get(pageId)?.event ?? null) === null) return;
    table.setResident(pageId, false);
    contents.drop(pageId);
  }
}
