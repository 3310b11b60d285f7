import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { foldMutations } from '../../../src/memory/journal/memory-fold.ts';
import { makeKernel } from '../../lib/kernels.ts';
import { memoryCommand, type MemoryCommand } from '../../lib/memory-commands.ts';
import { overlap, type Setup, Subject } from './memory-subject.ts';

/** More of them in one go: `FC_RUNS=10000 npx vitest run --project property test/property/memory/memory-manager.test.ts`. */
const RUNS = Number(process.env['FC_RUNS'] ?? 300);
const TIMEOUT_MS = Math.max(60_000, RUNS * 400);

const KERNELS: readonly Kernel[] = [makeKernel('js'), makeKernel('simd')];

const setup: fc.Arbitrary<Setup> = fc.record({ isFolding: fc.boolean(), hasVault: fc.boolean() });

describe('MemoryManager', () => {
  test(
    'M-95: M-97: M-184: M-W02: M-W16: M-W33: agrees with a naive memory, on both kernels alike',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          setup,
          fc.array(memoryCommand, { minLength: 5, maxLength: 40 }),
          async (how, commands) => {
            const told: unknown[] = [];
            for (const kernel of KERNELS) {
              const subject = new Subject(kernel, how);
              for (const command of commands) {
                await subject.run(command);
                subject.check();
              }
              const { history } = subject.memory;
              const isAllKept = !commands.some(({ kind }) => kind === 'fork');
              const folded = foldMutations(history.all());
              expect(isAllKept ? folded : history.state()).toEqual(history.state());
              told.push([subject.memory.snapshot(), history.all()]);
              await subject.checkContents();
              subject.memory.close();
            }
            expect(told[0]).toEqual(told[1]);
          },
        ),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'M-113: M-147: M-196: M-W32: M-W33: M-W34: calls that overlap leave nothing undone, lost or counted twice',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          setup,
          fc.array(memoryCommand, { minLength: 5, maxLength: 15 }),
          fc.array(fc.array(memoryCommand, { minLength: 2, maxLength: 8 }), { maxLength: 4 }),
          async (how, commands, bursts) => {
            const subject = new Subject(KERNELS[0]!, how);
            for (const command of commands) await subject.run(command);
            const { memory, model } = subject;
            for (const burst of bursts) {
              await Promise.all(burst.filter(isSafe).map((command) => overlap(memory, command)));
              expect(memory.health().findings).toEqual([]);
              for (const [id, { text }] of model.pages) {
                const page = await memory.readPage(id);
                expect(memory.page(id) === null ? text : page?.content).toBe(text);
              }
            }
            memory.close();
          },
        ),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

/** Commands that need no turn of their own. */
function isSafe({ kind }: MemoryCommand): boolean {
  return kind !== 'fork' && kind !== 'create' && kind !== 'duplicate';
}
