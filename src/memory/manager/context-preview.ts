import type { MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { MemoryState, StandingPage } from './memory-state.ts';

/** The context as it would be after some changes; the contents of its pages have to be here. */
export function contextAfter(
  state: MemoryState,
  changes: readonly MemoryChange[],
): readonly StandingPage[] {
  // A compaction says all of the context, so nothing before it has to be looked at.
  const last = changes.findLastIndex(({ kind }) => kind === 'compacted');
  const [first, ...rest] = changes.slice(Math.max(0, last));
  if (first === undefined) return state.standing();
  const begun = afterChange(state, last < 0 ? state.standing() : [], first);
  return rest.reduce((pages, change) => afterChange(state, pages, change), begun);
}

function afterChange(
  state: MemoryState,
  pages: readonly StandingPage[],
  change: MemoryChange,
): readonly StandingPage[] {
  switch (change.kind) {
    case 'compacted':
      return change.pages.map((place) => toStandingPage(state, place));
    case 'faulted': {
      const moved = new Set(change.pages.map(({ pageId }) => pageId));
      const staying = pages.filter(({ pageId }) => !moved.has(pageId));
      const before = staying.findIndex(({ pageId }) => pageId === change.before);
      const at = before === -1 ? staying.length : before;
      const loaded = change.pages.map((place) => toStandingPage(state, place));
      return [...staying.slice(0, at), ...loaded, ...staying.slice(at)];
    }
    default:
      return pages;
  }
}

function toStandingPage(state: MemoryState, place: PlacedPage): StandingPage {
  const { pageId, form } = place;
  return { pageId, form, shown: state.places.shownOf(place) };
}
