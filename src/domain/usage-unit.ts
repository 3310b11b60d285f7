/**
 * Everything a provider counts for one call. The words of a name say what is counted, so a name that has all words of
 * another one counts a part of it: `cacheReadTokens` is a part of `inputTokens` (what is cached is input), and
 * `cacheAudioReadTokens` is a part of both `cacheReadTokens` and `inputAudioTokens`.
 */
export const USAGE_UNITS = [
  'inputTokens',
  'inputTextTokens',
  'inputAudioTokens',
  'inputImageTokens',
  'inputVideoTokens',
  'inputToolTokens',
  'inputTextToolTokens',
  'inputAudioToolTokens',
  'inputImageToolTokens',
  'inputVideoToolTokens',
  'cacheReadTokens',
  'cacheTextReadTokens',
  'cacheAudioReadTokens',
  'cacheImageReadTokens',
  'cacheVideoReadTokens',
  'cacheWriteTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'cacheTextWriteTokens',
  'cacheTextWrite5mTokens',
  'cacheTextWrite1hTokens',
  'cacheAudioWriteTokens',
  'cacheAudioWrite5mTokens',
  'cacheAudioWrite1hTokens',
  'cacheImageWriteTokens',
  'cacheImageWrite5mTokens',
  'cacheImageWrite1hTokens',
  'cacheVideoWriteTokens',
  'cacheVideoWrite5mTokens',
  'cacheVideoWrite1hTokens',
  'outputTokens',
  'outputTextTokens',
  'outputAudioTokens',
  'outputImageTokens',
  'outputVideoTokens',
  'outputReasoningTokens',
  'outputTextReasoningTokens',
  'outputAudioReasoningTokens',
  'outputImageReasoningTokens',
  'outputVideoReasoningTokens',
  'outputCitationTokens',
  'outputTextCitationTokens',
  'outputAudioCitationTokens',
  'outputImageCitationTokens',
  'outputVideoCitationTokens',
  'audioMs',
  'inputAudioMs',
  'outputAudioMs',
  'inputCharacters',
  'inputPixels',
  'inputDocumentPages',
  'inputAnnotatedDocumentPages',
  'inputTextMessages',
  'webSearches',
  'socialSearches',
  'storageSearches',
  'rerankSearches',
  'codeExecutions',
  'requests',
] as const;

/** The name of something a provider counts. */
export type UsageUnit = (typeof USAGE_UNITS)[number];

const WORDS = new Map<UsageUnit, ReadonlySet<string>>();

function wordsOf(unit: UsageUnit): ReadonlySet<string> {
  const known = WORDS.get(unit);
  if (known !== undefined) return known;
  const words = unit.split(/(?=[A-Z0-9])/).map((word) => word.toLowerCase());
  const all = new Set(words.includes('cache') ? ['input', ...words] : words);
  WORDS.set(unit, all);
  return all;
}

/** Whether a unit's name, read with what it implies, has the word. */
export function hasWord(unit: UsageUnit, word: string): boolean {
  return wordsOf(unit).has(word);
}

/** How special a unit is: parts always have more words than their whole. */
export function countWords(unit: UsageUnit): number {
  return wordsOf(unit).size;
}

/** Whether `part` counts some of what `whole` counts, and is not `whole` itself. */
export function isPartOf(part: UsageUnit, whole: UsageUnit): boolean {
  if (part === whole) return false;
  for (const word of wordsOf(whole)) if (!hasWord(part, word)) return false;
  return true;
}

/** Whether the unit counts exactly what two others have in common, e.g. cached audio for cached and audio input. */
export function isOverlapOf(unit: UsageUnit, first: UsageUnit, second: UsageUnit): boolean {
  if (!isPartOf(unit, first) || !isPartOf(unit, second)) return false;
  if (isPartOf(first, second) || isPartOf(second, first)) return false;
  for (const word of wordsOf(unit)) {
    if (!hasWord(first, word) && !hasWord(second, word)) return false;
  }
  return true;
}
