import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchPage } from '../../src/memory/search/search-page.ts';

/** A question about a conversation, with the turns that hold what answers it. */
export interface RecallQuestion {
  readonly text: string;
  readonly category: string;
  readonly evidence: readonly string[];
}

/** A conversation as pages, in its order. */
export interface RecallConversation {
  readonly id: string;
  readonly pages: readonly SearchPage[];
  readonly questions: readonly RecallQuestion[];
}

/** Conversations of one source. */
export interface RecallCorpus {
  readonly name: string;
  readonly conversations: readonly RecallConversation[];
}

interface LocomoFile {
  readonly id: string;
  readonly turns: readonly {
    readonly id: string;
    readonly date: string;
    readonly speaker: string;
    readonly text: string;
    readonly caption?: string;
  }[];
  readonly questions: readonly {
    readonly question: string;
    readonly evidence: readonly string[];
    readonly category: number;
  }[];
}

interface BeamFile {
  readonly id: string;
  readonly turns: readonly {
    readonly id: number;
    readonly role: 'user' | 'assistant';
    readonly text: string;
  }[];
  readonly questions: readonly {
    readonly kind: string;
    readonly question: string;
    readonly evidence: readonly number[];
  }[];
}

/** The names of LoCoMo's question categories. */
const LOCOMO_CATEGORIES = ['', 'multi-hop', 'temporal', 'open-domain', 'single-hop', 'adversarial'];

/** The conversations of both sources, or none, with a line on stderr, where the data are absent. */
export function loadRecallCorpora(): readonly RecallCorpus[] {
  const folder = join(
    process.env['PAGEFOLD_DATA'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data'),
    'conversations',
  );
  if (!existsSync(folder)) {
    process.stderr.write(`Nothing to measure: ${folder} is absent (set PAGEFOLD_DATA).\n`);
    return [];
  }
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const locomo = read('locomo.json') as readonly LocomoFile[]; // the file's documented shape
  const beam = read('beam-100k.json') as readonly BeamFile[]; // the file's documented shape
  return [
    { name: 'LoCoMo', conversations: locomo.map(fromLocomo) },
    { name: 'BEAM-100k', conversations: beam.map(fromBeam) },
  ];
}

/** Whether a conversation belongs to the half that settings were chosen on. */
export function isTuned(index: number): boolean {
  return index % 2 === 0;
}

function fromLocomo({ id, turns, questions }: LocomoFile): RecallConversation {
  const pages = turns.map((turn) => ({
    id: turn.id,
    text: turn.caption === undefined ? turn.text : `${turn.text} [${turn.caption}]`,
    speaker: turn.speaker,
    createdAtMs: parseSitting(turn.date),
  }));
  return {
    id,
    pages,
    questions: known(pages, questions, ({ question, evidence, category }) => ({
      text: question,
      category: LOCOMO_CATEGORIES[category] ?? String(category),
      evidence,
    })),
  };
}

function fromBeam({ id, turns, questions }: BeamFile): RecallConversation {
  const pages = turns.map((turn) => ({ id: `m${turn.id}`, text: turn.text, role: turn.role }));
  return {
    id,
    pages,
    questions: known(pages, questions, ({ question, evidence, kind }) => ({
      text: question,
      category: kind,
      evidence: evidence.map((turn) => `m${turn}`),
    })),
  };
}

/** Questions with evidence in the conversation; a few name turns that are not there. */
function known<T>(
  pages: readonly SearchPage[],
  questions: readonly T[],
  toQuestion: (question: T) => RecallQuestion,
): readonly RecallQuestion[] {
  const ids = new Set(pages.map((page) => page.id));
  return questions
    .map(toQuestion)
    .map((question) => ({ ...question, evidence: question.evidence.filter((id) => ids.has(id)) }))
    .filter(({ evidence }) => evidence.length > 0);
}

/** `1:56 pm on 8 May, 2023`, taken as UTC. */
function parseSitting(date: string): number {
  const match = /^(\d+):(\d+) ([ap]m) on (\d+ \w+, \d+)$/.exec(date);
  if (match === null) throw new Error(`No date: ${date}`);
  const [, hours, minutes, half, day] = match;
  const hour = (Number(hours) % 12) + (half === 'pm' ? 12 : 0);
  return Date.parse(`${day} UTC`) + (hour * 60 + Number(minutes)) * 60_000;
}
