import { expect, test } from 'vitest';
import { type ToolRun, ToolRunner } from '../../../src/tools/tool-runner.ts';
import type { ToolDefinition } from '../../../src/tools/tool-definition.ts';

const environment = { nowMs: () => 0, random: () => 0.5 };
const OTHER_NAMES = 1_024;

type Run = (toolName: string, signal?: AbortSignal) => Promise<ToolRun>;

/** Tools of any name: calls of `slow` last until they are let go, in their order. */
function aRunner(limits: Pick<ToolDefinition, 'maxConcurrent' | 'maxWaiting'>): {
  readonly run: Run;
  readonly begun: readonly (() => void)[];
} {
  const begun: (() => void)[] = [];
  const runner = new ToolRunner(
    {
      execute: (_, { toolName }) =>
        toolName === 'slow' ? new Promise<void>((resolve) => begun.push(resolve)) : 'done',
      defaults: { ...limits, effect: 'read' },
    },
    environment,
  );
  const run: Run = (toolName, signal) =>
    runner.run({ toolName, arguments: {}, callId: null, operationId: 'op' }, signal);
  return { run, begun };
}

async function runOthers(run: Run): Promise<void> {
  await Promise.all(Array.from({ length: OTHER_NAMES }, (_, index) => run(`other-${index}`)));
}

test('a tool at work keeps its limit, however many other names are called', async () => {
  const { run, begun } = aRunner({ maxConcurrent: 1, maxWaiting: 1 });
  const first = run('slow');
  await runOthers(run);
  const second = run('slow');
  await runOthers(run);

  expect(begun).toHaveLength(1);
  expect(await run('slow')).toMatchObject({ failure: { errorClass: 'overloaded' } });
  begun[0]?.();
  expect(await first).toMatchObject({ failure: null });
  await runOthers(run);
  const third = run('slow');
  expect(begun).toHaveLength(2);
  begun[1]?.();
  expect(await second).toMatchObject({ failure: null });
  await expect.poll(() => begun.length).toBe(3);
  begun[2]?.();
  expect(await third).toMatchObject({ failure: null });
});

test('a caller that gives up leaves its place to others, who come in their order', async () => {
  const { run, begun } = aRunner({ maxConcurrent: 1, maxWaiting: 2 });
  const first = run('slow');
  const gone = new AbortController();
  const waiting = [run('slow', gone.signal), run('slow', gone.signal)];
  expect(await run('slow')).toMatchObject({ failure: { errorClass: 'overloaded' } });

  gone.abort();

  for (const { failure, attempts } of await Promise.all(waiting))
    expect([failure?.errorClass, attempts]).toEqual(['cancelled', 0]);
  const ended: string[] = [];
  const second = run('slow').then(() => ended.push('second'));
  const third = run('slow').then(() => ended.push('third'));
  expect(await run('slow')).toMatchObject({ failure: { errorClass: 'overloaded' } });
  begun[0]?.();
  await first;
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.();
  await second;
  await expect.poll(() => begun.length).toBe(3);
  begun[2]?.();
  await third;
  expect(ended).toEqual(['second', 'third']);
});
