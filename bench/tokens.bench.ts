import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENCODINGS } from '../src/kernel/token-rules.ts';
import type { EncodingName } from '../src/kernel/token-rules.ts';
import { PATHOLOGICAL } from '../test/lib/tokens/pathological.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';
import { loadContenders, LOADERS } from './lib/tokens/contenders.ts';
import type { Contender } from './lib/tokens/contenders.ts';
import { corpora } from './lib/tokens/corpora.ts';
import { messageRows } from './lib/tokens/message-rows.ts';
import { pathologicalMilliseconds, stepsBetween } from './lib/tokens/pathological.ts';
import { measurePasses } from './lib/tokens/throughput.ts';
import type { Pass } from './lib/tokens/throughput.ts';
import { median } from './lib/median.ts';

/** Compares with other packages. */
export const needsPeers: boolean = true;

const FRESH_PROCESS = fileURLToPath(import.meta.resolve('./lib/tokens/fresh-process.ts'));
const FRESH_RUNS = 9;

const MEGABYTE = 1024 ** 2;

/** In kilobytes. */
const DOUBLINGS = [10, 20, 40, 80, 160, 320, 640, 1280] as const;
const LONGEST = 1280;
/** Packages that do not take the square of a piece's length, at a length that none takes seconds for. */
const LINEAR_PEERS: readonly string[] = ['bpe-lite'];

/** What does it cost to count tokens, in text seen for the first time and in text seen before, in long runs and at the start? */
export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  const texts = corpora();
  for (const encoding of ENCODINGS) {
    // One encoding after the other: their tables would share the caches of the processor.
    const contenders = await loadContenders(encoding);
    rows.push(...messageRows(encoding));
    for (const { name, documents } of texts) {
      const { first, warm } = measurePasses(contenders, documents);
      rows.push(...throughputRows(`${encoding}, ${name}, first pass`, first));
      rows.push(...throughputRows(`${encoding}, ${name}, warm`, warm));
    }
    rows.push(...pathologicalRows(encoding, contenders));
    rows.push(...freshRows(encoding), ...sizeRows(encoding));
  }
  return rows;
}

function throughputRows(title: string, passes: readonly Pass[]): readonly BenchRow[] {
  const [own, ...peers] = passes;
  if (own === undefined) return [];
  const exact = peers.filter(({ wrongBlocks }) => wrongBlocks === 0);
  // OpenAI's own code is always among them, unless ours is wrong.
  if (exact.length === 0) throw new RangeError(`No peer counts as ours does: ${title}`);
  const fastest = Math.max(...exact.map(({ megabytesPerSecond }) => megabytesPerSecond));
  const rows = peers.map((peer) => {
    const wrong =
      peer.wrongBlocks > 0 ? `, peer: ${peer.wrongBlocks} blocks counted otherwise` : '';
    return compareRow(
      {
        metric: `${title}${wrong}`,
        unit: 'MB/CPU s',
        ours: own.megabytesPerSecond,
        peer: peer.name,
        theirs: peer.megabytesPerSecond,
      },
      'higher',
    );
  });
  const tokens = {
    metric: title,
    unit: 'million tokens/CPU s',
    ours: own.megabytesPerSecond * own.tokensPerByte,
    peer: 'fastest peer that counts the same',
    theirs: fastest * own.tokensPerByte,
  };
  return [...rows, compareRow(tokens, 'higher')];
}

function pathologicalRows(
  encoding: EncodingName,
  contenders: readonly Contender[],
): readonly BenchRow[] {
  const [own] = contenders;
  if (own === undefined) return [];
  const peers = contenders.filter(({ name }) => LINEAR_PEERS.includes(name));
  return PATHOLOGICAL.flatMap(([name, pattern]) => {
    const lengths = DOUBLINGS.map((kilobytes) => ({
      pattern,
      bytes: kilobytes * 1000,
      // As many bytes at each length, so that the clock reads as much each time.
      texts: LONGEST / kilobytes,
    }));
    const steps = stepsBetween(own.count, lengths);
    const hundred = { pattern, bytes: 100_000, texts: 1 };
    const ours = pathologicalMilliseconds(own.count, hundred);
    const doubling = {
      metric: `${encoding}, ${name}: worst step of doubling from 10 KB to 1.28 MB`,
      unit: 'times',
      ours: Math.max(...steps),
      peer: 'double',
      theirs: 2,
    };
    const against = peers.map((peer) =>
      compareRow(
        {
          metric: `${encoding}, ${name}, 100 KB`,
          unit: 'CPU ms',
          ours,
          peer: peer.name,
          theirs: pathologicalMilliseconds(peer.count, hundred),
        },
        'lower',
      ),
    );
    return [...against, compareRow(doubling, 'lower')];
  });
}

function freshRows(encoding: EncodingName): readonly BenchRow[] {
  const ours = freshFigures('ours', encoding);
  return Object.keys(LOADERS)
    .filter((name) => name !== 'ours')
    .flatMap((peer) => {
      const theirs = freshFigures(peer, encoding);
      return [
        compareRow(
          {
            metric: `${encoding}, from loading to the first count in a new process`,
            unit: 'CPU ms',
            ours: ours.milliseconds,
            peer,
            theirs: theirs.milliseconds,
          },
          'lower',
        ),
        compareRow(
          {
            metric: `${encoding}, resident memory after the first count`,
            unit: 'MB',
            ours: ours.bytes / MEGABYTE,
            peer,
            theirs: theirs.bytes / MEGABYTE,
          },
          'lower',
        ),
      ];
    });
}

interface Fresh {
  readonly milliseconds: number;
  readonly bytes: number;
}

function freshFigures(name: string, encoding: EncodingName): Fresh {
  const runs = Array.from({ length: FRESH_RUNS }, () => {
    const args = [...process.execArgv, '--expose-gc', FRESH_PROCESS, name, encoding];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Fresh; // what it prints
  });
  return {
    milliseconds: median(runs.map(({ milliseconds }) => milliseconds)),
    bytes: median(runs.map(({ bytes }) => bytes)),
  };
}

/** What an installation has on its disk for one encoding; the module and the classes are shared by both. */
function sizeRows(encoding: EncodingName): readonly BenchRow[] {
  const files = [
    `${encoding}.merges`,
    'counter-simd.wasm',
    'counter-plain.wasm',
    'unicode-16.classes',
  ];
  const ours = files.reduce((sum, file) => sum + sizeOf(`../build/counter/${file}`), 0);
  const theirs = sizeOf(`../node_modules/js-tiktoken/dist/ranks/${encoding}.js`);
  return [
    compareRow(
      {
        metric: `${encoding}, files in the package`,
        unit: 'KB',
        ours: ours / 1000,
        peer: 'js-tiktoken, ranks alone',
        theirs: theirs / 1000,
      },
      'lower',
    ),
  ];
}

function sizeOf(path: string): number {
  return statSync(new URL(path, import.meta.url)).size;
}
