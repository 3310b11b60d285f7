import { loadBlockTrace } from './lib/eviction/block-trace.ts';
import type { BlockRequest } from './lib/eviction/block-trace.ts';
import { BEST, CONTENDERS, OURS, WORST } from './lib/eviction/contenders.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const CAPACITIES = [1_000, 5_000, 10_000, 30_000];
/** Constants were chosen by the first half of the requests; nothing was by the second, which finds the caches full. */
const PARTS = ['whole trace', 'second half'] as const;

/** Hits of a policy in a part of the trace, and the time it took for the whole. */
interface Replay {
  readonly hits: Readonly<Record<(typeof PARTS)[number], number>>;
  readonly cpuMs: number;
}

/** How many blocks of chat requests are there when they are asked for, and how near does each policy get to the best possible? */
export function run(): readonly BenchRow[] {
  const requests = loadBlockTrace();
  if (requests.length === 0) return [];
  return CAPACITIES.flatMap((capacity) => {
    const replays = new Map(
      Object.entries(CONTENDERS).map(([name, create]) => [
        name,
        replay(requests, create(capacity, requests)),
      ]),
    );
    return PARTS.flatMap((part) => toRows(requests, { capacity, part, replays }));
  });
}

function replay(
  requests: readonly BlockRequest[],
  serve: (request: BlockRequest) => number,
): Replay {
  const half = Math.floor(requests.length / 2);
  const hits = { 'whole trace': 0, 'second half': 0 };
  const before = process.cpuUsage();
  requests.forEach((request, index) => {
    const served = serve(request);
    hits['whole trace'] += served;
    if (index >= half) hits['second half'] += served;
  });
  const { user, system } = process.cpuUsage(before);
  return { hits, cpuMs: (user + system) / 1000 };
}

interface Measured {
  readonly capacity: number;
  readonly part: (typeof PARTS)[number];
  readonly replays: ReadonlyMap<string, Replay>;
}

function toRows(
  requests: readonly BlockRequest[],
  { capacity, part, replays }: Measured,
): readonly BenchRow[] {
  const counted = part === 'whole trace' ? requests : requests.slice(requests.length / 2);
  const blocks = countBlocks(counted);
  const hitsOf = (name: string): number => replays.get(name)?.hits[part] ?? Number.NaN;
  const gap = hitsOf(BEST) - hitsOf(WORST);
  const closedBy = (name: string): number => (hitsOf(name) - hitsOf(WORST)) / gap;
  const title = `${capacity} blocks, ${part}`;
  const peers = [...replays.keys()].filter((name) => name !== OURS);
  const named = peers.filter((name) => name !== BEST);
  const row = (metric: string, peer: string, valueOf: (name: string) => number): BenchRow =>
    compareRow(
      { metric: `${title}: ${metric}`, unit: '', ours: valueOf(OURS), peer, theirs: valueOf(peer) },
      'higher',
    );
  return [
    ...peers.map((peer) => row('hit ratio', peer, (name) => hitsOf(name) / blocks)),
    ...named
      .filter((name) => name !== WORST)
      .map((peer) => row('share of the gap from FIFO to MIN that is closed', peer, closedBy)),
    ...(part === 'whole trace' ? [timeRow(title, blocks, replays)] : []),
  ];
}

function timeRow(title: string, blocks: number, replays: ReadonlyMap<string, Replay>): BenchRow {
  const perBlock = (name: string): number => ((replays.get(name)?.cpuMs ?? 0) * 1000) / blocks;
  const metric = `${title}: CPU time a block`;
  return compareRow(
    { metric, unit: 'µs', ours: perBlock(OURS), peer: 'LRU', theirs: perBlock('LRU') },
    'lower',
  );
}

function countBlocks(requests: readonly BlockRequest[]): number {
  return requests.reduce((sum, { blocks }) => sum + blocks.length, 0);
}
