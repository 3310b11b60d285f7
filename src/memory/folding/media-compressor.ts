import type { ParsedFoldablePage } from '../../domain/foldable-page.ts';
import type { FoldingOptions } from '../../domain/folding-options.ts';
import type { Compressor, CompressRequest } from './compressor.ts';
import { tokensOf } from './fold-counting.ts';
import { foldText } from './fold-text.ts';
import { type FoldingSettings, foldingSettings } from './folding-settings.ts';
import { type FoldLevel, foldToLevel } from './level-limits.ts';
import { durationText, mediaHead, mediaText } from './media-text.ts';

/** A medium that has words. */
export type MediaModality = 'image' | 'audio' | 'video';

/**
 * Folds images, audio and video to their words: captions, scenes, transcripts, and in the end a reference. What a medium
 * holds itself (a URL, base64) is never part of the result. An image has no reduced form: there is none in words.
 * @throws INVALID_INPUT naming the option.
 */
export function createMediaCompressor(
  modality: MediaModality,
  options: FoldingOptions = {},
): Compressor {
  const settings = foldingSettings(options);
  return {
    modality,
    compress: (page, request) => {
      const folded = foldToLevel(request.level, {
        originalTokens: request.originalTokens,
        levelBefore: page.level,
        limits: settings,
        render: (level, maxTokens) => {
          const content = renderMedia(page, { level, maxTokens, request, settings });
          if (content === null) return null;
          return { content, tokens: tokensOf(content, request.counting) };
        },
      });
      return folded === null ? null : { content: folded.content, level: folded.level };
    },
  };
}

interface MediaFold {
  readonly level: FoldLevel;
  readonly maxTokens: number;
  readonly request: CompressRequest;
  readonly settings: FoldingSettings;
}

function renderMedia(page: ParsedFoldablePage, fold: MediaFold): string | null {
  const { modality, pageType, pageId } = page;
  const text = mediaText(page);
  if (fold.level === 3) {
    const duration = durationText(page.durationSeconds);
    const head = `[${pageType}] ${modality}:${pageId}${duration === '' ? '' : ` ${duration}`}`;
    // A caption is a fault away; what was said or shown cannot be told from the id of a longer medium.
    return modality === 'image' ? head : withWords(head, { ...fold, text, wordsShare: 1 });
  }
  if (modality === 'image') {
    if (fold.level === 1) return null;
    return text === '' ? '[IMAGE]' : foldedWords(text, fold);
  }
  return withWords(mediaHead(page), { ...fold, text, wordsShare: fold.settings.wordsShare });
}

function foldedWords(text: string, { maxTokens, request, settings }: MediaFold): string | null {
  const { focus, counting } = request;
  const { wordsShare } = settings;
  const short = foldText(text, { maxTokens, focus, wordsShare, counting });
  return short.text === '' ? null : short.text;
}

/** The head, and as much of the words as there is room for beside it. */
function withWords(
  head: string,
  {
    text,
    wordsShare,
    maxTokens,
    request,
  }: MediaFold & { readonly text: string; readonly wordsShare: number },
): string {
  const { focus, counting } = request;
  const room = maxTokens - tokensOf(`${head}\n`, counting) - 1;
  if (text === '' || room <= 0) return head;
  const short = foldText(text, { maxTokens: room, focus, wordsShare, counting });
  return short.text === '' ? head : `${head}\n${short.text}`;
}
