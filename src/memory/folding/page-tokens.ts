import type { ParsedFoldablePage } from '../../domain/foldable-page.ts';
import { toText } from '../../domain/json.ts';
import { type FoldCounting, tokensOf } from './fold-counting.ts';
import { mediaText } from './media-text.ts';

/** What a page costs as it is: text and JSON by their text, a medium by what it is said to cost, else by all that is text. */
export function tokensOfPage(page: ParsedFoldablePage, counting: FoldCounting): number {
  const { content, modality, level, tokens } = page;
  const own = content === null ? 0 : tokensOf(toText(content), counting);
  if (modality === 'text' || modality === 'structured' || level > 0) return own;
  return tokens ?? own + tokensOf(mediaText(page), counting);
}
