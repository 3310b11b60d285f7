import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const dataFolder =
  process.env['PAGEFOLD_DATA'] ??
  join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');

/** Whether recorded conversations are at hand. */
export const hasConversations: boolean = existsSync(join(dataFolder, 'conversations'));

if (!hasConversations) {
  process.stderr.write(
    `Skipping tests over real conversations: ${dataFolder} is absent (set PAGEFOLD_DATA)\n`,
  );
}

interface Chat {
  readonly turns: readonly { readonly text: string }[];
}

interface ToolRun {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
}

function parse<Shape>(...path: readonly string[]): Shape {
  return JSON.parse(readFileSync(join(dataFolder, ...path), 'utf8')) as Shape; // the file's documented shape
}

/** The texts of two-person conversations and of long chats with an assistant. */
export function chatTexts(): readonly string[] {
  if (!hasConversations) return [];
  return ['locomo.json', 'beam-100k.json']
    .flatMap((file) => parse<readonly Chat[]>('conversations', file))
    .flatMap(({ turns }) => turns.map(({ text }) => text));
}

/** The messages of agent runs, in OpenAI's format. */
export function toolMessages(): readonly unknown[] {
  if (!hasConversations) return [];
  return parse<readonly ToolRun[]>('toolcalls', 'tau-airline.json').flatMap(
    ({ messages }) => messages,
  );
}

/** Every n-th item, so that about `size` are left. */
export function sampleOf<Item>(items: readonly Item[], size: number): readonly Item[] {
  const step = Math.max(1, Math.floor(items.length / size));
  return items.filter((_, index) => index % step === 0);
}
