import { describe, expect, test } from 'vitest';
import type { Clock } from '../domain/clock.ts';
import { commandCases, readCases } from './executor/commands.ts';
import { closingCases, failureCases } from './executor/endings.ts';
import {
  type CreateExecutor,
  type ExecutorCases,
  withExecutor,
} from './executor/executor-subject.ts';
import { interruptionCases, overloadCases } from './executor/waiting.ts';

const TOPICS: Readonly<Record<string, ExecutorCases>> = {
  commands: commandCases,
  reads: readCases,
  interruptions: interruptionCases,
  overload: overloadCases,
  'a store that fails': failureCases,
  closing: closingCases,
};

/** Runs the whole contract of an executor under vitest, for any implementation, on a clock that moves by itself. */
export function describeExecutor(name: string, clock: Clock, create: CreateExecutor): void {
  describe(`${name}: contract of an executor`, () => {
    describe.each(Object.entries(TOPICS))('%s', (_topic, cases) => {
      test.each(Object.entries(cases))('%s', async (_title, run) => {
        expect.hasAssertions();
        await withExecutor(clock, create, run);
      });
    });
  });
}
