import { randomBytes } from 'node:crypto';
import { getHeapSnapshot } from 'node:v8';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryStore, openPagefold, type SessionManager } from '../../../src/index.ts';

/** Bytes of a word that nothing else says. As a string it would be in the heap by itself. */
function aMarker(): Buffer {
  return Buffer.from(`q${randomBytes(8).toString('hex')}`);
}

/** Says a word in every way in which a session remembers. */
async function remember(session: SessionManager, marker: Buffer): Promise<void> {
  await session.userSays(`${marker.toString()} is what we decided to call the harbour. Remember.`);
  await session.aiResponds(`${marker.toString()} it is. ${'It was counted twice. '.repeat(20)}`);
  await session.toolUsed({
    toolName: 'look_up',
    arguments: { q: 1 },
    result: `${marker.toString()} found`,
  });
  await session.memory.write({ content: `${marker.toString()} has two cranes.`, isPinned: true });
  for (let turn = 1; turn <= 12; turn += 1) {
    // In order: a conversation is one thing after the other.
    await session.userSays(`${marker.toString()} has what number in year ${turn}?`);
    await session.aiResponds(`In year ${turn} it is ${turn * 7}. ${'It was counted. '.repeat(30)}`);
  }
  await session.memory.buildContext();
  await session.memory.search(marker.toString());
  await session.userSays(`What did we decide about ${marker.toString()}?`);
  await session.memory.buildContext();
  await session.memory.buildContext();
}

/** How many strings of the heap hold each of the markers. */
async function countInHeap(markers: readonly Buffer[]): Promise<readonly number[]> {
  // The engine itself holds the text that a regular expression was matched with last.
  /a/.test('a');
  const counts = markers.map(() => 0);
  let rest = Buffer.alloc(0);
  for await (const chunk of getHeapSnapshot()) {
    const text = Buffer.concat([rest, chunk as Buffer]); // a stream of bytes
    for (const [at, marker] of markers.entries()) counts[at]! += occurrences(text, marker);
    rest = text.subarray(Math.max(0, text.length - 16));
  }
  return counts;
}

function occurrences(text: Buffer, marker: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + 1)) count += 1;
  return count;
}

describe('what a process holds of sessions', () => {
  test('nothing of one that was removed is left in the heap', { timeout: 60_000 }, async () => {
    const store = createMemoryStore();
    const here = await openPagefold({ tokens: 'estimate', store });
    const elsewhere = await openPagefold({ tokens: 'estimate', store });
    onTestFinished(async () => {
      await Promise.all([here.close(), elsewhere.close()]);
      await store.close();
    });
    const memory = { maxTokens: 1_200 };
    const names = ['deleted', 'erased', 'of-user', 'removed-elsewhere', 'kept'] as const;
    const markers = names.map(() => aMarker());
    const sessions = names.map((name) =>
      here.session(name, { memory, ...(name === 'of-user' ? { userId: 'u' } : {}) }),
    );
    for (const [at, session] of sessions.entries()) await remember(session, markers[at]!);
    const before = await countInHeap(markers);

    await sessions[0]!.delete();
    await sessions[1]!.erase();
    await here.erase({ tenant: 'default', userId: 'u' });
    await elsewhere.session('removed-elsewhere').erase();
    await expect(sessions[3]!.memory.stats()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    const after = await countInHeap(markers);

    expect(Math.min(...before)).toBeGreaterThan(0);
    expect(after.slice(0, -1)).toEqual([0, 0, 0, 0]);
    expect(after.at(-1)).toBeGreaterThan(0);
  });
});
