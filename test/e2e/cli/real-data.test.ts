import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pagefold } from './spawn.ts';

const FOLDER =
  process.env['PAGEFOLD_DATA'] ??
  fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const IS_ABSENT = !existsSync(join(FOLDER, 'conversations'));

if (IS_ABSENT) {
  process.stderr.write(
    `Skipping tests of the command line over real data: ${FOLDER} is absent (set PAGEFOLD_DATA)\n`,
  );
}

const FILES = {
  locomo: join(FOLDER, 'conversations/locomo.json'),
  beam: join(FOLDER, 'conversations/beam-100k.json'),
  trees: join(FOLDER, 'conversations/oasst-trees.jsonl'),
  airline: join(FOLDER, 'toolcalls/tau-airline.json'),
  questions: join(FOLDER, 'toolcalls/bfcl-multi-turn.json'),
};

describe.skipIf(IS_ABSENT)('over real conversations (skipped without PAGEFOLD_DATA)', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pagefold-real-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('track records every message, tool call and branch of all collections at once', async () => {
    const run = await pagefold(['track', ...Object.values(FILES), '--json']);
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const report = JSON.parse(run.stdout) as { readonly tenants: readonly object[] }; // checked below
    expect(report).toMatchObject({
      tenants: [
        { tenant: 'locomo', sessions: 5, messages: 2760, toolCalls: 0 },
        { tenant: 'beam-100k', sessions: 8, messages: 1818, toolCalls: 0 },
        { tenant: 'oasst-trees', sessions: 288, messages: 549, toolCalls: 0 },
        { tenant: 'tau-airline', sessions: 100, messages: 1986, toolCalls: 572 },
        { tenant: 'bfcl-multi-turn', sessions: 100, messages: 330, toolCalls: 0 },
      ],
      totals: { tenants: 5, sessions: 501, messages: 7443, toolCalls: 572, unpricedCalls: 0 },
    });
  });

  test.each([
    ['a very long conversation', FILES.locomo, 'conv-43'],
    ['an agent at work', FILES.airline, 'tau-airline-7'],
    ['a chat of 100,000 tokens', FILES.beam, 'beam-100k-8'],
    ['a branch of a tree', FILES.trees, '054e1df3-35e0-4bb8-a585-607dbdcd24e0.2'],
  ])('export, import and export again gives back %s byte for byte', async (_, file, session) => {
    const first = join(folder, `${session}.first`);
    const second = join(folder, `${session}.second`);
    const written = await pagefold(['export', file, '--session', session, '--out', first]);
    expect(written).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const restored = await pagefold(['import', first, '--out', second]);
    expect(restored).toMatchObject({ exitCode: 0, stderr: '' });
    expect(restored.stdout).toContain(session);
    expect((await readFile(second)).equals(await readFile(first))).toBe(true);
    const shown = await pagefold(['show', second, '--full']);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
