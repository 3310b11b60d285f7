import { describe, expect, test } from 'vitest';
import { Gate } from '../../../src/actors/gate.ts';
import { settled } from './test-shard.ts';

/** A task that runs until it is told to end. */
class Task {
  hasBegun = false;
  end: (error?: Error) => void = () => undefined;

  readonly run = (): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      this.hasBegun = true;
      this.end = (error) => (error === undefined ? resolve() : reject(error));
    });
}

describe('Gate', () => {
  test('runs at most as many tasks at once as it has places', async () => {
    const gate = new Gate(2);
    const tasks = [new Task(), new Task(), new Task()];
    const runs = tasks.map((task) => gate.run(task.run));
    await settled();
    expect(tasks.map((task) => task.hasBegun)).toEqual([true, true, false]);
    for (const task of tasks) {
      task.end();
      await settled();
    }
    await Promise.all(runs);
    expect(tasks[2]?.hasBegun).toBe(true);
  });

  test('hands its places on in the order of asking', async () => {
    const gate = new Gate(1);
    const first = new Task();
    const order: number[] = [];
    const runs = [gate.run(first.run)];
    for (const number of [1, 2, 3]) {
      runs.push(gate.run(async () => void order.push(number)));
    }
    first.end();
    await Promise.all(runs);
    expect(order).toEqual([1, 2, 3]);
  });

  test('gives the place back when a task fails, and passes the failure on', async () => {
    const gate = new Gate(1);
    const task = new Task();
    const failed = gate.run(task.run);
    const next = gate.run(() => Promise.resolve('ran'));
    task.end(new Error('no luck'));
    await expect(failed).rejects.toThrow('no luck');
    await expect(next).resolves.toBe('ran');
  });

  test('gives the place back when a task throws at once', async () => {
    const gate = new Gate(1);
    const thrown = gate.run(() => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
    await expect(gate.run(() => Promise.resolve('ran'))).resolves.toBe('ran');
  });
});
