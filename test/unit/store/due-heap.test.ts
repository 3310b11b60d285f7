import { describe, expect, test } from 'vitest';
import { DueHeap, type HeapItem } from '../../../src/store/due-heap.ts';

interface Task extends HeapItem {
  readonly name: string;
}

function aTask(name: string): Task {
  return { name, heapSlot: -1 };
}

describe('DueHeap', () => {
  test('is empty at first', () => {
    const heap = new DueHeap<Task>();
    expect([heap.size, heap.first(), [...heap.due(Infinity)]]).toEqual([0, null, []]);
  });

  test('moves an item that is scheduled again', () => {
    const heap = new DueHeap<Task>();
    const [a, b] = [aTask('a'), aTask('b')];
    heap.schedule(a, 10);
    heap.schedule(b, 20);
    heap.schedule(a, 30);
    expect([...heap.due(100)].map(({ item, dueAtMs }) => [item.name, dueAtMs])).toEqual([
      ['b', 20],
      ['a', 30],
    ]);
    expect(heap.size).toBe(2);
  });

  test('takes out items anywhere, and those that are not in without effect', () => {
    const heap = new DueHeap<Task>();
    const tasks = ['a', 'b', 'c', 'd', 'e'].map(aTask);
    tasks.forEach((task, index) => heap.schedule(task, index));
    const [, second, , , last] = tasks;
    heap.remove(second!);
    heap.remove(second!);
    heap.remove(last!);
    heap.remove(aTask('stranger'));
    expect([...heap.due(100)].map(({ item }) => item.name)).toEqual(['a', 'c', 'd']);
    expect(heap.dueAtMs(second!)).toBeNull();
  });

  test('gives only what is due, however early the caller stops', () => {
    const heap = new DueHeap<Task>();
    [5, 3, 9, 1, 7].forEach((dueAtMs) => heap.schedule(aTask(String(dueAtMs)), dueAtMs));
    expect([...heap.due(5)].map(({ dueAtMs }) => dueAtMs)).toEqual([1, 3, 5]);
    expect(heap.due(5).next().value).toMatchObject({ dueAtMs: 1 });
    expect(heap.size).toBe(5);
  });
});
