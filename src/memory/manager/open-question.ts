import type { PlacedPage } from '../../domain/memory-change.ts';
import { fitText } from '../context/fit-text.ts';
import type { MemoryState } from './memory-state.ts';
import { LINE_TOKENS, type ShownPage, showPage } from './shown-page.ts';

/** The newest question as a context shows it. */
export interface PlacedQuestion {
  readonly place: PlacedPage;
  readonly tokens: number;
}

/** The page of the newest message of the user, which every context shows; null before the first. */
export function newestQuestionId({ turns, table }: MemoryState): string | null {
  const [first] = turns.current.pageIds;
  return first !== undefined && table.cardOf(first)?.role === 'user' ? first : null;
}

/** What the user said last, as far as it is in this process. */
export function newestQuestion(state: MemoryState): string | null {
  return state.contents.get(newestQuestionId(state) ?? '')?.text ?? null;
}

/**
 * The newest question in so many tokens: whole, or the sentences of it that say most, or as much of its beginning as fits. Null
 * when nothing of it does, or when nobody asked anything.
 */
export function placeQuestion(state: MemoryState, maxTokens: number): PlacedQuestion | null {
  const pageId = newestQuestionId(state);
  const content = state.contents.get(pageId ?? '');
  if (pageId === null || content === null) return null;
  const { text } = content;
  const known = state.table.lookup(pageId)?.levelTokens[0] ?? 0;
  // A message may hold more than its text.
  const whole = Math.max(known, state.pages.wholeTokens(text));
  if (whole <= maxTokens) return { place: { pageId, form: 'turn', shown: null }, tokens: whole };
  const shown = shorten(state, text, Math.floor(maxTokens) - LINE_TOKENS);
  if (shown === null) return null;
  return {
    place: { pageId, form: 'turn', shown: shown.representation },
    tokens: shown.tokens,
  };
}

function shorten(state: MemoryState, text: string, maxTokens: number): ShownPage | null {
  if (maxTokens <= 0) return null;
  const limits = { level: 1, text: null, maxTokens, focus: null } as const;
  const cut = showPage(text, limits, state.pages.cutting);
  if (cut.text !== '' && cut.tokens <= maxTokens + LINE_TOKENS) return cut;
  const head = fitText(text, {
    maxTokens,
    fits: (part) => state.pages.cutting.countTokens(part) <= maxTokens,
  });
  if (head === null) return null;
  const written = { level: 1, text: head, maxTokens: null, focus: null } as const;
  return showPage(text, written, state.pages.cutting);
}
