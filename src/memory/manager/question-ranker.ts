import type { DemandPager } from '../paging/demand-pager.ts';
import { rankForRecall } from '../search/recall-ranker.ts';
import type { RankedPage } from '../search/recall-ranker.ts';
import type { ComposeRequest, ComposerSettings } from './composer-settings.ts';
import { isLookup, isQuestion } from './lookup-question.ts';
import type { MemoryState } from './memory-state.ts';

/** Fewest and most pages that are looked at for a question. */
const MIN_CANDIDATES = 40;
const MAX_CANDIDATES = 500;
const SPARE_CANDIDATES = 32;
/** A page takes rarely less than this. */
const TOKENS_A_CANDIDATE = 12;

interface Ranked {
  readonly key: string;
  readonly limit: number;
  readonly pages: readonly RankedPage[];
}

/** Ranks the pages of a memory by what a question is about. */
export class QuestionRanker {
  readonly #state: MemoryState;
  readonly #settings: ComposerSettings;
  readonly #pager: DemandPager;
  /** Of the latest question: one context may take some attempts. */
  #ranked: Ranked | null = null;

  constructor(state: MemoryState, settings: ComposerSettings, pager: DemandPager) {
    this.#state = state;
    this.#settings = settings;
    this.#pager = pager;
  }

  /**
   * The pages that a question is about, best first; none where nothing is asked, the model loads its pages itself, or nothing is to be
   * looked for. What kind of message it is is asked all the same, so that a detector that fails does so at once.
   */
  rank(
    { question, compactedTokens: maxTokens, nowMs }: ComposeRequest,
    { isLookedFor }: { readonly isLookedFor: boolean },
  ): readonly RankedPage[] {
    if (question === null || this.#settings.paging === 'model') return [];
    // Nothing is put together around a message that asks nothing.
    if (!this.isLookup(question) && !isQuestion(question)) return [];
    if (!isLookedFor) return [];
    const wanted = Math.ceil(maxTokens / TOKENS_A_CANDIDATE);
    const limit = Math.min(MAX_CANDIDATES, Math.max(MIN_CANDIDATES, wanted));
    const { version, table, index, turns } = this.#state;
    const key = JSON.stringify([question, nowMs, version, table.size]);
    if (this.#ranked?.key !== key || this.#ranked.limit < limit) {
      // A little more than is wanted, since the next attempt may want a little more.
      const most = limit + SPARE_CANDIDATES;
      const except = new Set(turns.current.pageIds);
      const pages = rankForRecall(index, question, { limit: most, nowMs, except });
      this.#ranked = { key, limit: most, pages };
    }
    return this.#ranked.pages.slice(0, limit);
  }

  /** Whether a question asks for something to be found. */
  isLookup(question: string): boolean {
    return this.#pager.isRecall(question) || isLookup(question);
  }
}
