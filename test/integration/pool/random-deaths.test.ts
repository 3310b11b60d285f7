import { expect, test } from 'vitest';
import { WAYS_TO_DIE } from '../../lib/pool/death.ts';
import { runDeaths } from '../../lib/pool/death-runs.ts';

test('workers that end in all ways at random moments lose nothing, double nothing, and say what became of every call', async () => {
  const report = await runDeaths({ seed: 5, rounds: 24, poisonedRounds: 4 });

  expect(report.violations).toEqual([]);
  for (const way of WAYS_TO_DIE) expect(report.deaths[way]).toBeGreaterThan(0);
  expect(report.acknowledged).toBeGreaterThan(100);
});

test('workers that end while all sessions move to others lose nothing either', async () => {
  const report = await runDeaths({ seed: 6, rounds: 6, isMoving: true });

  expect(report.violations).toEqual([]);
  expect(report.moves).toBe(6);
  expect(report.acknowledged).toBeGreaterThan(100);
});
