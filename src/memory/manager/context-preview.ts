import type { MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { ContextPage, MemoryState } from './memory-state.ts';

/** The context as it would be after some changes; the contents of its pages have to be here. */
export function contextAfter(
  state: MemoryState,
  changes: readonly MemoryChange[],
): readonly ContextPage[] {
  // A compaction says all of the context, so nothing before it has to be looked at.
  const last = changes.findLastIndex(({ kind }) => kind === 'compacted');
  const [first, ...rest] = changes.slice(Math.max(0, last));
  if (first === undefined) return state.context();
  const begun = afterChange(state, last < 0 ? state.context() : [], first);
  return rest.reduce((pages, change) => afterChange(state, pages, change), begun);
}

function afterChange(
  state: MemoryState,
  pages: readonly ContextPage[],
  change: MemoryChange,
): readonly ContextPage[] {
  switch (change.kind) {
    case 'compacted':
      return change.pages.map((place) => toContextPage(state, place));
    case 'faulted': {
      const moved = new Set(change.pages.map(({ pageId }) => pageId));
      const staying = pages.filter(({ pageId }) => !moved.has(pageId));
      const before = staying.findIndex(({ pageId }) => pageId === change.before);
      const at = before === -1 ? staying.length : before;
      const loaded = change.pages.map((place) => toContextPage(state, place));
      return [...staying.slice(0, at), ...loaded, ...staying.slice(at)];
    }
    default:
      return pages;
  }
}

function toContextPage(state: MemoryState, place: PlacedPage): ContextPage {
  const { pageId, form } = place;
  const shown = state.places.shownOf(place);
  const whole = state.table.fullTokensOf(pageId) ?? 0;
  return { pageId, form, shown, tokens: shown?.tokens ?? whole };
}
