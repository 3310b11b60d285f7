import { readFileSync } from 'node:fs';

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** How the tests of one run ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts a JSON report of vitest. A file that broke before its first test counts as one failure. */
export function readTestCounts(path: string): TestCounts {
  const report = JSON.parse(readFileSync(path, 'utf8')) as VitestReport; // vitest wrote it a moment ago
  const failed = report.testResults
    .filter(({ status }) => status === 'failed')
    .map(({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed'))
    .reduce((sum, failures) => sum + Math.max(failures.length, 1), 0);
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests };
}
