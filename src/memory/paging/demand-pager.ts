import { InvalidInput } from '../../domain/errors.ts';
import { MESSAGE_POSTINGS } from '../search/page-scoring.ts';
import { scoringOf } from '../search/search-index.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { createRecallDetector } from './recall-signal.ts';
import type { RecallDetector } from './recall-signal.ts';
import { topicsOf } from './topics.ts';

/** How much a {@link DemandPager} may load before a model is called; none of it counts against what the model may fault. */
export interface DemandPagerOptions {
  /** Default: {@link ENGLISH_RECALL_PHRASES}. */
  readonly detectRecall?: RecallDetector | undefined;
  /** Pages at most for one message, of all kinds. Default 5. */
  readonly maxPages?: number | undefined;
  /** Claims at most, when the message asks for something said before. Default 3. */
  readonly maxClaims?: number | undefined;
  /** Pages about the message's topics at most. Default 5. */
  readonly maxTopicPages?: number | undefined;
  /** Summaries at most, when the message asks for something said before. Default 2. */
  readonly maxSummaries?: number | undefined;
  /** Tokens at most for one message. Default 4,096. */
  readonly maxTokens?: number | undefined;
}

/** What pages are to be loaded for. */
export interface PagingRequest {
  readonly message: string;
  readonly index: SearchIndex;
  /** Pages that are in the context already. */
  readonly resident: ReadonlySet<string>;
  /** What a page would cost; without it only the number of pages is bounded. */
  readonly tokensOf?: ((id: string) => number) | undefined;
}

/** A page to load. */
export interface PagingCandidate {
  readonly id: string;
  readonly kind: 'claim' | 'topic' | 'summary';
  /** The reason of the fault that loads it; its actor is the system. */
  readonly reason: 'user_requested_recall' | 'speculative';
}

/** What to load for a message, and why. */
export interface PagingPlan {
  readonly isRecall: boolean;
  readonly topics: readonly string[];
  readonly candidates: readonly PagingCandidate[];
}

type Limits = Required<{
  readonly [Key in Exclude<keyof DemandPagerOptions, 'detectRecall'>]: number;
}>;

const DEFAULTS: Limits = {
  maxPages: 5,
  maxClaims: 3,
  maxTopicPages: 5,
  maxSummaries: 2,
  maxTokens: 4_096,
};
/** A page that matches this little of what the best one matches is about something else. */
const MIN_RELEVANCE = 0.3;
/** How many hits are looked at for each that is wanted, because some are in the context already. */
const SPARE_HITS = 100;

/**
 * Finds the pages that a message needs before a model is called: claims when it asks for something said before, then pages
 * about its topics, then summaries. It keeps no state; every message has budgets of its own.
 */
export class DemandPager {
  readonly #detect: RecallDetector;
  readonly #limits: Limits;

  /** @throws InvalidInput when a limit is negative or no number. */
  constructor({ detectRecall, ...limits }: DemandPagerOptions = {}) {
    this.#detect = detectRecall ?? createRecallDetector();
    const given = Object.entries(limits).filter(([, value]) => value !== undefined);
    this.#limits = { ...DEFAULTS, ...Object.fromEntries(given) };
    if (Object.values(this.#limits).every((limit) => limit >= 0)) return;
    throw new InvalidInput({ field: 'limits', expected: 'numbers of at least 0' });
  }

  /** Whether a message asks for something said before. @throws INVALID_INPUT when a detector of your own throws. */
  isRecall(message: string): boolean {
    try {
      return this.#detect(message);
    } catch (cause) {
      const expected = 'a function that answers for every message';
      throw new InvalidInput({ field: 'detectRecall', expected, cause });
    }
  }

  /** What to load for a message. */
  plan(request: PagingRequest): PagingPlan {
    const isRecall = this.isRecall(request.message);
    const topics = topicsOf(request.message);
    const found = this.#find(request, topics);
    const reason = isRecall ? 'user_requested_recall' : 'speculative';
    const claims = isRecall ? idsByRelevance(request, found, 'claim') : [];
    const summaries = isRecall ? idsByRelevance(request, found, 'summary') : [];
    const near = [...found].filter(([, relevance]) => relevance >= MIN_RELEVANCE);
    const candidates = [
      ...toCandidates(claims, { kind: 'claim', reason }).slice(0, this.#limits.maxClaims),
      ...toCandidates(
        near.map(([id]) => id),
        { kind: 'topic', reason },
      ),
      ...toCandidates(summaries, { kind: 'summary', reason }),
    ];
    return { isRecall, topics, candidates: this.#within(candidates, request) };
  }

  /** Pages that are not in the context, with how well they match the topics, best first. */
  #find(
    { index, resident }: PagingRequest,
    topics: readonly string[],
  ): ReadonlyMap<string, number> {
    if (topics.length === 0) return new Map();
    const limit = Math.min(1_000, this.#limits.maxTopicPages + resident.size + SPARE_HITS);
    const weights = new Map(topics.map((topic) => [topic, 1]));
    const hits = scoringOf(index).find({ weights, limit, maxPostings: MESSAGE_POSTINGS });
    return new Map(
      hits
        .filter(({ page }) => !resident.has(page.id))
        .map(({ page, relevance }) => [page.id, relevance]),
    );
  }

  /** The candidates that all limits leave, once each. */
  #within(
    candidates: readonly PagingCandidate[],
    { tokensOf }: PagingRequest,
  ): readonly PagingCandidate[] {
    const { maxPages, maxTokens, maxClaims, maxTopicPages, maxSummaries } = this.#limits;
    const left = { claim: maxClaims, topic: maxTopicPages, summary: maxSummaries };
    const chosen = new Map<string, PagingCandidate>();
    let tokens = maxTokens;
    for (const candidate of candidates) {
      const { id, kind } = candidate;
      const cost = tokensOf?.(id) ?? 0;
      const isFull = chosen.size >= maxPages || left[kind] === 0;
      if (isFull || chosen.has(id) || cost > tokens) continue;
      chosen.set(id, candidate);
      left[kind] -= 1;
      tokens -= cost;
    }
    return [...chosen.values()];
  }
}

/** All pages of a type that are not in the context: those that match come first, the others in their order. */
function idsByRelevance(
  { index, resident }: PagingRequest,
  found: ReadonlyMap<string, number>,
  type: 'claim' | 'summary',
): readonly string[] {
  const ids = [...scoringOf(index).pages.idsOf(type)].filter((id) => !resident.has(id));
  return ids.toSorted((left, right) => (found.get(right) ?? 0) - (found.get(left) ?? 0));
}

function toCandidates(
  ids: readonly string[],
  about: Omit<PagingCandidate, 'id'>,
): readonly PagingCandidate[] {
  return ids.map((id) => ({ id, ...about }));
}
