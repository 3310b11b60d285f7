import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { FileLayout } from '../../../src/artifacts/file/file-layout.ts';
import { type ArtifactStore, createFileArtifactStore } from '../../../src/index.ts';
import { aFolder } from '../../lib/folder.ts';
import { compiled } from '../../lib/processes/compiled.ts';

const SCRIPT = compiled('test/integration/artifacts/putting-process.ts');
const KEY = { tenant: 'acme', sessionId: 'support-42' };

function aProcess(
  directory: string,
  count: string,
): { readonly child: ChildProcess; readonly acknowledged: AsyncIterable<string> } {
  const args = [SCRIPT, directory, KEY.sessionId, count];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 50_000,
  });
  return { child, acknowledged: createInterface({ input: child.stdout }) };
}

function contentOf(number: number): Buffer {
  return Buffer.from(`content ${number} `.repeat(10_000 + number));
}

/** Puts what a process acknowledged again, which finds it whole or is new. */
async function newAmong(
  store: ArtifactStore,
  numbers: readonly number[],
): Promise<readonly number[]> {
  const isNew: number[] = [];
  for (const number of numbers) {
    const put = { ...KEY, bytes: contentOf(number), mimeType: 'text/plain' };
    if ((await store.put(put)).isNew) isNew.push(number);
  }
  return isNew;
}

test.each([5, 13, 30])(
  'a process killed after %i puts leaves each of them whole',
  async (kills) => {
    const { path: directory, remove } = aFolder();
    onTestFinished(remove);
    const { child, acknowledged } = aProcess(directory, 'Infinity');
    const ended = once(child, 'close');
    const numbers: number[] = [];
    for await (const line of acknowledged) {
      numbers.push(Number(line));
      if (numbers.length === kills) child.kill('SIGKILL');
    }
    await ended;

    expect(child.signalCode).toBe('SIGKILL');
    expect(numbers.length).toBeGreaterThanOrEqual(kills);
    const store = createFileArtifactStore({ directory });
    let listed = 0;
    for await (const entry of store.list(KEY)) {
      expect(entry.kind).toBe('artifact');
      const { artifactId } = entry;
      const artifact = await store.get({ ...KEY, artifactId });
      expect(artifact?.bytes.length).toBe(artifact?.sizeBytes);
      listed += 1;
    }
    expect(listed).toBeGreaterThanOrEqual(numbers.length);
    expect(await newAmong(store, numbers)).toEqual([]);
  },
);

test('processes that put the same contents at once store each once, and whole', async () => {
  const { path: directory, remove } = aFolder();
  onTestFinished(remove);
  const count = 40;
  const runs = [1, 2].map(async () => {
    const { child, acknowledged } = aProcess(directory, String(count));
    const ended = once(child, 'close');
    let lines = 0;
    for await (const _line of acknowledged) lines += 1;
    await ended;
    return { lines, exitCode: child.exitCode };
  });

  expect(await Promise.all(runs)).toEqual(Array(2).fill({ lines: count, exitCode: 0 }));
  const store = createFileArtifactStore({ directory });
  const { tiers, damaged } = await store.stats(KEY);
  expect({ L3: tiers.L3.artifacts, L4: tiers.L4.artifacts, damaged }).toEqual({
    L3: 20,
    L4: 20,
    damaged: 0,
  });
  const numbers = Array.from({ length: count }, (_, number) => number);
  expect(await newAmong(store, numbers)).toEqual([]);
  expect(await readdir(new FileLayout(directory, 'x').writing)).toEqual([]);
});
