import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageMutation, PageRepresentation } from '../../domain/page-mutation.ts';
import type { PageLevel, StorageTier } from '../../domain/page.ts';

/** Where a page is and how it looks, as its mutations tell. */
export interface PageState {
  readonly pageId: string;
  readonly tier: StorageTier;
  readonly level: PageLevel;
  /** How the page looks at its level; null at level 0, and where no mutation said. */
  readonly representation: PageRepresentation | null;
  readonly isPinned: boolean;
  /** The page, where a mutation was the only record of it. */
  readonly page: MemoryPage | null;
}

/** What mutations come to, one after the other. */
export interface MemoryFold {
  /** Of the last mutation; 0 before the first. */
  readonly sequence: number;
  /** Of the last mutation. */
  readonly turn: number;
  /** In the order in which pages came to be. */
  readonly pages: ReadonlyMap<string, PageState>;
  /** Ids of the pages in the context, in its order. */
  readonly context: readonly string[];
}

/** A memory before its first mutation. */
export const EMPTY_MEMORY: MemoryFold = { sequence: 0, turn: 0, pages: new Map(), context: [] };

/** What mutations make of a memory; neither is changed. Folding them in parts, one after the other, gives the same. */
export function foldMutations(
  mutations: Iterable<PageMutation>,
  from: MemoryFold = EMPTY_MEMORY,
): MemoryFold {
  const folder = new MemoryFolder(from);
  for (const mutation of mutations) folder.apply(mutation);
  return folder.fold();
}

/** Folds mutations as they come, each in constant time. */
export class MemoryFolder {
  readonly #pages: Map<string, PageState>;
  /** A set is in the order of its additions, and takes one out without moving the others. */
  readonly #context: Set<string>;
  #sequence: number;
  #turn: number;

  constructor(from: MemoryFold = EMPTY_MEMORY) {
    this.#pages = new Map(from.pages);
    this.#context = new Set(from.context);
    this.#sequence = from.sequence;
    this.#turn = from.turn;
  }

  /** Of the last mutation; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Of the last mutation. */
  get turn(): number {
    return this.#turn;
  }

  /** Takes one more mutation. A mutation says where the page is afterwards; that decides, not what it says of before. */
  apply(mutation: PageMutation): void {
    const { pageId, tierAfter } = mutation;
    this.#sequence = mutation.sequence;
    this.#turn = mutation.turn;
    if (tierAfter === null || mutation.type === 'delete') {
      this.#pages.delete(pageId);
      this.#context.delete(pageId);
      return;
    }
    this.#pages.set(pageId, stateAfter(mutation, tierAfter, this.#pages.get(pageId)));
    if (tierAfter === 'L0') this.#context.add(pageId);
    else this.#context.delete(pageId);
  }

  /** A copy of what the mutations came to so far. */
  fold(): MemoryFold {
    return {
      sequence: this.#sequence,
      turn: this.#turn,
      pages: new Map(this.#pages),
      context: [...this.#context],
    };
  }
}

function stateAfter(
  mutation: PageMutation,
  tier: StorageTier,
  before: PageState | undefined,
): PageState {
  const { pageId, type, levelAfter: level } = mutation;
  return {
    pageId,
    tier,
    level,
    representation: representationAfter(mutation, before),
    isPinned: type === 'pin' || (type !== 'unpin' && before?.isPinned === true),
    page: mutation.page ?? before?.page ?? null,
  };
}

/** What is kept of another level would be a wrong description, so it is dropped. */
function representationAfter(
  { representation, levelAfter }: PageMutation,
  before: PageState | undefined,
): PageRepresentation | null {
  if (levelAfter === 0) return null;
  if (representation !== undefined) return representation;
  const known = before?.representation ?? null;
  return known?.level === levelAfter ? known : null;
}
