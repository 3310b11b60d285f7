/** Scripts without blanks between words count by their signs. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}])[\p{L}\p{N}])+/gu;
/** Words that say nothing of a goal. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  `a an the to of for from in on at and or i me my we us our you your it its this that these those with please
  ok okay yes yeah no not go ahead do does did is are was be can could would will want need like now then next again more
  also thanks thank sure fine great continue proceed`.split(/\s+/),
);
const ENOUGH = 0.6;
/** One word is in too many goals. */
const LEAST_WORDS = 2;

/** Whether a goal says what is wanted: `ok` and `go on` do not. */
export function saysSomething(goal: string | null): goal is string {
  return goal !== null && wordsOf(goal).size >= LEAST_WORDS;
}

/** Whether two goals are the same one: most words of the shorter one are in the longer one, and two of them at least. */
export function goalsMatch(left: string, right: string): boolean {
  const [fewer = new Set(), more = new Set()] = [wordsOf(left), wordsOf(right)].sort(
    (first, second) => first.size - second.size,
  );
  const common = [...fewer].filter((word) => more.has(word)).length;
  return common >= LEAST_WORDS && common / fewer.size >= ENOUGH;
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = [...text.toLowerCase().matchAll(WORD)].map(([word]) => word);
  return new Set(words.filter((word) => !EMPTY_WORDS.has(word)));
}
