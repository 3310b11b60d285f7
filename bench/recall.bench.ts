import { DemandPager } from '../src/memory/paging/demand-pager.ts';
import { SearchIndex } from '../src/memory/search/search-index.ts';
import { recallContenders } from './lib/recall-contenders.ts';
import type { BuiltContext, RecallContender } from './lib/recall-contenders.ts';
import { isTuned, loadRecallCorpora } from './lib/recall-data.ts';
import type { RecallConversation, RecallCorpus, RecallQuestion } from './lib/recall-data.ts';
import { contentWords, wordsKept } from './lib/recall-measure.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

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

/** How much of the turns that answer a question stands in a context of so many tokens, all included? */
export function run(): readonly BenchRow[] {
  return loadRecallCorpora().flatMap(measureCorpus);
}

function measureCorpus({ name, conversations }: RecallCorpus): readonly BenchRow[] {
  const means = new Means();
  const peers = new Set<string>();
  const categories = new Set<string>();
  conversations.forEach((conversation, place) => {
    const half = isTuned(place) ? 'tuned on' : 'held out';
    const words = new Map(conversation.pages.map(({ id, text }) => [id, contentWords(text)]));
    for (const question of conversation.questions) categories.add(question.category);
    for (const contender of recallContenders(conversation)) {
      if (contender.name !== OURS) peers.add(contender.name);
      for (const budget of BUDGETS) {
        measureContender(means, { conversation, contender, budget, words, half });
      }
    }
    measurePaging(means, conversation);
  });
  return toRows(name, { means, peers: [...peers], categories: [...categories] });
}

interface Trial {
  readonly conversation: RecallConversation;
  readonly contender: RecallContender;
  readonly budget: number;
  readonly words: ReadonlyMap<string, ReadonlySet<string>>;
  readonly half: string;
}

function measureContender(means: Means, trial: Trial): void {
  const { conversation, contender, budget, words, half } = trial;
  const key = `${contender.name} ${budget}`;
  for (const question of conversation.questions) {
    const context = contender.build(question.text, budget);
    if (context.tokens > budget) throw new Error(`${contender.name} exceeds ${budget}.`);
    measure(means, { question, context, words, key, half });
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
      BUDGETS.map((budget) =>
        row(`recall at ${budget}, ${category}`, search, `${category} * ${budget}`),
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
