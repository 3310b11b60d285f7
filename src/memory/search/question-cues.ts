/** What the wording of a question says about where its answer stands. */
export interface QuestionCues {
  /** Whether the answer is spread over the conversation: an order of events, a count, a summary. */
  readonly isBroad: boolean;
  /** Whose words the answer is expected in: the asker's, the other's, or both alike. */
  readonly words: 'own' | 'other' | 'either' | 'unknown';
}

/** Reads the wording of a question; replace it for other languages. */
export type CueReader = (question: string) => QuestionCues;

const BROAD =
  /\b(?:summar\w*|overview|recap|throughout|across|over time|in order|order in which|list|progress\w*|develop(?:ed|ment)|evolv\w+|history|journey|timeline|different)\b/i;
const SUMMARY = /\b(?:summar\w*|overview|recap|progress\w*|evolv\w+|journey)\b/i;
const OTHER =
  /\b(?:(?:did|have|do) you|your|you (?:said|told|suggest\w*|recommend\w*|mention\w*))\b/i;
const OWN = /\b(?:I|my|me|mine|we|our)\b|\bI['’]/;

/** Reads English questions by the words that people use for these purposes. */
export function readEnglishCues(question: string): QuestionCues {
  return { isBroad: BROAD.test(question), words: wordsOf(question) };
}

function wordsOf(question: string): QuestionCues['words'] {
  if (SUMMARY.test(question)) return 'either';
  if (OTHER.test(question)) return 'other';
  return OWN.test(question) ? 'own' : 'unknown';
}
