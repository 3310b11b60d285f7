import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// Texts that an installation has anyway: packages, what Node knows of languages, and recorded conversations where they are
// at hand. No line comes twice, so that a first pass is one.

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PACKAGES = [join(ROOT, 'node_modules'), join(ROOT, 'bench', 'node_modules')];
const TYPESCRIPT = join(ROOT, 'node_modules', 'typescript', 'lib');
const DATA = process.env['PAGEFOLD_DATA'] ?? join(ROOT, '..', 'shared', 'data');

/** Characters of one document. */
const DOCUMENT_LENGTH = 8000;
const MAX_FILE_LENGTH = 400_000;

/** UTF-8 bytes of a corpus: what a warm-up takes and what is measured. */
const CORPUS_BYTES = 5_200_000;

/** Documents of one kind, none twice. */
export interface Corpus {
  readonly name: string;
  readonly documents: readonly string[];
}

/** The corpora, in the order of the table. */
export function corpora(): readonly Corpus[] {
  const sources: Readonly<Record<string, () => Iterable<string>>> = {
    prose: proseLines,
    chat: chatMessages,
    code: codeLines,
    CJK: eastAsianLines,
    multilingual: multilingualLines,
    JSON: jsonLines,
  };
  return Object.entries(sources).map(([name, lines]) => ({
    name,
    documents: toDocuments(lines()),
  }));
}

/** Recorded chat messages of any length; none where they are not at hand. */
export function* chatMessages(): Iterable<string> {
  for (const file of ['beam-100k.json', 'locomo.json']) {
    const chats = parseData<readonly Chat[]>('conversations', file) ?? [];
    for (const { turns } of chats) for (const { text } of turns) yield text;
  }
}

/** Recorded chat messages, and messages of conversation trees and of runs of agents. */
export function* recordedMessages(): Iterable<string> {
  yield* chatMessages();
  yield* treeTexts();
  for (const { messages } of parseData<readonly Run[]>('toolcalls', 'tau-airline.json') ?? []) {
    for (const { content } of messages) if (typeof content === 'string') yield content;
  }
}

interface Run {
  readonly messages: readonly { readonly content: unknown }[];
}

interface Chat {
  readonly turns: readonly { readonly text: string }[];
}

/** Sentences of documentation, of comments in code, and of answers by people. */
function* proseLines(): Iterable<string> {
  for (const text of files('.md', '.d.ts', '.d.mts', '.d.cts')) {
    for (const line of text.split('\n')) {
      const sentence = line.replace(/^\s*\* /, '');
      if (/^[A-Z][^|<`]{60,}[.!?]$/.test(sentence)) yield sentence;
    }
  }
  for (const text of treeTexts()) {
    for (const line of text.split('\n')) if (/^[A-Z][ -~’“”]{60,}[.!?]$/.test(line)) yield line;
  }
}

/** Messages of conversation trees in many languages. */
function* treeTexts(): Iterable<string> {
  const file = join(DATA, 'conversations', 'oasst-trees.jsonl');
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    for (const [, text] of line.matchAll(/"text": ?("(?:[^"\\]|\\.)*")/g))
      yield JSON.parse(text ?? '""') as string;
  }
}

/** Lines of files in packages that are written in Chinese, Japanese or Korean. */
function* eastAsianLines(): Iterable<string> {
  yield* typescriptMessages(['zh-cn', 'zh-tw', 'ja', 'ko']);
  for (const text of [...treeTexts(), ...files('.md', '.json', '.js', '.ts')]) {
    for (const line of text.split('\n')) {
      if (line.length < 2000 && /[\u3040-\u9fff\uac00-\ud7a3]{8}/.test(line)) yield line;
    }
  }
}

function* codeLines(): Iterable<string> {
  for (const text of files('.ts', '.js', '.mjs', '.cts')) {
    // Minified files are one line; what people write has short ones.
    for (const line of text.split('\n')) if (line.length < 200) yield line;
  }
}

/** The messages of a compiler in other languages; only those that are translated. */
function* typescriptMessages(languages: readonly string[]): Iterable<string> {
  for (const language of languages) {
    const file = join(TYPESCRIPT, language, 'diagnosticMessages.generated.json');
    const messages = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>; // its format
    for (const message of Object.values(messages)) if (/[^\0-\x7f]/.test(message)) yield message;
  }
}

function* multilingualLines(): Iterable<string> {
  yield* displayNames('ar bn el fa he hi hy ka kn ml mr ne pa ru si ta te th uk ur vi'.split(' '));
  for (const text of treeTexts()) if (/[^\0-\x7f]{3}/.test(text)) yield text;
  yield* typescriptMessages(['cs', 'de', 'es', 'fr', 'it', 'pl', 'pt-br', 'ru', 'tr']);
}

/** Names of countries, languages and currencies, as Node knows them. */
function* displayNames(locales: readonly string[]): Iterable<string> {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  for (const locale of locales) {
    const regions = new Intl.DisplayNames([locale], { type: 'region', fallback: 'none' });
    const languages = new Intl.DisplayNames([locale], { type: 'language', fallback: 'none' });
    const names = pairs.flatMap((pair) => [regions.of(pair), languages.of(pair.toLowerCase())]);
    yield names.filter((name) => name !== undefined).join(', ');
  }
}

function* jsonLines(): Iterable<string> {
  for (const file of ['tau-airline.json', 'bfcl-multi-turn.json']) {
    const rows = parseData<readonly Readonly<Record<string, unknown>>[]>('toolcalls', file) ?? [];
    for (const row of rows) {
      const messages = Array.isArray(row['messages']) ? row['messages'] : [row];
      for (const message of messages) yield JSON.stringify(message);
    }
  }
  for (const text of files('package.json')) yield text;
}

function parseData<Shape>(...path: readonly string[]): Shape | null {
  const file = join(DATA, ...path);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Shape; // the file's documented shape
  process.stderr.write(`Left out: ${file} is absent (set PAGEFOLD_DATA).\n`);
  return null;
}

/** Texts of the files in packages whose names end so. */
function* files(...endings: readonly string[]): Iterable<string> {
  for (const folder of PACKAGES.filter((each) => existsSync(each))) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const isWanted = entry.isFile() && endings.some((ending) => path.endsWith(ending));
      // Their vocabularies are no code.
      if (!isWanted || /tokenizer|tiktoken/.test(path)) continue;
      const text = readFileSync(path, 'utf8');
      if (text.length < MAX_FILE_LENGTH) yield text;
    }
  }
}

/** Joins lines to documents, each in one piece of memory as one that came from the network; a rope would be flattened when it is counted. */
function toDocuments(lines: Iterable<string>): readonly string[] {
  const seen = new Set<string>();
  const documents: string[] = [];
  let document = '';
  let bytes = 0;
  for (const line of lines) {
    if (bytes >= CORPUS_BYTES) break;
    if (seen.has(line)) continue;
    seen.add(line);
    document += `${line}\n`;
    if (document.length < DOCUMENT_LENGTH) continue;
    documents.push(Buffer.from(document).toString());
    bytes += Buffer.byteLength(document);
    document = '';
  }
  return mixed(documents);
}

/** In an order of its own, so that a warm-up and a block hold something of everything. */
export function mixed(documents: readonly string[]): readonly string[] {
  // A prime, and so it leads through all of them unless their number is a multiple.
  const step = 97;
  const order = documents.map((_, index) => (index * step) % documents.length);
  return new Set(order).size === documents.length
    ? order.map((index) => documents[index] ?? '')
    : documents;
}
