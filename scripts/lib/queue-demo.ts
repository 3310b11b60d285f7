import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { toText } from '../../src/domain/json.ts';
import {
  createRedisStore,
  openPagefold,
  type Pagefold,
  type SessionManager,
} from '../../src/index.ts';

const QUESTIONS = [
  'We fly to Oslo on 3 May. Which papers do the children need?',
  'And how do we get from the airport into town?',
  'Which of the museums are open on a Monday?',
];

/** What stands in for a model: it says how much it was given, and by whom it is run. */
const SUMMARIZER = `export const summarize = (messages) =>
  \`\${messages.length} messages about a journey to Oslo, summarised by process \${process.pid}.\`;
`;

const TENANT = 'travel';

const LONGEST_WAIT_MS = 30_000;

/**
 * Records a conversation here, has it summarised by `pagefold worker` in a process of its own, and shows the context of the
 * next turn here; in the lines of a report.
 * @param tool what Node is given to run the command line tool.
 */
export async function demonstrateQueue(
  url: string | undefined,
  tool: readonly string[],
): Promise<readonly string[]> {
  if (url === undefined) throw new Error('--redis takes the address of a Redis');
  const namespace = `demo-${randomBytes(6).toString('hex')}`;
  const store = createRedisStore({ url, namespace });
  const pagefold = await openPagefold({ store, queue: { url, namespace }, tokens: 'estimate' });
  try {
    const session = await recordJourney(pagefold);
    const before = await firstNote(session);
    const args = [...tool, 'worker', '--redis', url, '--namespace', namespace];
    const { pid, note } = await withWorker(args, () => summarised(session));
    return [
      `process ${process.pid} records`,
      `  its context before: ${before}`,
      `process ${pid} is pagefold worker`,
      `  the context of the first one now: ${note}`,
    ];
  } finally {
    await pagefold.close();
    await store.close();
    await forget(url, namespace);
  }
}

/** Leaves nothing in a Redis that is somebody's: neither the conversation nor the queue, which others would go on with. */
async function forget(url: string, namespace: string): Promise<void> {
  const client = new Redis(url);
  try {
    for await (const found of client.scanStream({ match: `${namespace}:*` })) {
      // In order: keys are found page by page.
      for (const key of found) await client.unlink(key);
    }
  } finally {
    client.disconnect();
  }
}

async function recordJourney(pagefold: Pagefold): Promise<SessionManager> {
  const options = { tenant: TENANT, infiniteContext: true, maxTurnsPerSegment: 4 };
  const session = pagefold.session('oslo', options);
  for (const question of QUESTIONS) {
    // In order: an answer follows its question.
    await session.userSays(question);
    await session.aiResponds(`About that: ${question}`, { model: 'gpt-4o-mini' });
  }
  await pagefold.flush();
  return session;
}

/** Runs a worker until something is there. */
async function withWorker(
  args: readonly string[],
  find: () => Promise<string>,
): Promise<{ readonly pid: number | undefined; readonly note: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-demo-'));
  const file = join(folder, 'summarizer.mjs');
  writeFileSync(file, SUMMARIZER);
  const worker = spawn(process.execPath, [...args, '--summarizer', file], { stdio: 'ignore' });
  try {
    return { pid: worker.pid, note: await find() };
  } finally {
    worker.kill('SIGTERM');
    if (worker.exitCode === null) await once(worker, 'exit');
    rmSync(folder, { recursive: true });
  }
}

async function summarised(session: SessionManager): Promise<string> {
  const endMs = Date.now() + LONGEST_WAIT_MS;
  while (Date.now() < endMs) {
    // In order: it is looked at again after a while.
    const note = await firstNote(session);
    if (note.includes('summarised by')) return note;
    await pause(100);
  }
  throw new Error('The worker wrote no summary.');
}

async function firstNote(session: SessionManager): Promise<string> {
  const messages = await session.getMessagesForLlm();
  const text = messages.map(({ content }) => toText(content ?? null)).join('\n');
  return (/<note[^>]*>\n([^]*?)\n<\/note>/.exec(text)?.[1] ?? text).split('\n').join(' ');
}
