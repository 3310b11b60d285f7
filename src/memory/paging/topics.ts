import { STOP_WORDS } from '../search/stop-words.ts';
import { searchTerms } from '../search/search-terms.ts';

/** Words that say how a message is meant, and not about what. */
const SPEECH: ReadonlySet<string> = new Set(
  [
    'remind remember recall revisit refresh memory return earlier previously said mentioned suggested recommended told',
    'discussed decided agreed talked decide decision back tell say ask please thanks thank hello need want like know',
    'user assistant system tool message time thing',
  ]
    .join(' ')
    .split(' ')
    .flatMap((word) => [...searchTerms(word)]),
);

const LABEL = /^\s*(?:\[[^\]\n]{1,40}\]\s*)+/;

/** What a message is about: its terms as they are searched for, in order and once each, without stop words and words of asking. */
export function topicsOf(message: string): readonly string[] {
  const topics = searchTerms(withoutLabel(message)).filter(
    (term) => !SPEECH.has(term) && !STOP_WORDS.has(term) && term.length > 1,
  );
  return [...new Set(topics)];
}

/** A hint without the labels in brackets that say what kind of page it is, such as `[user]`. */
export function withoutLabel(hint: string): string {
  return hint.replace(LABEL, '');
}
