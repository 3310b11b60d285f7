import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { foldText } from '../src/memory/folding/fold-text.ts';
import { textUnits } from '../src/memory/folding/text-unit.ts';
import { seededRandom } from '../src/testing/seeded-random.ts';
import { createTokenCounter } from '../src/tokens/token-counter.ts';
import { compareRow, round } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const MODEL = 'gpt-4o';
const FILES: readonly string[] = ['beam-100k.json', 'locomo.json'];
const SHARES: readonly number[] = [0.5, 0.25, 0.1];

/** Not the list that folding goes by: what is measured must not be what is aimed at. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the and or but if then of to in on at for with by from as is are was were be been being it its this that these ' +
    'those i you he she we they me him her us them my your his our their what which who whom when where why how do does did ' +
    'done have has had having will would can could should may might must no not so than too very just about into over ' +
    'after before up down out off again there here all any both each few more most other some such only own same s t don ' +
    'now am'
  ).split(' '),
);

const counter = createTokenCounter();
const counting = { counter, model: MODEL };

/** A turn that a question needs. */
interface Evidence {
  readonly question: string;
  readonly answer: string;
  readonly text: string;
  readonly tokens: number;
}

/** A way to say a turn in fewer tokens. */
interface Contender {
  readonly name: string;
  readonly fold: (evidence: Evidence, maxTokens: number) => string;
}

interface Conversation {
  readonly turns: readonly { readonly id: string | number; readonly text: string }[];
  readonly questions: readonly {
    readonly question: string;
    readonly answer?: string | number;
    readonly evidence: readonly (string | number)[];
  }[];
}

/** Which share of the distinct content words of a turn, and of those of the answer that stand in it, survives folding? */
export function run(): readonly BenchRow[] {
  return FILES.flatMap((file) => {
    const evidence = evidenceIn(file);
    return evidence.length === 0 ? [] : SHARES.flatMap((share) => compare(file, evidence, share));
  });
}

function folding(name: string, isFocused: boolean, wordsShare?: number): Contender {
  return {
    name,
    fold: ({ text, question }, maxTokens) => {
      const focus = isFocused ? question : undefined;
      return foldText(text, { maxTokens, focus, wordsShare, counting }).text;
    },
  };
}

const HEAD: Contender = { name: 'head', fold: ({ text }, maxTokens) => head(text, maxTokens) };
const RANDOM: Contender = { name: 'random sentences', fold: randomSentences };
const FOCUSED = folding('focus', true);
const PLAIN = folding('no focus', false);

/** Ours and what it is held against. */
const PAIRS: readonly (readonly [ours: Contender, theirs: Contender])[] = [
  [FOCUSED, HEAD],
  [FOCUSED, RANDOM],
  [PLAIN, HEAD],
  [PLAIN, RANDOM],
  [folding('focus, sentences only', true, 0), HEAD],
  [folding('focus, words only', true, 1), HEAD],
];

function compare(file: string, evidence: readonly Evidence[], share: number): readonly BenchRow[] {
  const contenders = new Set(PAIRS.flat());
  const measured = new Map([...contenders].map((one) => [one, survival(one, evidence, share)]));
  const label = `${file.replace('.json', '')} to ${share * 100} %`;
  return (['turn', 'answer'] as const).flatMap((words) => {
    const shareOf = (one: Contender): number => round(measured.get(one)?.[words] ?? Number.NaN, 3);
    return PAIRS.map(([ours, theirs]) => {
      const metric = `${label}, words of the ${words}, ${ours.name}`;
      const peer = theirs.name;
      const figures = { metric, unit: 'share', ours: shareOf(ours), peer, theirs: shareOf(theirs) };
      return compareRow(figures, 'higher');
    });
  });
}

/** Means over turns; a turn without words of the answer says nothing about answers. */
function survival(
  { name, fold }: Contender,
  evidence: readonly Evidence[],
  share: number,
): Readonly<Record<'turn' | 'answer', number>> {
  const shares: Readonly<Record<'turn' | 'answer', number[]>> = { turn: [], answer: [] };
  for (const one of evidence) {
    const maxTokens = Math.max(1, Math.floor(one.tokens * share));
    const folded = fold(one, maxTokens);
    const tokens = counter.countText(folded, MODEL);
    if (tokens > maxTokens) throw new Error(`${name} took ${tokens} of ${maxTokens} tokens.`);
    const kept = contentWords(folded);
    const own = contentWords(one.text);
    const asked = new Set([...contentWords(one.answer)].filter((word) => own.has(word)));
    if (own.size > 0) shares.turn.push(overlap(own, kept));
    if (asked.size > 0) shares.answer.push(overlap(asked, kept));
  }
  return { turn: mean(shares.turn), answer: mean(shares.answer) };
}

function head(text: string, maxTokens: number): string {
  return counter.truncateText(text, { model: MODEL, maxTokens });
}

/** Sentences in random order while they fit, put back into the order of the text; the head where not even one does. */
function randomSentences({ text }: Evidence, maxTokens: number): string {
  const random = seededRandom(text.length);
  const units = textUnits(text)
    .map((unit) => ({ ...unit, place: random.next() }))
    .toSorted((one, other) => one.place - other.place);
  let left = maxTokens;
  const kept = units.filter(({ start, end }) => {
    const tokens = counter.countText(text.slice(start, end), MODEL) + 1;
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
  if (kept.length === 0) return head(text, maxTokens);
  return kept
    .toSorted((one, other) => one.start - other.start)
    .map(({ start, end }) => text.slice(start, end))
    .join('\n');
}

function contentWords(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !STOP_WORDS.has(word)));
}

function overlap(wanted: ReadonlySet<string>, kept: ReadonlySet<string>): number {
  return [...wanted].filter((word) => kept.has(word)).length / wanted.size;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The turns that questions name as their evidence; none where the conversations are not at hand. */
function evidenceIn(name: string): readonly Evidence[] {
  const folder =
    process.env['PAGEFOLD_DATA'] ?? join(import.meta.dirname, '..', '..', 'shared', 'data');
  const file = join(folder, 'conversations', name);
  if (!existsSync(file)) {
    process.stderr.write(`Nothing to measure: ${file} is absent (set PAGEFOLD_DATA).\n`);
    return [];
  }
  const conversations = JSON.parse(readFileSync(file, 'utf8')) as readonly Conversation[]; // the file's documented shape
  return conversations.flatMap(({ turns, questions }) => {
    const texts = new Map(turns.map(({ id, text }) => [String(id), text]));
    return questions.flatMap(({ question, answer, evidence }) =>
      evidence.flatMap((id) => {
        const text = texts.get(String(id));
        if (text === undefined) return [];
        const tokens = counter.countText(text, MODEL);
        return [{ question, answer: String(answer ?? ''), text, tokens }];
      }),
    );
  });
}
