import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER =
  process.env['PAGEFOLD_DATA'] ??
  join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');

const FILES = [
  'conversations/locomo.json',
  'conversations/beam-100k.json',
  'conversations/oasst-trees.jsonl',
  'toolcalls/tau-airline.json',
  'toolcalls/bfcl-multi-turn.json',
  'prices/usages.json',
];

/** Whether recorded conversations are at hand. */
export const hasRealTexts: boolean = existsSync(join(FOLDER, 'conversations'));

if (!hasRealTexts) {
  process.stderr.write(`Skipping tests over real texts: ${FOLDER} is absent (set PAGEFOLD_DATA)\n`);
}

/** Every text in the recorded data, however deep: messages, captions, arguments and results of tools. None twice. */
export function realTexts(): readonly string[] {
  const texts = new Set<string>();
  for (const file of FILES) {
    const content = readFileSync(join(FOLDER, file), 'utf8');
    const documents = file.endsWith('.jsonl') ? content.split('\n').filter(Boolean) : [content];
    for (const document of documents) collect(JSON.parse(document), texts);
  }
  return [...texts];
}

function collect(value: unknown, texts: Set<string>): void {
  if (typeof value === 'string') texts.add(value);
  else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, texts);
  }
}
