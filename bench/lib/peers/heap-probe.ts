import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { loadPeer } from '../peer.ts';
import { someTurns } from './dialogue.ts';
import { openSubject, type SubjectName } from './heap-subject.ts';

// A program of its own, run with --expose-gc: `heap-probe.ts sessions <subject> <sessions> <turns>` prints the heap bytes of
// all sessions, `heap-probe.ts vocabulary <tokenizer> <encoding>` the bytes that a loaded vocabulary adds to the process.

/** Sessions that are added and forgotten first, so that code and caches are not weighed. */
const WARM_UP_SESSIONS = 20;
const SAMPLE = 'How much wood would a woodchuck chuck?';

const MODELS: Readonly<Record<string, string>> = { o200k_base: 'gpt-4o', cl100k_base: 'gpt-4' };

interface EncodingModule {
  countTokens(text: string): number;
}

interface LiteModule {
  readonly Tiktoken: new (ranks: unknown) => { encode(text: string): readonly number[] };
}

/** How each tokenizer is loaded; what is returned keeps it. */
const TOKENIZERS: Readonly<Record<string, (encoding: string) => Promise<object>>> = {
  pagefold: async (encoding) => {
    const counter = createTokenCounter();
    counter.countText(SAMPLE, MODELS[encoding] ?? '');
    return counter;
  },
  'js-tiktoken': async (encoding) => {
    const { Tiktoken } = await loadPeer<LiteModule>('js-tiktoken/lite');
    const ranks = await loadPeer<{ readonly default: unknown }>(`js-tiktoken/ranks/${encoding}`);
    const tiktoken = new Tiktoken(ranks.default);
    tiktoken.encode(SAMPLE);
    return tiktoken;
  },
  'gpt-tokenizer': async (encoding) => {
    const peer = await loadPeer<EncodingModule>(`gpt-tokenizer/encoding/${encoding}`);
    peer.countTokens(SAMPLE);
    return peer;
  },
};

async function weighSessions(name: SubjectName, sessions: number, turns: number): Promise<number> {
  const subject = await openSubject(name);
  await addSessions(subject, { from: 0, to: WARM_UP_SESSIONS, turns });
  await subject.settle();
  const before = heldBytes();
  const kept = await addSessions(subject, {
    from: WARM_UP_SESSIONS,
    to: WARM_UP_SESSIONS + sessions,
    turns,
  });
  await subject.settle();
  const after = heldBytes();
  // Used once more, so that nothing of it can be collected before.
  if (kept.length > sessions) throw new Error('More was kept than was added.');
  return after - before;
}

async function addSessions(
  subject: Awaited<ReturnType<typeof openSubject>>,
  range: { readonly from: number; readonly to: number; readonly turns: number },
): Promise<readonly object[]> {
  const kept: object[] = [];
  for (let index = range.from; index < range.to; index += 1) {
    const storage = await subject.add(`session-${index}`, someTurns(range.turns, index));
    if (storage !== null) kept.push(storage);
  }
  return kept;
}

async function weighVocabulary(tokenizer: string, encoding: string): Promise<number> {
  collect();
  const before = process.memoryUsage.rss();
  const loaded = await TOKENIZERS[tokenizer]?.(encoding);
  collect();
  const after = process.memoryUsage.rss();
  if (loaded === undefined) throw new Error(`No tokenizer is called ${tokenizer}.`);
  return after - before;
}

function heldBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc.');
  // Twice: what a first collection finalises, a second one frees.
  globalThis.gc();
  globalThis.gc();
}

async function main(): Promise<void> {
  const [what = '', name = '', third = '', fourth = ''] = process.argv.slice(2);
  const bytes =
    what === 'vocabulary'
      ? await weighVocabulary(name, third)
      : await weighSessions(name as SubjectName, Number(third), Number(fourth)); // the parent names an existing one
  process.stdout.write(JSON.stringify({ bytes }));
  // Timers of libraries would keep the process.
  process.exit(0);
}

await main();
