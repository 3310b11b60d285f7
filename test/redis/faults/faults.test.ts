import { expect, test } from 'vitest';
import { runCuts, runServerKills, runWriterKills } from '../../lib/redis/fault-runs.ts';

// The short form of `npm run test:soak`.

test('W-09: nothing is lost, doubled or misplaced when connections break', async () => {
  const report = await runCuts({ seed: 5, cuts: 40 });

  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(100);
  expect(report.faults).toBeGreaterThanOrEqual(40);
});

test('W-01: nothing acknowledged is lost when the server is killed', async () => {
  const report = await runServerKills({ kills: 2, fsync: 'always', intervalMs: 150 });

  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(100);
  expect(report.regressions).toBe(0);
});

test('with a log that is synced every second, what a kill loses is reported', async () => {
  // Most often nothing: a write is lost only while the disk is so slow that the server holds it back.
  const report = await runServerKills({ kills: 2, fsync: 'everysec', intervalMs: 150 });

  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(100);
});

test('W-05: nothing is lost, doubled or misplaced when writing processes are killed', async () => {
  const report = await runWriterKills({ seed: 3, kills: 6, processes: 3 });

  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(30);
});
