import { expect, test } from 'vitest';
import { runWaiting } from '../../lib/pool/waiting-runs.ts';

test('a process whose only worker ends stays until every call is answered, and ends when it has closed', async () => {
  const { lines, exitCode } = await runWaiting('ended');

  expect(lines).toEqual([...Array.from({ length: 21 }, () => 'committed'), 'closed']);
  expect(exitCode).toBe(0);
});

test('a process whose only worker rests stays until it is closed', async () => {
  const { lines, exitCode } = await runWaiting('resting');

  expect(lines).toEqual(['SHARD_UNAVAILABLE: Cannot find module', 'tried again', 'closed']);
  expect(exitCode).toBe(0);
});

test('a process whose threads cannot begin says so of calls that wait for one', async () => {
  const { lines, exitCode } = await runWaiting('threadless');

  expect(lines).toEqual(['SHARD_UNAVAILABLE: Cannot find module', 'closed']);
  expect(exitCode).toBe(0);
});
