import { afterEach, beforeEach } from 'vitest';

const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;

const calls: string[] = [];

beforeEach(() => {
  calls.length = 0;
  for (const method of METHODS) {
    console[method] = (...values: readonly unknown[]): void => {
      calls.push(`console.${method}(${values.map(String).join(', ')})`);
    };
  }
});

// A library that prints is a library that owns its host's terminal, so a test fails when anything was printed.
afterEach(() => {
  const printed = calls.splice(0);
  if (printed.length > 0) throw new Error(`Unexpected console output:\n${printed.join('\n')}`);
});
