import { LIBRARY_NAMES, type LibraryName } from './lib/peers/libraries.ts';
import { type LibraryHost, openLibraryHost } from './lib/peers/library-host.ts';
import { measureRounds, perSecond } from './lib/peers/rounds.ts';
import { MANY_SESSIONS, type Reading, type Recording, type Task } from './lib/peers/task.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

/** Compares with other packages. */
export const needsPeers: boolean = true;

const LANES = 64;
const CONTEXT_TOKENS = 4000;
const LATEST_MESSAGES = 20;

/** Turns of the session that is read: 2,000 messages. */
const READ_TURNS = 1000;

/** Below this a peer recorded so few turns a round that the row says so. */
const FEW_TURNS = 100;
/** A call that takes this long is measured once. */
const SLOW_MICROSECONDS = 1_500_000;

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

type Ours = 'exact' | 'estimate';

/** How do we compare with other libraries that keep conversations in memory? */
export async function run(): Promise<readonly BenchRow[]> {
  const hosts: LibraryHost[] = [];
  // One after the other, here as below: libraries that ran at the same time would disturb each other.
  for (const name of LIBRARY_NAMES) hosts.push(await openLibraryHost(name));
  const rows: BenchRow[] = [];
  for (const recording of RECORDINGS) rows.push(...(await recordingRows(hosts, recording)));
  rows.push(...(await latestRows(hosts)));
  rows.push(...(await contextRows(hosts, 'approximate')));
  rows.push(...(await contextRows(hosts, 'exact')));
  for (const host of hosts) host.close();
  return rows;
}

async function recordingRows(
  hosts: readonly LibraryHost[],
  recording: Recording,
): Promise<readonly BenchRow[]> {
  const able = hosts.filter(({ description }) => description.maxTurns >= recording.turns);
  const measured = await measureAll(able, () => ({ kind: 'record', recording }));
  return (['exact', 'estimate'] as const).flatMap((ours) =>
    peersOf(measured).map(({ host, cost, operations }) => {
      const note = operations < FEW_TURNS ? ', peer: under 100 a round' : '';
      return compareRow(
        {
          metric: `record turns into ${recording.title}, ours: ${ours}${note}`,
          unit: 'turns/CPU s',
          ours: perSecond(costOf(measured, ours)),
          peer: host.description.name,
          theirs: perSecond(cost),
        },
        'higher',
      );
    }),
  );
}

async function latestRows(hosts: readonly LibraryHost[]): Promise<readonly BenchRow[]> {
  const reading = { what: 'latest messages', turns: READ_TURNS, amount: LATEST_MESSAGES } as const;
  const measured = await measureAll(
    hosts.filter(({ subject }) => subject !== 'estimate'),
    () => ({ kind: 'read', reading }),
  );
  return timeRows(measured, 'exact', () => `last ${LATEST_MESSAGES} of ${READ_TURNS * 2} messages`);
}

async function contextRows(
  hosts: readonly LibraryHost[],
  counts: 'approximate' | 'exact',
): Promise<readonly BenchRow[]> {
  const ours = counts === 'exact' ? 'exact' : 'estimate';
  const other = counts === 'exact' ? 'estimate' : 'exact';
  // A library that would take minutes reads a shorter session, which flatters it.
  const turnsOf = ({ description }: LibraryHost): number =>
    counts === 'exact' ? Math.min(READ_TURNS, description.maxExactTurns) : READ_TURNS;
  const toReading = (host: LibraryHost): Reading => ({
    what: `context, ${counts}`,
    turns: turnsOf(host),
    amount: CONTEXT_TOKENS,
  });
  const able = hosts.filter(
    ({ subject, description }) => description.buildsContexts && subject !== other,
  );
  const measured = await measureAll(able, (host) => ({ kind: 'read', reading: toReading(host) }));
  return timeRows(measured, ours, (host) => {
    const shorter = turnsOf(host) < READ_TURNS ? `, peer: from ${turnsOf(host) * 2}` : '';
    return `context of ${CONTEXT_TOKENS} tokens from ${READ_TURNS * 2} messages, ${counts} counts${shorter}`;
  });
}

interface Measured {
  readonly host: LibraryHost;
  /** Processor time of one operation, in microseconds. */
  readonly cost: number;
  /** Operations of one sample. */
  readonly operations: number;
}

async function measureAll(
  hosts: readonly LibraryHost[],
  toTask: (host: LibraryHost) => Task,
): Promise<readonly Measured[]> {
  const firsts: Measured[] = [];
  for (const host of hosts) {
    const { microseconds, operations } = await host.perform(toTask(host));
    firsts.push({ host, cost: microseconds, operations });
  }
  const medians = await measureRounds(
    firsts
      .filter((first) => !isSlow(first))
      .map(({ host }) => ({
        name: host.subject,
        sample: async () => (await host.perform(toTask(host))).microseconds,
      })),
  );
  return firsts.map((first) => ({
    ...first,
    cost: medians.get(first.host.subject) ?? first.cost,
  }));
}

function isSlow({ cost, operations }: Measured): boolean {
  return operations === 1 && cost > SLOW_MICROSECONDS;
}

function timeRows(
  measured: readonly Measured[],
  ours: Ours,
  toMetric: (host: LibraryHost) => string,
): readonly BenchRow[] {
  return peersOf(measured).map((peer) =>
    compareRow(
      {
        metric: `${toMetric(peer.host)}${isSlow(peer) ? ', peer: measured once' : ''}`,
        unit: 'CPU µs',
        ours: costOf(measured, ours),
        peer: peer.host.description.name,
        theirs: peer.cost,
      },
      'lower',
    ),
  );
}

function peersOf(measured: readonly Measured[]): readonly Measured[] {
  const ours: readonly LibraryName[] = ['exact', 'estimate'];
  return measured.filter(({ host }) => !ours.includes(host.subject));
}

function costOf(measured: readonly Measured[], library: Ours): number {
  const own = measured.find(({ host }) => host.subject === library);
  if (own === undefined) throw new Error(`${library} was not measured.`);
  return own.cost;
}
