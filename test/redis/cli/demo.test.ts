import { Redis } from 'ioredis';
import { expect, inject, onTestFinished, test } from 'vitest';
import { demonstrateQueue } from '../../../scripts/lib/queue-demo.ts';
import { compiled } from '../../lib/processes/compiled.ts';

const url = inject('redisUrl');
const TOOL = [compiled('src/cli/main.ts')];

test('the demonstration: one process records, the other one summarises, and the first one shows it', async () => {
  const lines = await demonstrateQueue(url, TOOL);

  const [, worker] = /^process (\d+) is pagefold worker$/.exec(lines[2] ?? '') ?? [];
  expect(lines).toEqual([
    `process ${process.pid} records`,
    expect.stringMatching(/^ {2}its context before: User discussed: Which papers/),
    expect.stringMatching(/^process \d+ is pagefold worker$/),
    `  the context of the first one now: 4 messages about a journey to Oslo, summarised by process ${worker}.`,
  ]);
  expect(worker).not.toBe(`${process.pid}`);

  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  const left: string[] = [];
  for await (const keys of client.scanStream({ match: 'demo-*' })) left.push(...keys);
  expect(left).toEqual([]);
});

test('the demonstration says what it needs', async () => {
  await expect(demonstrateQueue(undefined, TOOL)).rejects.toThrow('--redis takes the address');
});
