import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';

/** A call of a real run, with what came of it. */
export interface RealCall {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly result: JsonValue;
  readonly hasFailed: boolean;
}

/** What happened between two messages of a user. */
export interface RealTurn {
  readonly userText: string;
  readonly calls: readonly RealCall[];
}

/** A run, and whether it is known to be right. */
export interface RealRun {
  readonly isRight: boolean;
  readonly turns: readonly RealTurn[];
}

interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?:
    readonly { readonly function: { readonly name: string; readonly arguments: string } }[] | null;
}

interface AirlineRun {
  readonly reward: number;
  readonly messages: readonly ChatMessage[];
}

interface Dialogue {
  readonly question: readonly (readonly ChatMessage[])[];
  readonly calls: readonly (readonly string[])[];
}

const dataFolder =
  process.env['PAGEFOLD_DATA'] ??
  join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const folder = join(dataFolder, 'toolcalls');

/** Whether the real runs are there. */
export const hasRealCalls: boolean = existsSync(folder);

if (!hasRealCalls) {
  process.stderr.write(
    `Skipping tests over real tool calls: ${folder} is absent (set PAGEFOLD_DATA)\n`,
  );
}

/** Runs of an agent with the results that it got. */
export function airlineRuns(): readonly RealRun[] {
  const runs = read<readonly AirlineRun[]>('tau-airline.json');
  return runs.map(({ reward, messages }) => ({ isRight: reward === 1, turns: turnsOf(messages) }));
}

/** Dialogues with the calls that are right; each result is a text that says so. */
export function rightDialogues(): readonly RealRun[] {
  const dialogues = read<readonly Dialogue[]>('bfcl-multi-turn.json');
  return dialogues.map(({ question, calls }) => ({
    isRight: true,
    turns: question.map((messages, index) => ({
      userText: messages.map(({ content }) => content ?? '').join('\n'),
      calls: (calls[index] ?? []).map(parseCall),
    })),
  }));
}

function read<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as Shape; // the file's documented shape
}

function turnsOf(messages: readonly ChatMessage[]): readonly RealTurn[] {
  const turns: { userText: string; calls: RealCall[] }[] = [];
  let asked: readonly {
    readonly function: { readonly name: string; readonly arguments: string };
  }[] = [];
  for (const { role, content, tool_calls: calls } of messages) {
    if (role === 'user') turns.push({ userText: content ?? '', calls: [] });
    if (calls) asked = calls;
    if (role !== 'tool') continue;
    const [call, ...others] = asked;
    asked = others;
    if (call === undefined) continue;
    turns.at(-1)?.calls.push(toCall(call.function, content ?? ''));
  }
  return turns;
}

function toCall(
  call: { readonly name: string; readonly arguments: string },
  content: string,
): RealCall {
  return {
    toolName: call.name,
    arguments: JSON.parse(call.arguments) as JsonObject, // arguments of a call are an object
    result: parsed(content),
    hasFailed: /^error\b/i.test(content),
  };
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text; // most failures are plain text
  }
}

/** Reads `name(a=1,b='x',[2])` as Python writes it; an argument without a name gets its position. */
function parseCall(text: string): RealCall {
  const open = text.indexOf('(');
  const items = split(text.slice(open + 1, text.lastIndexOf(')')));
  const entries = items.map((item, index) => {
    const named = /^\s*([A-Za-z_]\w*)\s*=(.*)$/s.exec(item);
    return named === null
      ? ([`argument${index}`, literal(item)] as const)
      : ([named[1] ?? '', literal(named[2] ?? '')] as const);
  });
  const toolName = text.slice(0, open);
  return {
    toolName,
    arguments: Object.fromEntries(entries),
    result: `${text} done`,
    hasFailed: false,
  };
}

/** The parts between the commas that are in no text and no brackets. */
function split(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  let quote = '';
  for (const [index, character] of [...text].entries()) {
    if (quote !== '') {
      if (character === quote && text[index - 1] !== '\\') quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0 && quote === '') parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part.trim() !== '');
}

function literal(text: string): JsonValue {
  const trimmed = text.trim();
  if (trimmed === 'True' || trimmed === 'False') return trimmed === 'True';
  if (trimmed === 'None') return null;
  if (trimmed.startsWith('[')) return split(trimmed.slice(1, -1)).map(literal);
  const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
  return quoted === null ? parsed(trimmed) : (quoted[2] ?? '');
}
