import { getEventListeners } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { onAbort } from '../../../src/domain/on-abort.ts';

describe('onAbort', () => {
  test('has one listener for all that watch a signal, and none once nobody does', () => {
    const { signal } = new AbortController();
    const ends = Array.from({ length: 50 }, () => onAbort(signal, () => undefined));

    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const end of ends.slice(1)) end();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    ends[0]!();
    ends[0]!();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('tells all once, in their order, and leaves no listener', () => {
    const controller = new AbortController();
    const told: string[] = [];
    for (const name of ['a', 'b', 'c']) onAbort(controller.signal, () => told.push(name));

    controller.abort();
    controller.signal.dispatchEvent(new Event('abort'));

    expect(told).toEqual(['a', 'b', 'c']);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('tells neither who took it back, also while others are told, nor who comes then', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const told: string[] = [];
    onAbort(signal, () => told.push('before'))();
    onAbort(signal, () => {
      told.push('first');
      endSecond();
      onAbort(signal, () => told.push('too late'));
    });
    const endSecond = onAbort(signal, () => told.push('second'));
    const tell = (): number => told.push('same');
    onAbort(signal, tell)();
    onAbort(signal, tell);
    const endOne = onAbort(signal, tell);
    endOne();

    controller.abort();

    expect(told).toEqual(['first', 'same']);
  });

  test('tells nobody of no signal, and of one that has aborted', () => {
    const told: string[] = [];
    onAbort(undefined, () => told.push('none'))();
    const signal = AbortSignal.abort();
    onAbort(signal, () => told.push('aborted'))();

    expect(told).toEqual([]);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('tells the others when one throws, and has that as an uncaught exception', () => {
    const tasks: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (task: () => void) => tasks.push(task));
    onTestFinished(() => void vi.unstubAllGlobals());
    const controller = new AbortController();
    const told: string[] = [];
    onAbort(controller.signal, () => {
      throw new Error('boom');
    });
    onAbort(controller.signal, () => told.push('other'));

    controller.abort();

    expect(told).toEqual(['other']);
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toThrow('boom');
  });
});
