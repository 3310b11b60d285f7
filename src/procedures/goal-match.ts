const WORD = /[\p{L}\p{N}]+/gu;
/** Words that say nothing of a goal. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'a an the to of for in on at and or i me my with please'.split(' '),
);
const ENOUGH = 0.6;

/** Whether two goals are the same one: one holds the other, or most words of the shorter one are in the longer one. */
export function goalsMatch(left: string, right: string): boolean {
  const [ours, theirs] = [left.toLowerCase().trim(), right.toLowerCase().trim()];
  if (ours === '' || theirs === '') return false;
  if (ours.includes(theirs) || theirs.includes(ours)) return true;
  const [fewer = new Set(), more = new Set()] = [wordsOf(ours), wordsOf(theirs)].sort(
    (first, second) => first.size - second.size,
  );
  if (fewer.size === 0) return false;
  const common = [...fewer].filter((word) => more.has(word)).length;
  return common / fewer.size >= ENOUGH;
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = [...text.matchAll(WORD)].map(([word]) => word);
  return new Set(words.filter((word) => !EMPTY_WORDS.has(word)));
}
