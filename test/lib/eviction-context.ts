import type { EvictionContext, EvictionPage } from '../../src/memory/eviction/eviction-policy.ts';

/** A page of text of middle importance, used at 0. */
export function anEvictionPage(changes: Partial<EvictionPage> = {}): EvictionPage {
  return {
    pageType: 'transcript',
    modality: 'text',
    importance: 0.5,
    pinned: false,
    tokens: 100,
    lastAccessedMs: 0,
    accessCount: 0,
    ...changes,
  };
}

/** What a test says of a context; all else is empty. */
export interface ContextParts extends Partial<Omit<EvictionContext, 'pageTable'>> {
  /** Pages that the table knows. */
  readonly table?: Readonly<Record<string, EvictionPage>>;
}

/** A context in turn 0 at the time 0. */
export function anEvictionContext({ table, ...parts }: ContextParts = {}): EvictionContext {
  return {
    currentTurn: 0,
    nowMs: 0,
    l0PageIds: [],
    l1Pages: new Map(),
    pinnedPageIds: new Set(),
    importanceOverrides: new Map(),
    antiThrash: null,
    pageTable: table === undefined ? null : { lookup: (pageId) => table[pageId] ?? null },
    ...parts,
  };
}
