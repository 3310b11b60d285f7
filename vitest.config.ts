import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config';

const PROCESS_TIMEOUT_MS = 60_000;
const TEST_TIMEOUT_MS = 10_000;

const SETUP_FILES = ['test/setup/fail-on-console.ts', 'test/setup/property-seed.ts'];

/** Makes what threads run, for the projects that start some. */
const WORKERS = 'test/setup/worker-bundle.ts';
/** Makes what processes run, for the projects that start some. */
const PROCESSES = 'test/setup/process-bundle.ts';
const REDIS_SERVER = 'test/setup/redis-server.ts';

/** Tests of what a process does the first time only: each needs modules that no other test has used. */
const FRESH_MODULES = [
  'test/integration/pricing/price-source.test.ts',
  'test/integration/runtime/token-counter.test.ts',
  'test/integration/tokens/lazy-loading.test.ts',
];

interface ProjectOptions {
  readonly testTimeout?: number;
  readonly globalSetup?: readonly string[];
  readonly include?: readonly string[];
  /** Whether each file gets modules of its own: loading ours takes longer than most files do. Not said: they are shared. */
  readonly isolate?: boolean;
}

/** One vitest project over `test/<name>`, with the shared setup. */
function project(name: string, options: ProjectOptions = {}): TestProjectConfiguration {
  const { testTimeout = TEST_TIMEOUT_MS, globalSetup = [], isolate = false } = options;
  return {
    test: {
      name,
      globalSetup: [...globalSetup],
      include: [...(options.include ?? [`test/${name}/**/*.test.ts`])],
      exclude: options.include === undefined ? FRESH_MODULES : [],
      setupFiles: SETUP_FILES,
      isolate,
      testTimeout,
      hookTimeout: testTimeout,
    },
  };
}

/** Whole sessions once more, with every runtime's sessions in a worker: what holds in one thread must hold in two. */
const withWorkers: TestProjectConfiguration = {
  test: {
    name: 'workers',
    globalSetup: [WORKERS, PROCESSES],
    env: { PAGEFOLD_WORKERS: '1' },
    include: [
      'test/e2e/seed-examples/**/*.test.ts',
      'test/e2e/package/package-functions.test.ts',
      'test/e2e/docs/**/*.test.ts',
      'test/integration/api/{closing,existing-session,failing-store,foreign-errors,refused-calls}.test.ts',
      'test/integration/api/{segments,summaries,waiting-calls}.test.ts',
    ],
    setupFiles: SETUP_FILES,
    isolate: false,
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

const testTimeout = PROCESS_TIMEOUT_MS;

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      project('unit'),
      project('property', { testTimeout }),
      project('kernel', { testTimeout, isolate: true }),
      project('contract', { testTimeout, globalSetup: [WORKERS] }),
      project('integration', { testTimeout, globalSetup: [WORKERS, PROCESSES] }),
      project('redis', { testTimeout, globalSetup: [WORKERS, PROCESSES, REDIS_SERVER] }),
      project('e2e', { testTimeout, globalSetup: [WORKERS, PROCESSES] }),
      project('fresh', { testTimeout, include: FRESH_MODULES, isolate: true }),
      withWorkers,
      typeTests,
    ],
    passWithNoTests: false,
    // Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

export default config;
