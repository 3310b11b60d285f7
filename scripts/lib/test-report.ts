import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly VitestFile[];
}

interface VitestFile {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly VitestResult[];
}

interface VitestResult {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
}

/** How the tests of one run ended. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One entry a failure: where it is, then the start of what it says. */
  readonly failures: readonly string[];
}

const SHOWN_CHARACTERS = 600;

function describeFailure(file: string, test: string, message: string): string {
  return `${file} > ${test}\n${message.slice(0, SHOWN_CHARACTERS)}`;
}

function failuresOf(file: VitestFile): readonly string[] {
  if (file.status !== 'failed') return [];
  const path = relative(process.cwd(), file.name);
  const failed = file.assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [describeFailure(path, '(the file itself)', file.message ?? '')];
  return failed.map((test) =>
    describeFailure(path, test.fullName, test.failureMessages?.join('\n') ?? ''),
  );
}

/** Counts a JSON report of vitest. A file that broke before its first test counts as one failure. */
export function readTestCounts(path: string): TestCounts {
  const report = JSON.parse(readFileSync(path, 'utf8')) as VitestReport; // vitest wrote it a moment ago
  const failures = report.testResults.flatMap(failuresOf);
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests,
    failures,
  };
}
