import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';
import { compiled } from '../../lib/processes/compiled.ts';
import { pagefold as run } from './spawn.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a client reads of a session that `pagefold mcp` serves from an export of the given tenant. */
async function historyRead(setting: {
  readonly tenant: string | undefined;
  readonly options: readonly string[];
  readonly asked: Readonly<Record<string, string>>;
}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pagefold-mcp-'));
  try {
    const path = join(folder, 's.jsonl');
    await using pagefold = await openPagefold();
    const session = pagefold.session('s', { tenant: setting.tenant });
    await session.userSays('Where is the blue whale?');
    const lines: string[] = [];
    for await (const line of session.export()) lines.push(`${line}\n`);
    await writeFile(path, lines.join(''));
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [compiled('src/cli/main.ts'), 'mcp', path, ...setting.options],
        cwd: ROOT,
        stderr: 'ignore',
      }),
    );
    const answer = await client.callTool({ name: 'session_history', arguments: setting.asked });
    await client.close();
    return JSON.stringify(answer.content);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('pagefold mcp serves the sessions of an export to a client over standard input and output', async () => {
  const setting = { tenant: undefined, options: ['--session', 's'], asked: {} };
  expect(await historyRead(setting)).toContain('blue whale');
}, 60_000);

test('pagefold mcp serves the tenant that an export is of', async () => {
  const setting = { tenant: 'one', options: [], asked: { session_id: 's' } };
  expect(await historyRead(setting)).toContain('blue whale');
}, 60_000);

test('pagefold mcp says what is wrong with its options', async () => {
  const { exitCode, stderr } = await run(['mcp', '--http', 'x']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--http takes a port, not x');
}, 60_000);
