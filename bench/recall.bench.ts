import { DemandPager } from '../src/memory/paging/demand-pager.ts';
import { SearchIndex } from '../src/memory/search/search-index.ts';
import type { Pagefold } from '../src/api/pagefold.ts';
import { PACKING, recallContenders } from './lib/recall-contenders.ts';
import type { BuiltContext } from './lib/recall-contenders.ts';
import { isTuned, loadRecallCorpora } from './lib/recall-data.ts';
import type { RecallConversation, RecallCorpus, RecallQuestion } from './lib/recall-data.ts';
import { contentWords, wordsKept } from './lib/recall-measure.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';
import { sessionContender } from './lib/session-contender.ts';
import { openReplays } from './lib/session-replay.ts';

const BUDGETS = [2_000, 4_000, 8_000];
const OURS = 'ours';
/** Pages that are loaded before the model is called. */
const PAGED_IN = 5;

/** Sums over all that was measured under one name. */
class Means {
  readonly #sums = new Map<string, { total: number; count: number }>();

  add(name: string, value: number, weight = 1): void {
    const sum = this.#sums.get(name) ?? { total: 0, count: 0 };
    sum.total += value;
    sum.count += weight;
    this.#sums.set(name, sum);
  }

  of(name: string): number {
    const { total, count } = this.#sums.get(name) ?? { total: 0, count: 0 };
    return count === 0 ? Number.NaN : total / count;
  }
}

/** How much of the turns that answer a question stands in the context that a session builds for it, all included? */
export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  // One after the other, as everything here.
  for (const corpus of loadRecallCorpora()) rows.push(...(await measureCorpus(corpus)));
  return rows;
}

async function measureCorpus({ name, conversations }: RecallCorpus): Promise<readonly BenchRow[]> {
  const means = new Means();
  const peers = new Set<string>();
  const categories = new Set<string>();
  for (const [place, conversation] of conversations.entries()) {
    const half = isTuned(place) ? 'tuned on' : 'held out';
    for (const question of conversation.questions) categories.add(question.category);
    // A process of its own would do as well: nothing is shared between conversations.
    await using pagefold = await openReplays();
    for (const trial of await trialsOf(pagefold, conversation)) {
      if (trial.name !== OURS) peers.add(trial.name);
      await measureTrial(means, conversation, { ...trial, half });
    }
    measurePaging(means, conversation);
  }
  return toRows(name, { means, peers: [...peers], categories: [...categories] });
}

interface Trial {
  readonly name: string;
  readonly budget: number;
  readonly build: (question: string) => BuiltContext | Promise<BuiltContext>;
}

async function trialsOf(
  pagefold: Pagefold,
  conversation: RecallConversation,
): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const budget of BUDGETS) {
    const build = await sessionContender(pagefold, conversation, budget);
    trials.push({ name: OURS, budget, build });
  }
  for (const { name, build } of recallContenders(conversation)) {
    for (const budget of BUDGETS) {
      trials.push({ name, budget, build: (question) => build(question, budget) });
    }
  }
  return trials;
}

async function measureTrial(
  means: Means,
  { pages, questions }: RecallConversation,
  { name, budget, build, half }: Trial & { readonly half: string },
): Promise<void> {
  const words = new Map(pages.map(({ id, text }) => [id, contentWords(text)]));
  for (const question of questions) {
    const context = await build(question.text);
    if (context.tokens > budget) throw new Error(`${name} exceeds ${budget}.`);
    measure(means, { question, context, words, key: `${name} ${budget}`, half });
  }
}

interface Sample {
  readonly question: RecallQuestion;
  readonly context: BuiltContext;
  readonly words: ReadonlyMap<string, ReadonlySet<string>>;
  readonly key: string;
  readonly half: string;
}

function measure(means: Means, { question, context, words, key, half }: Sample): void {
  let useful = 0;
  for (const id of question.evidence) {
    const page = context.pages.get(id);
    const kept = wordsKept(words.get(id) ?? new Set(), page?.text);
    useful += page?.tokens ?? 0;
    for (const group of [half, 'all', question.category]) means.add(`${group} ${key}`, kept);
  }
  means.add(`precision ${key}`, useful, context.tokens);
}

/** How often one of the pages that are loaded before the call holds evidence. */
function measurePaging(means: Means, { pages, questions }: RecallConversation): void {
  const index = new SearchIndex();
  for (const page of pages) index.add(page);
  const pager = new DemandPager({ maxPages: PAGED_IN, maxTokens: Infinity });
  const latest = pages.slice(-PAGED_IN).map(({ id }) => id);
  for (const { text, evidence } of questions) {
    const { candidates } = pager.plan({ message: text, index, resident: new Set() });
    const isHit = candidates.some(({ id }) => evidence.includes(id));
    means.add('paging ours', isHit ? 1 : 0);
    means.add('paging latest', latest.some((id) => evidence.includes(id)) ? 1 : 0);
  }
}

interface Measured {
  readonly means: Means;
  readonly peers: readonly string[];
  readonly categories: readonly string[];
}

function toRows(corpus: string, { means, peers, categories }: Measured): readonly BenchRow[] {
  const row = (metric: string, peer: string, key: string): BenchRow =>
    compareRow(
      {
        metric: `${corpus}, ${metric}`,
        unit: '',
        ours: means.of(key.replace('*', OURS)),
        peer,
        theirs: means.of(key.replace('*', peer)),
      },
      'higher',
    );
  const [search = ''] = peers.toReversed();
  const named = [PACKING, search];
  return [
    ...['held out', 'tuned on', 'all'].flatMap((half) =>
      BUDGETS.flatMap((budget) =>
        peers.map((peer) => row(`recall at ${budget}, ${half}`, peer, `${half} * ${budget}`)),
      ),
    ),
    ...BUDGETS.flatMap((budget) =>
      peers.map((peer) => row(`precision at ${budget}`, peer, `precision * ${budget}`)),
    ),
    ...categories.flatMap((category) =>
      BUDGETS.flatMap((budget) =>
        named.map((peer) =>
          row(`recall at ${budget}, ${category}`, peer, `${category} * ${budget}`),
        ),
      ),
    ),
    compareRow(
      {
        metric: `${corpus}, evidence in ${PAGED_IN} pages paged in`,
        unit: '',
        ours: means.of('paging ours'),
        peer: 'the latest pages',
        theirs: means.of('paging latest'),
      },
      'higher',
    ),
  ];
}
