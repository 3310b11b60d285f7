import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, pagefold, start } from './spawn.ts';

const CHAT = JSON.stringify([
  { role: 'user', content: 'Wie viel kostet das? 🚀' },
  { role: 'assistant', content: 'Zwölf Euro.' },
]);

/** A folder that is gone after the test. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pagefold-cli-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the command line tool', () => {
  test('tracks what comes on standard input', async () => {
    const { exitCode, stdout, stderr } = await pagefold(['track', '-', '--json'], CHAT);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      tenants: [{ tenant: 'default', sessions: 1, messages: 2 }],
      totals: { tenants: 1, messages: 2, unpricedCalls: 0 },
    });
  });

  test('writes, restores and shows a session through files', async () => {
    await inFolder(async (folder) => {
      const [chat, first, second] = ['chat.json', 'first.jsonl', 'second.jsonl'].map((name) =>
        join(folder, name),
      ) as [string, string, string]; // three names, three paths
      await writeFile(chat, CHAT);
      await expect(pagefold(['export', chat, '--out', first])).resolves.toEqual({
        exitCode: 0,
        stdout: '',
        stderr: '',
      });
      await expect(pagefold(['import', first, '--out', second])).resolves.toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^session +chat\n/),
      });
      expect(await readFile(second)).toEqual(await readFile(first));
      expect((await readdir(folder)).toSorted()).toEqual([
        'chat.json',
        'first.jsonl',
        'second.jsonl',
      ]);
      await expect(pagefold(['show', first])).resolves.toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('Wie viel kostet das? 🚀'),
      });
    });
  });

  test('ends with 2 for bad input, and leaves the file alone that it was to write', async () => {
    await inFolder(async (folder) => {
      const [bad, out] = [join(folder, 'bad.jsonl'), join(folder, 'out.jsonl')];
      await writeFile(bad, '{"role":"user","content":"x"}\n{"role":"user","content":7}\n');
      await writeFile(out, 'before');
      const run = await pagefold(['export', bad, '--out', out]);
      expect(run).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `pagefold: ${bad}:2: content: expected text, an array of parts, or null\n`,
      });
      expect(await readFile(out, 'utf8')).toBe('before');
      const missing = await pagefold(['track', join(folder, 'none.json')]);
      expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
      expect(missing.stderr).toContain('none.json: expected a file that can be read (ENOENT)');
    });
  });

  test('ends with 2 when it was to write over what it reads, by whichever path or link', async () => {
    await inFolder(async (folder) => {
      const [chat, link] = [join(folder, 'chat.json'), join(folder, 'link.json')];
      await writeFile(chat, CHAT);
      await symlink(chat, link);
      const runs = await Promise.all([
        pagefold(['export', chat, '--out', `${folder}/./chat.json`]),
        pagefold(['export', '-', link, '--out', chat], CHAT),
        pagefold(['import', chat, '--out', link]),
      ]);
      const refusals = runs.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr]);
      const hint = (command: string): string => `pagefold help ${command} says how to use it\n`;
      expect(refusals).toEqual([
        [
          2,
          '',
          `pagefold: --out ${folder}/./chat.json would write over what is read\n${hint('export')}`,
        ],
        [2, '', `pagefold: --out ${chat} would write over what is read\n${hint('export')}`],
        [2, '', `pagefold: --out ${link} would write over what is read\n${hint('import')}`],
      ]);
      expect(await readFile(link, 'utf8')).toBe(CHAT);
      expect((await readdir(folder)).toSorted()).toEqual(['chat.json', 'link.json']);
    });
  });

  test('ends with 1 when a file cannot be written', async () => {
    const run = await pagefold(['export', '-', '--out', '/no/such/folder/out.jsonl'], CHAT);
    expect(run).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'pagefold: /no/such/folder/out.jsonl cannot be written (ENOENT)\n',
    });
  });

  test('ends with 2 for a command that there is not', async () => {
    const run = await pagefold(['sing']);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toBe(
      'pagefold: there is no command sing\npagefold help lists the commands\n',
    );
  });

  test('ends quietly when nobody reads on', async () => {
    const messages = Array.from({ length: 4000 }, () => ({
      role: 'user',
      content: 'x'.repeat(200),
    }));
    const child = start('src/cli/main.ts', ['export', '-', '--estimate']);
    child.stdout.once('data', () => child.stdout.destroy());
    const result = ended(child);
    child.stdin.end(JSON.stringify(messages));
    await expect(result).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('stops when it is interrupted', async () => {
    const child = start('src/cli/main.ts', ['track', '-']);
    const result = ended(child);
    // More than the pipe holds: when all of it is taken, the program reads and waits for the rest.
    child.stdin.write(`[${' '.repeat(1_000_000)}`, () => child.kill('SIGINT'));
    await expect(result).resolves.toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'pagefold: interrupted\n',
    });
  });
});
