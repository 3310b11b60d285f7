import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createMemoryArtifactStore } from '../../../src/index.ts';
import { ToolRunner } from '../../../src/tools/tool-runner.ts';
import { aPagefold, aStore } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

const CALLS = 50;

/** The names of the warnings of this process from now on. */
function heardWarnings(): readonly string[] {
  const names: string[] = [];
  const hear = ({ name }: Error): void => void names.push(name);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  return names;
}

/** What came of calls, by how often. */
async function outcomesOf(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of await Promise.allSettled(calls)) {
    const name = outcome.status === 'fulfilled' ? 'done' : String(outcome.reason.code);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

describe('one signal given to many calls', () => {
  test.each([
    { workers: 0, held: 'load', of: 'their sessions' },
    { workers: 0, held: 'append', of: 'their session' },
    { workers: 1, held: 'append', of: 'their session in a worker' },
  ])('has one listener while they wait for $of, and tells all', async ({ workers, held }) => {
    const warnings = heardWarnings();
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isHeld = false;
    let waiting = 0;
    const store = aWatchedStore(aStore(), async (call) => {
      if (isHeld && call.name === held) {
        waiting += 1;
        await gate;
      }
      return call.run();
    });
    const pagefold = await aPagefold({ store, workers });
    onTestFinished(() => letGo());
    const one = pagefold.session('one');
    await one.userSays('Hello');
    isHeld = true;
    const { signal, abort } = anAbort();

    const calls = Array.from({ length: CALLS }, (_, index) =>
      (held === 'load' ? pagefold.session(`s${index}`) : one).userSays('Hello', { signal }),
    );
    const outcomes = outcomesOf(calls);
    await vi.waitFor(() => expect(waiting).toBeGreaterThan(0));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    abort();

    // What is in the store already may be recorded or not.
    const { ABORTED = 0, UNKNOWN_OUTCOME = 0, ...others } = await outcomes;
    expect(others).toEqual({});
    expect(ABORTED + UNKNOWN_OUTCOME).toBe(CALLS);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await nextTurn();
    expect(warnings).toEqual([]);
  });

  test('is left without a listener by calls that were answered', async () => {
    const warnings = heardWarnings();
    const pagefold = await aPagefold({ artifacts: createMemoryArtifactStore() });
    const { signal } = anAbort();

    const calls = Array.from({ length: CALLS }, (_, index) =>
      pagefold.session(`s${index % 7}`).userSays('Hello '.repeat(5_000), { signal }),
    );

    expect(await outcomesOf(calls)).toEqual({ done: CALLS });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await nextTurn();
    expect(warnings).toEqual([]);
  });

  test('tells tools, those at work and those that wait for their turn', async () => {
    const warnings = heardWarnings();
    let running = 0;
    const execute = (_: unknown, context: { readonly signal: AbortSignal }): Promise<never> => {
      running += 1;
      return new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    };
    const runner = new ToolRunner(
      { tools: { look: { execute } } },
      { nowMs: () => performance.now(), random: () => 0.5 },
    );
    const { signal, abort } = anAbort();

    const runs = Array.from({ length: CALLS }, (_, place) => {
      const request = { toolName: 'look', arguments: { place }, callId: null, operationId: 'o' };
      return runner.run(request, signal);
    });
    await vi.waitFor(() => expect(running).toBe(16));
    abort();

    const failures = (await Promise.all(runs)).map(({ failure }) => failure?.errorClass);
    expect(new Set(failures)).toEqual(new Set(['cancelled']));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await nextTurn();
    expect(warnings).toEqual([]);
  });
});

function anAbort(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
