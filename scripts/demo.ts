import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demonstrateMemory } from './lib/memory-demo.ts';
import { demonstrateQueue } from './lib/queue-demo.ts';
import { mustSucceed, output } from './lib/run.ts';

// Replays conversations through the command line tool, the way its users would: all of them at once, then one of them
// exported, restored and shown, and one that is long held in a session with memory. With real ones from PAGEFOLD_DATA or ../shared/data, else with those in examples/.
// With --redis URL: one process records and another one summarises, over the Redis there.

const ROOT = join(import.meta.dirname, '..');
const TOOL = join(ROOT, 'dist/src/lib/cli.js');
const SHOWN_LINES = 40;

/** What is replayed, and the session that is looked at more closely. */
interface Material {
  readonly from: string;
  readonly files: readonly string[];
  readonly one: { readonly file: string; readonly session: string };
}

const COLLECTIONS = [
  'conversations/locomo.json',
  'conversations/beam-100k.json',
  'conversations/oasst-trees.jsonl',
  'toolcalls/tau-airline.json',
];

function material(): Material {
  const folder = process.env['PAGEFOLD_DATA'] ?? join(ROOT, '../shared/data');
  const files = COLLECTIONS.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const agents = files.find((path) => path.endsWith('tau-airline.json'));
  if (agents !== undefined) {
    return { from: folder, files, one: { file: agents, session: 'tau-airline-7' } };
  }
  const named = process.env['PAGEFOLD_DATA'];
  if (named !== undefined) say(`PAGEFOLD_DATA is ${named}, where no collection was found`);
  const file = join(ROOT, 'examples/conversations.jsonl');
  return { from: 'examples', files: [file], one: { file, session: 'front-desk' } };
}

function say(text: string): void {
  console.log(`\n# ${text}\n`);
}

/** Runs the tool with its output on this terminal. */
function pagefold(...args: readonly string[]): void {
  console.log(`$ pagefold ${args.join(' ')}\n`);
  mustSucceed(process.execPath, [TOOL, ...args], ROOT);
}

function lookAtOne({ file, session }: Material['one'], folder: string): void {
  const first = join(folder, 'session.jsonl');
  const second = join(folder, 'again.jsonl');
  say('One session as a file, and back');
  pagefold('export', file, '--session', session, '--out', first);
  pagefold('import', first, '--out', second);
  const isSame = readFileSync(first).equals(readFileSync(second));
  if (!isSame) throw new Error('The session changed between export and import.');
  console.log('\nExported again, it is byte for byte the same.');
  say(`The same session for people, its first ${SHOWN_LINES} lines`);
  console.log(`$ pagefold show ${first}\n`);
  const shown = output(process.execPath, [TOOL, 'show', first], ROOT);
  console.log(shown.split('\n').slice(0, SHOWN_LINES).join('\n'));
}

async function lookAtMemory(files: readonly string[]): Promise<void> {
  const chats = files.find((path) => path.endsWith('beam-100k.json'));
  if (chats === undefined) return;
  say('A long chat in a session with memory');
  console.log((await demonstrateMemory(chats)).join('\n'));
}

async function main(): Promise<void> {
  // What is shown must be what the sources say, so an older build does not do.
  mustSucceed('npm', ['run', '--silent', 'build:js'], ROOT);
  const redis = process.argv.indexOf('--redis');
  if (redis !== -1) {
    say('One process records, another one summarises');
    console.log((await demonstrateQueue(process.argv[redis + 1], [TOOL])).join('\n'));
    return;
  }
  const { from, files, one } = material();
  say(`All conversations of ${from} at once, with simulated costs`);
  pagefold('track', ...files);
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-demo-'));
  try {
    lookAtOne(one, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await lookAtMemory(files);
}

await main();
