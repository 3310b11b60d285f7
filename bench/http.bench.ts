import { bundleWorkers } from '../scripts/lib/worker-bundle.ts';
import { APPENDER_NAMES, type AppenderName } from './lib/http/appender.ts';
import { load } from './lib/http/load.ts';
import { openServerHost, type ServerFigures, type ServerHost } from './lib/http/server-host.ts';
import { type BenchRow, compareRow } from './lib/row.ts';
import { chatMessages, corpora } from './lib/tokens/corpora.ts';
import { median } from './lib/median.ts';

/** Characters of a message, and how many messages come in a second. */
const LENGTHS = [400, 20_000] as const;
const PER_SECOND = 1000;
const ROUNDS = 4;
const SECONDS = 1;
const SESSIONS = 200;

/** A turn of a server. */
interface Sample extends ServerFigures {
  readonly latencies: readonly number[];
  readonly answered: number;
}

const TITLES: Readonly<Record<AppenderName, string>> = {
  worker: 'ours with a worker',
  inline: 'ours',
  'js-tiktoken': 'js-tiktoken and an array',
  nothing: 'a server that does nothing',
};

/** How long does a server hold up its other requests that counts and keeps 1,000 messages a second? */
export async function run(): Promise<readonly BenchRow[]> {
  await bundleWorkers();
  const text = someText();
  const rows: BenchRow[] = [];
  // In order, here as below: servers that were asked at the same time would disturb each other.
  for (const length of LENGTHS) rows.push(...(await compare(text, length)));
  return rows;
}

async function compare(text: string, length: number): Promise<readonly BenchRow[]> {
  const hosts = await Promise.all(APPENDER_NAMES.map(openServerHost));
  const samples = new Map<AppenderName, Sample[]>(APPENDER_NAMES.map((name) => [name, []]));
  // The first turn warms up.
  for (let turn = 0; turn <= ROUNDS; turn += 1) {
    for (let step = 0; step < hosts.length; step += 1) {
      const host = hosts[(turn + step) % hosts.length];
      if (host === undefined) continue;
      const sample = await takeTurn(host, textsOf(text, { length, turn }));
      if (turn > 0) samples.get(host.name)?.push(sample);
    }
  }
  for (const host of hosts) host.close();
  return rowsOf(`${length} characters`, samples);
}

async function takeTurn(host: ServerHost, nextText: () => string): Promise<Sample> {
  host.watch();
  const { port } = host;
  const options = { port, perSecond: PER_SECOND, seconds: SECONDS, sessions: SESSIONS };
  const startMs = performance.now();
  const latencies = await load({ ...options, nextText });
  const seconds = (performance.now() - startMs) / 1000;
  const figures = await host.tell();
  return { ...figures, latencies, answered: latencies.length / seconds };
}

function rowsOf(
  title: string,
  samples: ReadonlyMap<AppenderName, readonly Sample[]>,
): readonly BenchRow[] {
  return METRICS.flatMap(({ metric, unit, valueOf, better }) => {
    const value = (name: AppenderName): number => valueOf(samples.get(name) ?? []);
    return PAIRS.map(([ours, peer]) =>
      compareRow(
        {
          metric: `${title}, ${TITLES[ours]}: ${metric}`,
          unit,
          ours: value(ours),
          peer: TITLES[peer],
          theirs: value(peer),
        },
        better,
      ),
    );
  });
}

const PAIRS: readonly (readonly [AppenderName, AppenderName])[] = [
  ['worker', 'inline'],
  ['worker', 'js-tiktoken'],
  ['inline', 'js-tiktoken'],
  ['inline', 'nothing'],
];

const METRICS = [
  {
    metric: 'delay of the event loop, p99',
    unit: 'ms',
    better: 'lower',
    valueOf: (turns: readonly Sample[]): number => median(turns.map((turn) => turn.delayP99Ms)),
  },
  {
    metric: 'time to the answer, p50',
    unit: 'ms',
    better: 'lower',
    valueOf: (turns: readonly Sample[]): number => percentile(turns, 0.5),
  },
  {
    metric: 'time to the answer, p99',
    unit: 'ms',
    better: 'lower',
    valueOf: (turns: readonly Sample[]): number => percentile(turns, 0.99),
  },
  {
    metric: `answers, of ${PER_SECOND} asked for`,
    unit: '/s',
    better: 'higher',
    valueOf: (turns: readonly Sample[]): number => median(turns.map((turn) => turn.answered)),
  },
  {
    metric: 'main thread, CPU of an answer',
    unit: 'µs',
    better: 'lower',
    valueOf: (turns: readonly Sample[]): number =>
      median(turns.map(({ mainMicros, latencies }) => mainMicros / latencies.length)),
  },
  {
    metric: 'all threads, CPU of an answer',
    unit: 'µs',
    better: 'lower',
    valueOf: (turns: readonly Sample[]): number =>
      median(turns.map(({ allMicros, latencies }) => allMicros / latencies.length)),
  },
] as const;

/** Of all answers of all turns. */
function percentile(turns: readonly Sample[], share: number): number {
  const all = turns.flatMap(({ latencies }) => latencies);
  const sorted = all.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Recorded chats where they are at hand, else prose of documentation. */
function someText(): string {
  const chats = [...chatMessages()];
  return (chats.length > 0 ? chats : (corpora()[0]?.documents ?? [])).join('\n');
}

/** Messages from one place of the text after the other, the same for all servers; each turn has others. */
function textsOf(
  text: string,
  { length, turn }: { readonly length: number; readonly turn: number },
): () => string {
  // A stride that is prime to nearly every length: it comes back to no place within a run.
  const stride = 104_729;
  let at = turn * 7919;
  return () => {
    at = (at + stride) % (text.length - length);
    return text.slice(at, at + length);
  };
}
