import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Tiktoken } from 'js-tiktoken/lite';
import cl100kRanks from 'js-tiktoken/ranks/cl100k_base';
import o200kRanks from 'js-tiktoken/ranks/o200k_base';

import { ENCODINGS } from '../src/kernel/token-rules.ts';
import type { EncodingName } from '../src/kernel/token-rules.ts';
import { createTokenCounter } from '../src/tokens/token-counter.ts';
import { loadPeer } from './lib/peer.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

/** Compares with other packages. */
export const needsPeers: boolean = true;

const MESSAGE_BYTES = 400;
const BLOCK_MESSAGES = 250;
const WARM_UP_MESSAGES = 1_500;

const RANKS = { o200k_base: o200kRanks, cl100k_base: cl100kRanks };
const MODELS: Readonly<Record<EncodingName, string>> = {
  o200k_base: 'gpt-4o',
  cl100k_base: 'gpt-4',
};

interface Contender {
  readonly name: string;
  readonly count: (text: string) => number;
}

interface GptTokenizer {
  countTokens(text: string, options: { readonly disallowedSpecial: ReadonlySet<string> }): number;
}

/** What does the count of a chat message of 400 bytes cost, when its text is new and when it was counted before? */
export async function run(): Promise<readonly BenchRow[]> {
  const messages = chatMessages();
  if (messages.length === 0) return [];
  const rows: BenchRow[] = [];
  // One after the other: encodings measured at the same time would share the caches of the processor.
  for (const encoding of ENCODINGS) {
    rows.push(...compare(encoding, await contendersFor(encoding), messages));
  }
  return rows;
}

async function contendersFor(
  encoding: EncodingName,
): Promise<readonly [Contender, ...Contender[]]> {
  const counter = createTokenCounter();
  const tiktoken = new Tiktoken(RANKS[encoding]);
  const ours = { name: 'ours', count: (text: string) => counter.countText(text, MODELS[encoding]) };
  const theirs = {
    name: 'js-tiktoken',
    count: (text: string) => tiktoken.encode(text, [], []).length,
  };
  const gptTokenizer = await findGptTokenizer(encoding);
  return gptTokenizer === null ? [ours, theirs] : [ours, theirs, gptTokenizer];
}

/** Compared with only where bench/package.json lists it. */
async function findGptTokenizer(encoding: EncodingName): Promise<Contender | null> {
  const options = { disallowedSpecial: new Set<string>() };
  try {
    const peer = await loadPeer<GptTokenizer>(`gpt-tokenizer/encoding/${encoding}`);
    return { name: 'gpt-tokenizer', count: (text) => peer.countTokens(text, options) };
  } catch {
    process.stderr.write('gpt-tokenizer is not installed, so it is left out.\n');
    return null;
  }
}

function compare(
  encoding: EncodingName,
  contenders: readonly [Contender, ...Contender[]],
  messages: readonly string[],
): readonly BenchRow[] {
  for (const { count } of contenders)
    messages.slice(0, WARM_UP_MESSAGES).forEach((text) => count(text));
  const blocks = blocksOf(messages.slice(WARM_UP_MESSAGES));
  return ['fresh', 'repeated'].flatMap((pass) => {
    const [ours = Number.NaN, ...theirs] = microsecondsPerMessage(contenders, blocks);
    return theirs.map((cost, index) =>
      compareRow(
        {
          metric: `${encoding}, ${MESSAGE_BYTES} bytes, ${pass}`,
          unit: 'µs',
          ours,
          peer: contenders[index + 1]?.name ?? '',
          theirs: cost,
        },
        'lower',
      ),
    );
  });
}

/** The median over blocks; contenders take turns block by block, so that a noisy neighbour hits all of them. */
function microsecondsPerMessage(
  contenders: readonly Contender[],
  blocks: readonly (readonly string[])[],
): readonly number[] {
  const costs = contenders.map((): number[] => []);
  for (const block of blocks) {
    const bytes = block.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const counts = contenders.map(({ count }, index) => {
      const startMs = performance.now();
      const tokens = block.reduce((sum, text) => sum + count(text), 0);
      const microseconds = (performance.now() - startMs) * 1_000;
      costs[index]?.push((microseconds / bytes) * MESSAGE_BYTES);
      return tokens;
    });
    if (new Set(counts).size > 1) throw new Error(`The counts differ: ${counts.join(', ')}.`);
  }
  return costs.map(median);
}

function blocksOf(messages: readonly string[]): readonly (readonly string[])[] {
  const count = Math.floor(messages.length / BLOCK_MESSAGES);
  return Array.from({ length: count }, (_, block) =>
    messages.slice(block * BLOCK_MESSAGES, (block + 1) * BLOCK_MESSAGES),
  );
}

/** Real chats cut to the size of a message; none where they are not at hand. */
function chatMessages(): readonly string[] {
  const folder =
    process.env['PAGEFOLD_DATA'] ?? join(import.meta.dirname, '..', '..', 'shared', 'data');
  const file = join(folder, 'conversations', 'beam-100k.json');
  if (!existsSync(file)) {
    process.stderr.write(`Nothing to measure: ${file} is absent (set PAGEFOLD_DATA).\n`);
    return [];
  }
  const chats = JSON.parse(readFileSync(file, 'utf8')) as readonly Chat[]; // the file's documented shape
  const text = chats.flatMap(({ turns }) => turns.map((turn) => turn.text)).join('\n');
  return text.match(new RegExp(`[^]{1,${MESSAGE_BYTES}}`, 'gu')) ?? [];
}

interface Chat {
  readonly turns: readonly { readonly text: string }[];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
