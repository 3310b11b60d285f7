import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config';

const PROCESS_TIMEOUT_MS = 60_000;
const TEST_TIMEOUT_MS = 10_000;

const SETUP_FILES = ['test/setup/fail-on-console.ts', 'test/setup/property-seed.ts'];

/** Makes what threads run, for the projects that start some. */
const WORKERS = 'test/setup/worker-bundle.ts';

/** One vitest project over `test/<name>`, with the shared setup. */
function project(
  name: string,
  testTimeout: number = TEST_TIMEOUT_MS,
  globalSetup: readonly string[] = [],
): TestProjectConfiguration {
  return {
    test: {
      name,
      globalSetup: [...globalSetup],
      include: [`test/${name}/**/*.test.ts`],
      setupFiles: SETUP_FILES,
      testTimeout,
      hookTimeout: testTimeout,
    },
  };
}

/** Whole sessions once more, with every runtime's sessions in a worker: what holds in one thread must hold in two. */
const withWorkers: TestProjectConfiguration = {
  test: {
    name: 'workers',
    globalSetup: [WORKERS],
    env: { PAGEFOLD_WORKERS: '1' },
    include: [
      'test/e2e/seed-examples/**/*.test.ts',
      'test/e2e/package/package-functions.test.ts',
      'test/e2e/docs/**/*.test.ts',
      'test/integration/api/{closing,existing-session,failing-store,foreign-errors,refused-calls}.test.ts',
      'test/integration/api/{segments,summaries,waiting-calls}.test.ts',
    ],
    setupFiles: SETUP_FILES,
    testTimeout: PROCESS_TIMEOUT_MS,
    hookTimeout: PROCESS_TIMEOUT_MS,
  },
};

/** Type expectations: compiled, never run. */
const typeTests: TestProjectConfiguration = {
  test: {
    name: 'types',
    include: [],
    typecheck: {
      enabled: true,
      only: true,
      include: ['test/types/**/*.test-d.ts'],
      tsconfig: 'tsconfig.type-tests.json',
      ignoreSourceErrors: true,
    },
  },
};

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      project('unit'),
      project('property', PROCESS_TIMEOUT_MS),
      project('kernel', PROCESS_TIMEOUT_MS),
      project('contract', PROCESS_TIMEOUT_MS, [WORKERS]),
      project('integration', PROCESS_TIMEOUT_MS, [WORKERS]),
      project('redis', PROCESS_TIMEOUT_MS, [WORKERS, 'test/setup/redis-server.ts']),
      project('e2e', PROCESS_TIMEOUT_MS, [WORKERS]),
      withWorkers,
      typeTests,
    ],
    passWithNoTests: false,
    // Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

export default config;
