import { defineConfig } from 'vitest/config';
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config';

const PROCESS_TIMEOUT_MS = 60_000;
const TEST_TIMEOUT_MS = 10_000;

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
      setupFiles: ['test/setup/fail-on-console.ts', 'test/setup/property-seed.ts'],
      testTimeout,
      hookTimeout: testTimeout,
    },
  };
}

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
      typeTests,
    ],
    passWithNoTests: false,
  },
});

export default config;
