import { textUnits } from '../folding/text-unit.ts';
import { type ClaimWord, claimWords } from './claim-words.ts';

/** What somebody states, in a sentence or the part of one that is no question. */
export interface ClaimSentence {
  readonly text: string;
  readonly words: readonly ClaimWord[];
}

/** A longer sentence is a list, a log or data without line breaks. */
const MAX_LENGTH = 480;
/** The lengths keep a mark without its twin from being searched through the whole text. */
const QUOTES = /"[^"\n]{1,400}"|“[^”]{1,400}”|„[^“”]{1,400}[“”]|«[^»]{1,400}»|`[^`\n]{1,200}`/gu;
const LIST_MARK = /^\s*(?:[-*+•–]|\d{1,3}[.)])\s+/;
const QUOTED_LINE = /^\s*>/;
const QUESTION = /[?？]["'”’)\]*_]*$/;
/** A question begins with these, behind a comma. */
const QUESTION_OPENERS: ReadonlySet<string> = new Set(
  (
    'can could would will should shall do does did is are am was were what how why when where which who whose any right ok ' +
    "okay isn't aren't don't doesn't didn't won't can't may have has had"
  ).split(' '),
);

/** What a message states in its own words: no code, no quotations, no headings, no questions. */
export function* claimSentences(message: string): Generator<ClaimSentence> {
  const isQuoted = quotedIn(message);
  for (const { start, end, kind } of textUnits(message)) {
    if (kind !== 'prose' || end - start > MAX_LENGTH) continue;
    const unit = message.slice(start, end);
    if (QUOTED_LINE.test(unit)) continue;
    const offset = LIST_MARK.exec(unit)?.[0].length ?? 0;
    const text = unit.slice(offset);
    const words = claimWords(text, (at) => isQuoted(start + offset + at));
    const statement = statementOf(text, words);
    if (statement.length > 1) yield { text, words: statement };
  }
}

/** Whether a place lies in a quotation; places have to ascend. */
function quotedIn(text: string): (at: number) => boolean {
  const quotes = text.matchAll(QUOTES);
  let quote = quotes.next().value;
  return (at) => {
    while (quote !== undefined && quote.index + quote[0].length <= at) quote = quotes.next().value;
    return quote !== undefined && quote.index <= at;
  };
}

/** The words before the question that a sentence ends with; none when all of it is one. */
function statementOf(text: string, words: readonly ClaimWord[]): readonly ClaimWord[] {
  if (!QUESTION.test(text)) return words;
  for (let at = words.length - 1; at > 0; at -= 1) {
    if (words[at]?.kind !== 'mark') continue;
    if (words.slice(at + 1, at + 3).some(({ key }) => QUESTION_OPENERS.has(key))) {
      return words.slice(0, at);
    }
  }
  return [];
}
