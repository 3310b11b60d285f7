/** Finds out whether a message asks for something that was said before. */
export type RecallDetector = (message: string) => boolean;

/** How people ask in English for what was said; `*` stands for the rest of a word, `a|b` for either. */
export const ENGLISH_RECALL_PHRASES: readonly string[] = [
  'as we',
  'what did we',
  'earlier',
  'previously',
  'remember when',
  'do you remember',
  'that decision|choice|plan|approach about|for|regarding',
  'go back to',
  'revisit*',
  'return to',
  'remind me',
  'refresh my memory',
  'you said|mentioned|suggested|recommended|told',
  'did i say|mention|tell|ask',
  'have i ever',
  'last time',
  'we discussed|decided|agreed|talked',
];

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu;

/**
 * A detector for phrases of words: letter case, spaces, punctuation and the shape of apostrophes make no difference, and words
 * match whole. In a phrase, `word*` matches what begins so and `a|b` either word.
 */
export function createRecallDetector(
  phrases: readonly string[] = ENGLISH_RECALL_PHRASES,
): RecallDetector {
  const patterns = phrases.map(toPattern).filter((pattern) => pattern.length > 0);
  return (message) => {
    const words = wordsOf(message);
    return words.some((_, from) => patterns.some((pattern) => matchesAt(words, from, pattern)));
  };
}

type WordTest = (word: string) => boolean;

function toPattern(phrase: string): readonly WordTest[] {
  return phrase
    .split(/\s+/)
    .filter((part) => part.length > 0)
    .map((part) => {
      const tests = part.split('|').map(toTest);
      return (word) => tests.some((test) => test(word));
    });
}

function toTest(part: string): WordTest {
  const folded = fold(part.replace(/\*$/, ''));
  return part.endsWith('*') ? (word) => word.startsWith(folded) : (word) => word === folded;
}

function matchesAt(words: readonly string[], from: number, pattern: readonly WordTest[]): boolean {
  return pattern.every((test, index) => {
    const word = words[from + index];
    return word !== undefined && test(word);
  });
}

function wordsOf(message: string): readonly string[] {
  return (message.match(WORD) ?? []).map(fold);
}

function fold(word: string): string {
  return word.normalize('NFKC').toLowerCase().replaceAll('’', "'");
}
