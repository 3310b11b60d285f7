/** Tells how many tokens a text has. */
export type CountClaimTokens = (text: string) => number;

/** Pieces of words, groups of digits, and signs: rather more than a tokenizer of English would make. */
const PIECE = /[a-z]{1,7}|\p{N}{1,3}|[^\s]/giu;
const EMPHASIS = /(?<![\p{L}\p{N}])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\p{L}\p{N}])/gu;
/** What joins a clause to the one before it. */
const JOINER = /^(?:and|but|so|also|then|because)\s+(?=\S)/iu;
const OUTER = /^[\s,;:—–-]+|[\s,;:—–-]+$/gu;
const ELLIPSIS = '…';
/** A claim that is no longer than this is looked at as a whole before it is cut. */
const MAX_WORDS = 200;

/** An estimate of the tokens of a short text, rather too high. */
export const estimateClaimTokens: CountClaimTokens = (text) => text.match(PIECE)?.length ?? 0;

/** A text on one line, without marks of emphasis, and cut between words so that it has at most `maxTokens`. */
export function claimText(text: string, maxTokens: number, count: CountClaimTokens): string {
  const line = text
    .replace(EMPHASIS, '')
    .replace(/\s+/g, ' ')
    .replace(OUTER, '')
    .replace(JOINER, '');
  if (count(line) <= maxTokens) return line;
  const words = line.split(' ').slice(0, MAX_WORDS);
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (count(cutTo(words, middle)) <= maxTokens) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : cutTo(words, low);
}

function cutTo(words: readonly string[], length: number): string {
  return words.slice(0, length).join(' ').replace(OUTER, '') + ELLIPSIS;
}
