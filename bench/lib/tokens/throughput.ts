import { median } from '../median.ts';
import { SHARES } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { cpuMicroseconds } from './cpu-time.ts';

/** What one contender did with one pass. */
export interface Pass {
  readonly name: string;
  /** UTF-8 megabytes (10^6) per second of processor time, the median of the blocks. */
  readonly megabytesPerSecond: number;
  readonly tokensPerByte: number;
  /** Blocks that it counted otherwise than ours. */
  readonly wrongBlocks: number;
}

/** The share of a corpus that contenders are warmed up on. */
const WARM_UP_SHARE = 0.2;
/**
 * Processor milliseconds of warming up at the least. The same texts warm up a fast contender for less time than a slow one, and
 * code is optimised by the time that it runs: after once through, ours measured half of what it does from then on.
 */
const WARM_UP_MILLISECONDS = 300;
/** Long enough that a turn is more than bringing its tables back into the processor's caches. */
const BLOCK_BYTES = 250_000;

interface Tally {
  bytes: number;
  /** One of each block that it was given; a median leaves out those in which the machine was taken away. */
  readonly bytesPerMicrosecond: number[];
  tokens: number;
  wrongBlocks: number;
}

/**
 * Two passes over documents: the first over text that no contender has seen, the second over the same again. Contenders are
 * warmed up on other documents, take turns block by block, and begin in another order each time.
 */
export function measurePasses(
  contenders: readonly Contender[],
  documents: readonly string[],
): { readonly first: readonly Pass[]; readonly warm: readonly Pass[] } {
  const blocks = toBlocks(documents);
  const warmUp = blocks.splice(0, Math.ceil(blocks.length * WARM_UP_SHARE));
  for (const contender of contenders) {
    const isSlow = contender.name in SHARES;
    warmUpOn(contender, (isSlow ? warmUp.slice(0, 1) : warmUp).flat());
  }
  return { first: runPass(contenders, blocks), warm: runPass(contenders, blocks) };
}

/** Has a contender count texts, once and then until its code is optimised. */
export function warmUpOn({ count }: Contender, texts: readonly string[]): void {
  let spent = 0;
  while (spent < WARM_UP_MILLISECONDS * 1000) {
    spent += cpuMicroseconds(() => {
      for (const text of texts) count(text);
    });
  }
}

function runPass(
  contenders: readonly Contender[],
  blocks: readonly (readonly string[])[],
): readonly Pass[] {
  const tallies = contenders.map((): Tally => ({
    bytes: 0,
    bytesPerMicrosecond: [],
    tokens: 0,
    wrongBlocks: 0,
  }));
  for (const [turn, block] of blocks.entries()) {
    const bytes = block.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const counts = contenders.map((): number | null => null);
    for (let step = 0; step < contenders.length; step += 1) {
      const index = (turn + step) % contenders.length;
      const contender = contenders[index];
      const tally = tallies[index];
      if (contender === undefined || tally === undefined) continue;
      if (turn % (SHARES[contender.name] ?? 1) !== 0) continue;
      let tokens = 0;
      const microseconds = cpuMicroseconds(() => {
        for (const text of block) tokens += contender.count(text);
      });
      tally.bytesPerMicrosecond.push(bytes / microseconds);
      tally.bytes += bytes;
      tally.tokens += tokens;
      counts[index] = tokens;
    }
    counts.forEach((tokens, index) => {
      const tally = tallies[index];
      if (tally !== undefined && tokens !== null && tokens !== counts[0]) tally.wrongBlocks += 1;
    });
  }
  return tallies.map(({ bytes, bytesPerMicrosecond, tokens, wrongBlocks }, index) => ({
    name: contenders[index]?.name ?? '',
    megabytesPerSecond: median(bytesPerMicrosecond),
    tokensPerByte: tokens / bytes,
    wrongBlocks,
  }));
}

function toBlocks(documents: readonly string[]): (readonly string[])[] {
  const blocks: string[][] = [];
  let bytes = BLOCK_BYTES;
  for (const text of documents) {
    if (bytes >= BLOCK_BYTES) {
      blocks.push([]);
      bytes = 0;
    }
    blocks.at(-1)?.push(text);
    bytes += Buffer.byteLength(text);
  }
  return blocks;
}
