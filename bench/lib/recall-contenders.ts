import { outlinePage } from '../../src/memory/search/page-outline.ts';
import type { OutlineUnit } from '../../src/memory/search/page-outline.ts';
import { RecallPacker } from '../../src/memory/search/recall-packer.ts';
import type { PackedPage } from '../../src/memory/search/recall-packer.ts';
import { rankForRecall } from '../../src/memory/search/recall-ranker.ts';
import { SearchIndex } from '../../src/memory/search/search-index.ts';
import type { SearchPage } from '../../src/memory/search/search-page.ts';
import { createTokenCounter } from '../../src/tokens/token-counter.ts';
import type { RecallConversation } from './recall-data.ts';

/** A page in a context. */
type ContextPage = Omit<PackedPage, 'maxTokens'>;

/** What stands in a context: tokens, and the text of each page that is there at all. */
export interface BuiltContext {
  readonly pages: ReadonlyMap<string, ContextPage>;
  /** All tokens: pages with their lines, the question, what is reserved. */
  readonly tokens: number;
}

/** Builds the context of a question within a budget. */
export type BuildContext = (question: string, maxTokens: number) => BuiltContext;

/** What sessions find pages with, in memory and without rules, manifest and turns. */
export const PACKING = 'our packing alone';

/** A way to choose what the model sees. */
export interface RecallContender {
  readonly name: string;
  readonly build: BuildContext;
}

/** Tokens of rules and manifest; only ours has to have them. */
const RESERVED_TOKENS = 400;
/** Tokens of a line besides its text. */
const LINE_TOKENS = 8;
const RECENT_TURNS = 3;
/** The last turns are folded to this share of the budget when they are longer. */
const RECENT_SHARE = 1 / 8;

const counter = createTokenCounter();

/** Tokens as the model of the benchmark counts them. */
function countTokens(text: string): number {
  return counter.countText(text, 'gpt-4o');
}

/** Our ranking and packing without a session, then those to compare with. */
export function recallContenders(
  conversation: RecallConversation,
): readonly [RecallContender, ...RecallContender[]] {
  const { pages } = conversation;
  const index = new SearchIndex();
  for (const page of pages) index.add(page);
  const costs = new Map(pages.map(({ id, text }) => [id, countTokens(text) + LINE_TOKENS]));
  const whole = (page: SearchPage): ContextPage => ({
    id: page.id,
    text: page.text,
    tokens: costs.get(page.id) ?? 0,
    isWhole: true,
  });
  const wholes = pages.map(whole);
  return [
    { name: PACKING, build: ourContext(conversation, index) },
    { name: 'sliding window', build: windowContext(wholes) },
    { name: 'summary and window', build: summaryContext(wholes) },
    { name: 'BM25 with neighbours', build: neighbourContext(wholes, index) },
    { name: 'BM25 of whole turns', build: searchContext(wholes, index) },
  ];
}

function ourContext({ pages }: RecallConversation, index: SearchIndex): BuildContext {
  const texts = new Map(pages.map(({ id, text }) => [id, text]));
  const packer = new RecallPacker({ countTokens, lineTokens: LINE_TOKENS });
  const textOf = (id: string): string | null => texts.get(id) ?? null;
  const latest = pages.slice(-RECENT_TURNS).map(({ id }) => id);
  return (question, maxTokens) => {
    const recent = packer.pack({
      candidates: latest.toReversed().map((id) => ({ id, relevance: 1 })),
      textOf,
      maxTokens: Math.floor(maxTokens * RECENT_SHARE),
      question,
    });
    const fixed = RESERVED_TOKENS + tokensOf(recent) + countTokens(question) + LINE_TOKENS;
    const candidates = rankForRecall(index, question)
      .filter(({ page }) => !latest.includes(page.id))
      .map(({ page, relevance }) => ({ id: page.id, relevance }));
    const found = packer.pack({ candidates, textOf, maxTokens: maxTokens - fixed, question });
    return toContext([...recent, ...found], fixed + tokensOf(found));
  };
}

function windowContext(pages: readonly ContextPage[]): BuildContext {
  return (question, maxTokens) => {
    const asked = countTokens(question) + LINE_TOKENS;
    const window = latestWithin(pages, maxTokens - asked);
    return toContext(window, asked + tokensOf(window));
  };
}

/** Half of the budget for the latest turns, the other half for the sentences whose words are the commonest. */
function summaryContext(pages: readonly ContextPage[]): BuildContext {
  const sentences = pages.flatMap(({ id, text }) =>
    outlinePage(text, countTokens).units.map((unit) => ({ ...unit, id })),
  );
  const ranked = byCentrality(sentences);
  return (question, maxTokens) => {
    const asked = countTokens(question) + LINE_TOKENS;
    const window = latestWithin(pages, (maxTokens - asked) / 2);
    const known = new Set(window.map(({ id }) => id));
    let room = maxTokens - asked - tokensOf(window);
    const summary = new Map<string, ContextPage>();
    for (const { id, text, tokens } of ranked) {
      if (known.has(id) || tokens > room) continue;
      room -= tokens;
      const old = summary.get(id);
      summary.set(id, {
        id,
        text: `${old?.text ?? ''} ${text}`,
        tokens: (old?.tokens ?? 0) + tokens,
        isWhole: false,
      });
    }
    return toContext([...window, ...summary.values()], maxTokens - room);
  };
}

/** SumBasic (A. Nenkova and L. Vanderwende, 2005): sentences of common words, words that were taken count less. */
function byCentrality<T extends OutlineUnit>(sentences: readonly T[]): readonly T[] {
  const counts = new Map<string, number>();
  for (const { terms } of sentences) {
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  const chances = new Map([...counts].map(([term, count]) => [term, count / sentences.length]));
  const score = ({ terms }: T): number =>
    [...terms].reduce((sum, term) => sum + (chances.get(term) ?? 0), 0) / Math.max(1, terms.size);
  const ranked: T[] = [];
  const left = new Set(sentences);
  // Two hundred sentences fill the largest budget.
  while (left.size > 0 && ranked.length < 600) {
    let best: T | null = null;
    let most = -1;
    for (const sentence of left) {
      const value = score(sentence);
      if (value > most) [best, most] = [sentence, value];
    }
    if (best === null) break;
    left.delete(best);
    ranked.push(best);
    for (const term of best.terms) chances.set(term, (chances.get(term) ?? 0) ** 2);
  }
  return ranked;
}

function searchContext(pages: readonly ContextPage[], index: SearchIndex): BuildContext {
  const byId = new Map(pages.map((page) => [page.id, page]));
  return wholeTurns((question) =>
    index.search(question, { limit: 1_000 }).flatMap(({ page }) => byId.get(page.id) ?? []),
  );
}

/** Each turn gets half of the scores of the turns beside it. */
function neighbourContext(pages: readonly ContextPage[], index: SearchIndex): BuildContext {
  const places = new Map(pages.map(({ id }, place) => [id, place]));
  return wholeTurns((question) => {
    const sums = new Float64Array(pages.length + 1);
    for (const { page, score } of index.search(question, { limit: 1_000 })) {
      const place = places.get(page.id) ?? 0;
      for (const [offset, share] of [
        [-1, 0.5],
        [0, 1],
        [1, 0.5],
      ] as const) {
        sums[place + offset] = (sums[place + offset] ?? 0) + share * score;
      }
    }
    const sumOf = ({ id }: ContextPage): number => sums[places.get(id) ?? 0] ?? 0;
    return pages.toReversed().toSorted((left, right) => sumOf(right) - sumOf(left));
  });
}

/** Takes whole turns, best first, while they fit. */
function wholeTurns(rank: (question: string) => readonly ContextPage[]): BuildContext {
  return (question, maxTokens) => {
    const asked = countTokens(question) + LINE_TOKENS;
    const taken: ContextPage[] = [];
    let room = maxTokens - asked;
    for (const page of rank(question)) {
      if (page.tokens > room) continue;
      room -= page.tokens;
      taken.push(page);
    }
    return toContext(taken, asked + tokensOf(taken));
  };
}

function latestWithin(pages: readonly ContextPage[], maxTokens: number): readonly ContextPage[] {
  const window: ContextPage[] = [];
  let room = maxTokens;
  for (const page of pages.toReversed()) {
    if (page.tokens > room) break;
    room -= page.tokens;
    window.push(page);
  }
  return window;
}

function tokensOf(pages: readonly ContextPage[]): number {
  return pages.reduce((sum, { tokens }) => sum + tokens, 0);
}

function toContext(pages: readonly ContextPage[], tokens: number): BuiltContext {
  return { pages: new Map(pages.map((page) => [page.id, page])), tokens };
}
