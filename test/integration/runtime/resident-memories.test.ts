import { describe, expect, test, vi } from 'vitest';
import type { SessionManager } from '../../../src/index.ts';
import { aRuntime, managerOf } from './a-runtime.ts';

const MEMORY = { maxTokens: 1_200 } as const;

async function talk(session: SessionManager, turns: number): Promise<void> {
  for (let turn = 1; turn <= turns; turn += 1) {
    // In order: a conversation is one thing after the other.
    await session.userSays(`Question ${turn}: what is the number of the harbour in year ${turn}?`);
    await session.aiResponds(`In year ${turn} it is ${turn * 7}. ${'It was counted. '.repeat(9)}`);
  }
}

describe('ResidentMemories', () => {
  test('managers with detectors of their own share one memory', async () => {
    const runtime = aRuntime();
    await talk(managerOf(runtime, 's'), 3);

    for (let manager = 1; manager <= 20; manager += 1) {
      const detectRecall = (message: string): boolean => message.length > manager;
      // In order: each is one call of a service.
      await managerOf(runtime, 's', { memory: { ...MEMORY, detectRecall } }).memory.buildContext();
    }

    expect(runtime.memories.size).toBe(1);
  });

  test('managers that tell their model different things share one memory', async () => {
    const runtime = aRuntime();
    await talk(managerOf(runtime, 's'), 3);

    for (const memory of [
      { ...MEMORY, mode: 'strict' },
      { ...MEMORY, paging: 'model' },
      { ...MEMORY, targetUtilization: 0.5 },
      { ...MEMORY, faults: { maxFaultsPerTurn: 1 } },
    ] as const)
      await managerOf(runtime, 's', { memory }).memory.buildContext();

    expect(runtime.memories.size).toBe(1);
  });

  test('each manager asks the detector that it was given', async () => {
    const runtime = aRuntime();
    const asked: string[] = [];
    const detecting = (name: string): SessionManager => {
      const detectRecall = (): boolean => {
        asked.push(name);
        return false;
      };
      return managerOf(runtime, 's', { memory: { ...MEMORY, detectRecall } });
    };
    const [first, second] = [detecting('first'), detecting('second')];
    await talk(first, 20);

    const questions = [first, second, first];
    for (const [turn, session] of questions.entries()) {
      await session.userSays(`Tell me of the harbour ${turn}.`);
      await session.memory.buildContext();
    }

    expect(asked.filter((name, at) => name !== asked[at - 1])).toEqual([
      'first',
      'second',
      'first',
    ]);
  });

  test('contents of all memories stay below their bound together', async () => {
    const runtime = aRuntime({ limits: { residentMemoryBytes: 20_000 } });
    const sessions = ['a', 'b', 'c'].map((id) => managerOf(runtime, id, { memory: MEMORY }));

    for (const session of sessions) {
      // In order: the memory that was used last stays.
      await session.userSays('What is in it? '.repeat(1_000));
      await session.memory.buildContext();
    }

    expect(runtime.memories.size).toBe(1);
  });

  test('what was made of contents for contexts counts as well', async () => {
    const runtime = aRuntime({ limits: { residentMemoryBytes: 20_000 } });
    const sessions = ['a', 'b'].map((id) => managerOf(runtime, id, { memory: MEMORY }));
    for (const session of sessions) {
      // In order: the memory that was used last stays.
      for (let turn = 1; turn <= 10; turn += 1) await session.userSays(`This is ${turn}.`);
      await session.memory.stats();
    }
    expect(runtime.memories.size).toBe(2);

    for (const session of sessions) await session.memory.buildContext();

    expect(runtime.memories.size).toBe(1);
  });

  test('one that nobody uses goes', async () => {
    const runtime = aRuntime({ limits: { residentMemoryIdleMs: 5 } });
    await talk(managerOf(runtime, 's'), 1);
    await managerOf(runtime, 's').memory.stats();

    await vi.waitFor(() => expect(runtime.memories.size).toBe(0), { timeout: 10_000 });

    expect((await managerOf(runtime, 's').memory.stats()).pages).toBe(2);
  });

  test('it goes with its session, of whomever', async () => {
    const runtime = aRuntime();
    const sessions = ['a', 'b', 'c'].map((id) => managerOf(runtime, id));
    for (const session of sessions) {
      await session.userSays('What is in it?');
      await session.memory.buildContext();
    }

    await sessions[0]!.delete();
    expect(runtime.memories.size).toBe(2);
    await sessions[1]!.erase();
    expect(runtime.memories.size).toBe(1);
    runtime.memories.forgetTenant('another');
    expect(runtime.memories.size).toBe(1);
    runtime.memories.forgetTenant('default');
    expect(runtime.memories.size).toBe(0);
  });
});
