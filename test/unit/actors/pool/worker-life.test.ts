import type { MessagePort } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_POOL_LIMITS } from '../../../../src/actors/pool/pool-limits.ts';
import type { Threads } from '../../../../src/actors/pool/threads.ts';
import type { ShardTask } from '../../../../src/actors/pool/wire.ts';
import { WorkerLife } from '../../../../src/actors/pool/worker-life.ts';
import { virtualClock } from '../../../../src/testing/virtual-clock.ts';

const { startBeats, missedBeats } = DEFAULT_POOL_LIMITS;

/** The life of a worker that says only what a test has it say. */
function aLife(): {
  readonly life: WorkerLife;
  readonly port: MessagePort;
  readonly isKilled: () => boolean;
  readonly heard: Promise<void>;
} {
  let task: ShardTask | null = null;
  let signal: AbortSignal | null = null;
  const threads: Threads = {
    run: (given, options) => {
      // What a life starts its worker with.
      task = given as ShardTask;
      signal = options.signal;
      return new Promise(() => undefined);
    },
    close: () => Promise.resolve(),
  };
  let hear = (): void => undefined;
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const life = new WorkerLife(
    {
      threads,
      clock: virtualClock(),
      limits: DEFAULT_POOL_LIMITS,
      settings: {},
      shares: { quantum: 1, weightOf: () => 1 },
    },
    { hear, hearCommit: () => undefined, hearConfirmed: () => undefined, onEnd: () => undefined },
  );
  const { port } = task!;
  onTestFinished(() => port.close());
  return { life, port, heard, isKilled: () => signal!.aborted };
}

const READY = {
  taken: 0,
  announced: [],
  confirmed: [],
  messages: [{ kind: 'ready', owner: 2 }],
};

function check(life: WorkerLife, times: number): void {
  for (let count = 0; count < times; count += 1) life.check();
}

test('a worker that was slow to start has all its time once it is there', async () => {
  const { life, port, heard, isKilled } = aLife();
  check(life, startBeats);
  port.postMessage(READY);
  await heard;

  check(life, missedBeats);
  expect(isKilled()).toBe(false);

  check(life, 1);
  expect(isKilled()).toBe(true);
});

test('a worker that is not there after its time is ended', () => {
  const { life, isKilled } = aLife();
  check(life, startBeats);
  expect(isKilled()).toBe(false);

  check(life, 1);
  expect(isKilled()).toBe(true);
});
