import { describe, expect, test } from 'vitest';
import { createMemoryArtifactStore, openPagefold } from '../../../src/index.ts';
import { runInMemory } from './scripted-terminal.ts';

/** Ends a server as soon as it listens. */
const STOPPED = { signal: AbortSignal.abort() };

async function exported(sessionId: string, tenant: string): Promise<string> {
  await using pagefold = await openPagefold();
  const session = pagefold.session(sessionId, { tenant });
  await session.userSays('Where is the blue whale?');
  const lines: string[] = [];
  for await (const line of session.export()) lines.push(`${line}\n`);
  return lines.join('');
}

describe('pagefold mcp over exports', () => {
  test.each([
    [['a.jsonl', '--session', 'nope'], 'the exports hold no session nope'],
    [['a.jsonl', '--tenant', 'nobody'], 'the exports hold no session of the tenant nobody'],
    [
      ['a.jsonl', 'b.jsonl', '--session', 's', '--tenant', 'nobody'],
      'the exports hold no session s of the tenant nobody',
    ],
    [
      ['a.jsonl', 'b.jsonl', '--session', 'own', '--tenant', 'one'],
      'the exports hold no session own of the tenant one',
    ],
    [
      ['a.jsonl', 'b.jsonl'],
      'the exports hold sessions of several tenants (one, two): --tenant says which is served',
    ],
    [
      ['a.jsonl', 'b.jsonl', '--session', 's'],
      'the exports hold a session s of several tenants (one, two): --tenant says which is served',
    ],
  ])('refuses %j at the start', async (args, message) => {
    const files = {
      'a.jsonl': await exported('s', 'one'),
      'b.jsonl': `${await exported('s', 'two')}${await exported('own', 'two')}`,
    };
    const run = await runInMemory(['mcp', ...args], { files });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`pagefold: ${message}\n`);
    expect(run.stdout).toBe('');
  });

  test.each([
    [['a.jsonl']],
    [['a.jsonl', 'b.jsonl', '--tenant', 'two']],
    [['a.jsonl', 'b.jsonl', '--session', 'own']],
  ])('serves %j', async (args) => {
    const files = {
      'a.jsonl': await exported('s', 'one'),
      'b.jsonl': await exported('own', 'two'),
    };
    const run = await runInMemory(['mcp', ...args, '--http', '0'], { files, ...STOPPED });
    expect(run.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp\n$/);
  });

  test('serves exports with content that was too large for records', async () => {
    const artifacts = createMemoryArtifactStore();
    await using pagefold = await openPagefold({ artifacts });
    const session = pagefold.session('s');
    await session.userSays('Where is the blue whale? '.repeat(8_000));
    const lines: string[] = [];
    for await (const line of session.export()) lines.push(`${line}\n`);

    const files = { 'a.jsonl': lines.join('') };
    const run = await runInMemory(['mcp', 'a.jsonl', '--http', '0'], { files, ...STOPPED });

    expect(run.stdout).toMatch(/^http:/);
  });

  test.each([
    ['--redis', 'redis://localhost'],
    ['--namespace', 'n'],
    ['--artifacts', 'a'],
  ])('refuses %s beside exports', async (...options) => {
    const files = { 'a.jsonl': await exported('s', 'one') };
    const run = await runInMemory(['mcp', 'a.jsonl', ...options], { files });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('exports hold all that is served');
  });

  test('says when an artifact store is of no use, or not there', async () => {
    const alone = await runInMemory(['mcp', '--artifacts', '.']);
    expect(alone.stderr).toContain('SESSION_PROVIDER names none');

    const lost = await runInMemory(['mcp', '--redis', 'redis://localhost', '--artifacts', 'lost']);
    expect(lost.stderr).toContain('there is no such folder');
  });
});
