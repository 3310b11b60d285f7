import { NO_SLOT } from './indexed-pages.ts';
import type { IndexedPages } from './indexed-pages.ts';
import type { IndexedPage, SearchFilter } from './search-page.ts';
import { passesFilter } from './search-page.ts';
import { readEnglishCues } from './question-cues.ts';
import type { CueReader, QuestionCues } from './question-cues.ts';
import { feedbackTerms } from './query-expansion.ts';
import { scoringOf } from './search-index.ts';
import type { SearchIndex } from './search-index.ts';
import { MESSAGE_POSTINGS, type PageScoring, type SlotScores } from './page-scoring.ts';
import { strongestSlots } from './strongest-slots.ts';
import { searchTerms } from './search-terms.ts';
import { isMentioned, timeMentions } from './time-mention.ts';

/** How to rank the pages of a conversation for a question. */
export interface RecallOptions {
  /** Pages at most. Default 500. */
  readonly limit?: number | undefined;
  readonly filter?: SearchFilter | undefined;
  /** The present, for questions about yesterday. */
  readonly nowMs?: number | undefined;
  /** Pages that take no part, such as the question itself. */
  readonly except?: ReadonlySet<string> | undefined;
  /** Default: English. */
  readonly readCues?: CueReader | undefined;
}

/** A page with the weight that its content has for a question. */
export interface RankedPage {
  readonly page: IndexedPage;
  /** From 0 to 1, best 1; twice the relevance is worth twice the tokens. */
  readonly relevance: number;
}

const DEFAULT_LIMIT = 500;
// The constants below were chosen on half of the conversations of `bench/recall.bench.ts`, which reports the other half.
/** The best hits say where the answer is; thousands of lesser ones, as long conversations have, take time and say nothing. */
const SPREAD_HITS = 512;
/** Postings that are looked at for words that were not asked for. */
const FEEDBACK_POSTINGS = 2_048;
/** What a hit says about the pages one, two and three turns away. */
const NEIGHBOUR_SHARES = [0.4, 0.25, 0.15];
/** A page after a question answers it, so a hit in the question counts more for it. */
const ANSWER_BONUS = 1.5;
/** A speaker's name is said in greetings all over; what counts is who speaks. */
const NAME_WEIGHT = 0.3;
const SPEAKER_BONUS = 1.3;
const TIME_BONUS = 2;
/** Rare words tell more than BM25 gives them: the weight is the rarity to the power of 1.5. */
const EXTRA_RARITY = 0.5;
/** How sharply relevance falls with the score, for questions with one answer and with many. */
const FOCUSED_POWER = 2;
const BROAD_POWER = 1.3;
/** Answers of a model are long and repeat; people ask about what they said themselves. */
const ANSWER_SHARES: Readonly<Record<QuestionCues['words'], number>> = {
  own: 0.3,
  unknown: 0.4,
  other: 0.8,
  either: 1,
};
/** Pages below this many terms say less the shorter they are. */
const FULL_LENGTH = 40;

/**
 * Ranks the pages of a conversation for a question: BM25 with what is particular about conversations. A hit counts for its
 * neighbours; words that stand beside the best hits are searched for too; speakers and times that the question names count;
 * and what the asker said counts more than what was answered, unless the question is about the answers. Time does not grow with
 * the conversation beyond some thousands of pages: of common words only the latest are looked at, and only the best hits say
 * something about their neighbours. Equal relevance is ordered by place, later pages first.
 */
export function rankForRecall(
  index: SearchIndex,
  question: string,
  options: RecallOptions = {},
): readonly RankedPage[] {
  const cues = (options.readCues ?? readEnglishCues)(question);
  const scoring = scoringOf(index);
  const { except = new Set<string>() } = options;
  const ranking = new Ranking(scoring, question, { nowMs: options.nowMs, except });
  const found = ranking.scores();
  const ranked = bestSlots(scoring, found, { cues, options });
  scoring.release(found);
  const most = ranked[0]?.relevance ?? 1;
  return ranked.flatMap(({ slot, relevance }): RankedPage[] => {
    const page = scoring.pages.at(slot)?.page;
    return page === undefined ? [] : [{ page, relevance: relevance / most }];
  });
}

function bestSlots(
  scoring: PageScoring,
  found: SlotScores,
  { cues, options }: { readonly cues: QuestionCues; readonly options: RecallOptions },
): readonly RankedSlot[] {
  const { pages } = scoring;
  const { columns } = pages;
  const { scores, touched } = found;
  const best = touched.reduce((most, slot) => Math.max(most, scores[slot] ?? 0), 0);
  const power = cues.isBroad ? BROAD_POWER : FOCUSED_POWER;
  const canBeFound = finder(pages, options);
  const limit = options.limit ?? DEFAULT_LIMIT;
  // From here on the scores are relevances.
  const findable = touched.filter((slot) => {
    const most = ((scores[slot] ?? 0) / best) ** power;
    scores[slot] = relevanceOf(columns, slot, { most, words: cues.words });
    return canBeFound(slot);
  });
  return strongestSlots({ scores, touched: findable }, limit)
    .map((slot) => ({ slot, order: columns.order(slot), relevance: scores[slot] ?? 0 }))
    .toSorted(byRelevance)
    .slice(0, limit);
}

/** Tells which slots may be found; pages themselves are looked at only where a filter asks for it. */
function finder(pages: IndexedPages, { except, filter }: RecallOptions): (slot: number) => boolean {
  const hidden = new Set([...(except ?? [])].map((id) => pages.slotOf(id)));
  return (slot) => {
    if (hidden.has(slot)) return false;
    if (filter === undefined) return true;
    const page = pages.at(slot)?.page;
    return page !== undefined && passesFilter(page, filter);
  };
}

/** What the asker said counts more than what was answered, and long pages more than short ones. */
function relevanceOf(
  columns: IndexedPages['columns'],
  slot: number,
  { most, words }: { readonly most: number; readonly words: QuestionCues['words'] },
): number {
  const share = columns.isAnswer(slot) ? ANSWER_SHARES[words] : 1;
  const length = Math.min(columns.length(slot), FULL_LENGTH);
  return most * share * Math.sqrt((length + 3) / (FULL_LENGTH + 3));
}

interface RankedSlot {
  readonly slot: number;
  readonly order: number;
  readonly relevance: number;
}

/** The more relevant before others, and of equals the later page. */
function byRelevance(left: RankedSlot, right: RankedSlot): number {
  return right.relevance - left.relevance || right.order - left.order;
}

/** One question against one index. */
class Ranking {
  readonly #scoring: PageScoring;
  readonly #weights: Map<string, number>;
  readonly #speakers: ReadonlySet<string>;
  readonly #question: string;
  readonly #nowMs: number | undefined;
  /** Slots that take no part. */
  readonly #except: ReadonlySet<number>;

  constructor(
    scoring: PageScoring,
    question: string,
    { nowMs, except }: { readonly nowMs: number | undefined; readonly except: ReadonlySet<string> },
  ) {
    this.#scoring = scoring;
    this.#except = new Set([...except].map((id) => scoring.pages.slotOf(id)));
    this.#question = question;
    this.#nowMs = nowMs;
    this.#weights = new Map(searchTerms(question).map((term) => [term, 1]));
    this.#speakers = namedSpeakers(scoring.pages.speakers, this.#weights);
  }

  /** The scores by slot, neighbours included. */
  scores(): SlotScores {
    const scoring = this.#scoring;
    const matched = scoring.score(this.#raised(this.#weights), MESSAGE_POSTINGS);
    const first = this.#spread(matched);
    const feedback = feedbackTerms(scoring, first, this.#weights);
    scoring.release(first);
    const all = scoring.score(this.#raised(feedback), FEEDBACK_POSTINGS, matched);
    const scores = this.#spread(all);
    scoring.release(all);
    return this.#withTimes(scores);
  }

  #raised(weights: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const raised = [...weights].map(
      ([term, weight]) => [term, weight * this.#scoring.rarity(term) ** EXTRA_RARITY] as const,
    );
    return new Map(raised);
  }

  /** What the best hits say about themselves and about their neighbours. */
  #spread({ scores, touched }: SlotScores): SlotScores {
    const { columns } = this.#scoring.pages;
    const sums = this.#scoring.takeScores();
    const reached: number[] = [];
    const add = (slot: number, score: number): void => {
      if (slot === NO_SLOT) return;
      const before = sums[slot] ?? 0;
      if (before === 0) reached.push(slot);
      sums[slot] = before + score;
    };
    for (const slot of strongestSlots({ scores, touched }, SPREAD_HITS)) {
      if (this.#except.has(slot)) continue;
      const score = (scores[slot] ?? 0) * this.#speakerBonus(slot);
      add(slot, score);
      let [before, after] = [slot, slot];
      let bonus = columns.isQuestion(slot) ? ANSWER_BONUS : 1;
      for (const share of NEIGHBOUR_SHARES) {
        before = before === NO_SLOT ? NO_SLOT : columns.previous(before);
        after = after === NO_SLOT ? NO_SLOT : columns.next(after);
        add(before, score * share);
        add(after, score * share * bonus);
        bonus = 1;
      }
    }
    return { scores: sums, touched: reached };
  }

  #speakerBonus(slot: number): number {
    if (this.#speakers.size === 0) return 1;
    const speaker = this.#scoring.pages.at(slot)?.page.speaker ?? '';
    return this.#speakers.has(speaker) ? SPEAKER_BONUS : 1;
  }

  #withTimes(found: SlotScores): SlotScores {
    const mentions = timeMentions(this.#question, this.#nowMs);
    if (mentions.length === 0) return found;
    const { scores, touched } = found;
    for (const slot of touched) {
      const timeMs = this.#scoring.pages.columns.timeMs(slot);
      const isThen =
        !Number.isNaN(timeMs) && mentions.some((mention) => isMentioned(timeMs, mention));
      if (isThen) scores[slot] = (scores[slot] ?? 0) * TIME_BONUS;
    }
    return found;
  }
}

/** The speakers that a question names, when it does not name all of them; their names then weigh less in texts. */
function namedSpeakers(
  speakers: readonly string[],
  weights: Map<string, number>,
): ReadonlySet<string> {
  const named = speakers.filter((speaker) =>
    searchTerms(speaker).some((term) => weights.has(term)),
  );
  for (const speaker of named) {
    for (const term of searchTerms(speaker)) if (weights.has(term)) weights.set(term, NAME_WEIGHT);
  }
  return new Set(named.length < speakers.length ? named : []);
}
