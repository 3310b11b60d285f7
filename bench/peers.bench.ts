import type { Conversation, CountText, Library, Turn } from './lib/peers/conversation.ts';
import { countApproximately, createTiktokenCount } from './lib/peers/counting.ts';
import { someTurns } from './lib/peers/dialogue.ts';
import { openLibraries } from './lib/peers/libraries.ts';
import { type CallCosts, measureReading, type Read } from './lib/peers/reading.ts';
import { MANY_SESSIONS, measureRecording, type Recording, warmUp } from './lib/peers/recording.ts';
import { perSecond } from './lib/peers/rounds.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const LANES = 64;
const CONTEXT_TOKENS = 4000;
const LATEST_MESSAGES = 20;

/** Turns of the session that is read: 2,000 messages. */
const READ_TURNS = 1000;

const RECORDINGS: readonly Recording[] = [
  { title: 'a session of 10 turns', turns: 10, grows: 10, lanes: 1 },
  { title: 'a session of 1,000 turns', turns: 1000, grows: 200, lanes: 1 },
  { title: 'a session of 10,000 turns', turns: 10_000, grows: 2000, lanes: 1 },
  {
    title: `a session of 1,000 turns, ${LANES} calls at once`,
    turns: 1000,
    grows: 200,
    lanes: LANES,
  },
  { title: `${MANY_SESSIONS} sessions in turn`, turns: 1, grows: null, lanes: 1 },
  {
    title: `${MANY_SESSIONS} sessions in turn, ${LANES} calls at once`,
    turns: 1,
    grows: null,
    lanes: LANES,
  },
];

const OURS = { exact: 'pagefold, exact', estimate: 'pagefold, estimate' } as const;

/** How do we compare with other libraries that keep conversations in memory? */
export async function run(): Promise<readonly BenchRow[]> {
  const countExactly = createTiktokenCount();
  const libraries = await openLibraries(countExactly);
  const stock = { history: someTurns(10_000), added: someTurns(2000, 2) };
  // One after the other, here as below: libraries that ran at the same time would measure each other.
  for (const library of libraries) await warmUp(library, stock.history);
  const rows: BenchRow[] = [];
  for (const recording of RECORDINGS) {
    const able = libraries.filter(({ maxTurns }) => maxTurns >= recording.turns);
    const { costs, few } = await measureRecording(able, recording, stock);
    const metric = `record turns into ${recording.title}`;
    rows.push(...speedRows(costs, { metric, ours: 'exact', few }));
    rows.push(...speedRows(costs, { metric, ours: 'estimate', few }));
  }
  rows.push(...(await readingRows(libraries, stock.history.slice(0, READ_TURNS), countExactly)));
  return rows;
}

async function readingRows(
  libraries: readonly Library[],
  turns: readonly Turn[],
  countExactly: CountText,
): Promise<readonly BenchRow[]> {
  const exact = without(libraries, OURS.estimate);
  const latest = await measureReading(
    exact,
    turns,
    (_library, conversation) => () => conversation.latest(LATEST_MESSAGES),
  );
  const approximately = contextReader(countApproximately);
  const exactly = contextReader(countExactly);
  const fast = exact.filter(({ maxExactTurns }) => maxExactTurns >= turns.length);
  const approximate = await measureReading(
    builders(without(libraries, OURS.exact)),
    turns,
    approximately,
  );
  const full = await measureReading(builders(fast), turns, exactly);
  const budget = `context of ${CONTEXT_TOKENS} tokens from a session of ${READ_TURNS * 2} messages`;
  const exactRow = { metric: `${budget}, exact o200k counts`, ours: 'exact' } as const;
  return [
    ...timeRows(latest, { metric: `last ${LATEST_MESSAGES} of 2,000 messages`, ours: 'exact' }),
    ...timeRows(approximate, { metric: `${budget}, approximate counts`, ours: 'estimate' }),
    ...timeRows(full, exactRow),
    ...(await shorterRows(
      builders(exact.filter((library) => !fast.includes(library))),
      { turns, exactly, full },
      exactRow,
    )),
  ];
}

/** Rows of libraries that would take minutes: their session is shorter, which flatters them. */
async function shorterRows(
  libraries: readonly Library[],
  params: {
    readonly turns: readonly Turn[];
    readonly exactly: ReturnType<typeof contextReader>;
    readonly full: CallCosts;
  },
  row: { readonly metric: string; readonly ours: keyof typeof OURS },
): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const library of libraries) {
    const { maxExactTurns } = library;
    const turns = params.turns.slice(0, maxExactTurns);
    const { costs, once } = await measureReading([library], turns, params.exactly);
    const ours = params.full.costs.get(OURS[row.ours]) ?? Number.NaN;
    const metric = `${row.metric}, peer: from ${maxExactTurns * 2}`;
    rows.push(
      ...timeRows({ costs: new Map([...costs, [OURS[row.ours], ours]]), once }, { ...row, metric }),
    );
  }
  return rows;
}

function contextReader(count: CountText): (library: Library, conversation: Conversation) => Read {
  return (library, conversation) => {
    const build = library.contextBuilder?.(conversation, count);
    if (build === undefined) throw new Error(`${library.name} builds no context.`);
    return () => build(CONTEXT_TOKENS);
  };
}

function builders(libraries: readonly Library[]): readonly Library[] {
  return libraries.filter(({ contextBuilder }) => contextBuilder !== null);
}

function without(libraries: readonly Library[], left: string): readonly Library[] {
  return libraries.filter(({ name }) => name !== left);
}

function speedRows(
  costs: ReadonlyMap<string, number>,
  about: {
    readonly metric: string;
    readonly ours: keyof typeof OURS;
    readonly few: ReadonlySet<string>;
  },
): readonly BenchRow[] {
  return peersOf(costs).map(([peer, cost]) => {
    const note = about.few.has(peer) ? ', peer: under 100 a round' : '';
    return compareRow(
      {
        metric: `${about.metric}, ours: ${about.ours}${note}`,
        unit: 'turns/CPU s',
        ours: perSecond(costs.get(OURS[about.ours]) ?? Number.NaN),
        peer,
        theirs: perSecond(cost),
      },
      'higher',
    );
  });
}

function timeRows(
  { costs, once }: CallCosts,
  about: { readonly metric: string; readonly ours: keyof typeof OURS },
): readonly BenchRow[] {
  return peersOf(costs).map(([peer, cost]) =>
    compareRow(
      {
        metric: `${about.metric}${once.has(peer) ? ', peer: measured once' : ''}`,
        unit: 'CPU µs',
        ours: costs.get(OURS[about.ours]) ?? Number.NaN,
        peer,
        theirs: cost,
      },
      'lower',
    ),
  );
}

function peersOf(costs: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  const ours: readonly string[] = Object.values(OURS);
  return [...costs].filter(([name]) => !ours.includes(name));
}
