import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { round } from './row.ts';
import type { BenchRow } from './row.ts';

/** One run of one benchmark, as saved in bench/results/. */
export interface BenchReport {
  readonly name: string;
  readonly commit: string;
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly rows: readonly BenchRow[];
}

/**
 * Says where and when the rows were measured; without that a number means nothing.
 * @throws RangeError naming a row of which ours was not measured.
 */
export function toReport(name: string, rows: readonly BenchRow[]): BenchReport {
  const processors = cpus();
  const missing = rows.find(({ ours }) => !Number.isFinite(ours));
  if (missing !== undefined) throw new RangeError(`Nothing was measured for: ${missing.metric}`);
  return {
    name,
    commit: currentCommit(),
    date: new Date().toISOString(),
    node: process.version,
    cpu: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    rows: rows.map((row) => ({ ...row, ours: round(row.ours, 4), theirs: round(row.theirs, 4) })),
  };
}

/** Writes the report to `<folder>/<name>.json` and returns the path. */
export function saveReport(report: BenchReport, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${report.name}.json`);
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

/** Prints the report as a table. */
export function printReport(report: BenchReport): void {
  console.log(`\n${report.name}  ${report.commit}  node ${report.node}  ${report.cpu}`);
  console.table(
    report.rows.map(({ metric, unit, ours, peer, theirs, ratio }) => ({
      metric,
      ours: `${ours} ${unit}`,
      peer,
      theirs: `${theirs} ${unit}`,
      ratio,
    })),
  );
}

function currentCommit(): string {
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    // Results that were saved a moment ago change nothing that is measured.
    const changes = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      '.',
      ':!bench/results',
    );
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return 'none'; // a tarball without its repository, or one without a commit
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
