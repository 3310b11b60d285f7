import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { loadContenders, SHARES } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { cpuMicroseconds } from './cpu-time.ts';
import { shortMessages } from './messages.ts';
import { warmUpOn } from './throughput.ts';

// A program of its own: `message-process.ts <encoding>` prints what each contender takes for a message that none has seen, one call
// each, block by block. In one process with the other rows these messages would not be new to the rows of chats, and
// what a contender learned from one encoding would help it with the next.

/** Messages that warm up; those that take a share of the blocks take a share of them. */
const WARM_UP_MESSAGES = 1500;
/** UTF-8 bytes of a block, as in the rows of throughput. */
const BLOCK_BYTES = 250_000;

/** What a contender did with a block. */
export interface BlockCost {
  /** Processor microseconds a message. */
  readonly microseconds: number;
  readonly tokens: number;
}

/** What each contender did with each block; null where it was not given the block. */
export type MessageCosts = Readonly<Record<string, readonly (BlockCost | null)[]>>;

function blocksOf(messages: readonly string[]): readonly (readonly string[])[] {
  const blocks: string[][] = [];
  let block: string[] = [];
  let bytes = 0;
  for (const message of messages) {
    block.push(message);
    bytes += Buffer.byteLength(message);
    if (bytes < BLOCK_BYTES) continue;
    blocks.push(block);
    block = [];
    bytes = 0;
  }
  return blocks;
}

function costOf({ count }: Contender, block: readonly string[]): BlockCost {
  let tokens = 0;
  const cost = cpuMicroseconds(() => {
    for (const text of block) tokens += count(text);
  });
  return { microseconds: cost / block.length, tokens };
}

function shareOf({ name }: Contender): number {
  return SHARES[name] ?? 1;
}

function measure(contenders: readonly Contender[], messages: readonly string[]): MessageCosts {
  for (const contender of contenders) {
    warmUpOn(contender, messages.slice(0, WARM_UP_MESSAGES / shareOf(contender)));
  }
  const costs = new Map(contenders.map(({ name }): [string, (BlockCost | null)[]] => [name, []]));
  for (const [turn, block] of blocksOf(messages.slice(WARM_UP_MESSAGES)).entries()) {
    for (let step = 0; step < contenders.length; step += 1) {
      const contender = contenders[(turn + step) % contenders.length];
      if (contender === undefined) continue;
      const isGiven = turn % shareOf(contender) === 0;
      costs.get(contender.name)?.push(isGiven ? costOf(contender, block) : null);
    }
  }
  return Object.fromEntries(costs);
}

const encoding = process.argv[2] as EncodingName; // what the benchmark passes
const messages = shortMessages(encoding);
const costs = messages.length === 0 ? {} : measure(await loadContenders(encoding), messages);
process.stdout.write(JSON.stringify(costs));
