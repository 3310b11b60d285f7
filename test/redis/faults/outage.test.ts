import { expect, test } from 'vitest';
import { runFailovers } from '../../lib/redis/failover-runs.ts';
import { runWriterStops } from '../../lib/redis/fault-runs.ts';
import { runOutage } from '../../lib/redis/outage-run.ts';

// The short form of `npm run test:soak`.

test('while the server is away calls fail and none hangs, and afterwards all are answered', async () => {
  const report = await runOutage({ outageMs: 1500, callers: 90, maxPendingCalls: 30 });

  expect(report.violations).toEqual([]);
  // The first calls are cut off and do not know what became of them, later ones were never sent, the rest find no room.
  expect(Object.keys(report.failures)).toEqual(expect.arrayContaining(['OVERLOADED']));
  expect(['OVERLOADED', 'STORAGE_ERROR', 'UNKNOWN_OUTCOME']).toEqual(
    expect.arrayContaining(Object.keys(report.failures)),
  );
  expect(report.fewestFailures).toBeGreaterThan(1);
});

test('W-05: nothing is lost, doubled or misplaced when writing processes stand still', async () => {
  const report = await runWriterStops({ seed: 4, stops: 8, processes: 3 });

  expect(report.violations).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(30);
});

test('every writer is told of what a failover lost', async () => {
  const report = await runFailovers({ failovers: 2, intervalMs: 150, lossMs: 80 });

  expect(report.violations).toEqual([]);
  expect(report.regressions).toBeGreaterThan(0);
});
