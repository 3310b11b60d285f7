import { describe, expect, test } from 'vitest';
import { getVersion } from '../../../src/index.ts';
import { runInMemory } from './scripted-terminal.ts';

const COMMANDS = ['track', 'show', 'export', 'import', 'worker', 'queue'];

describe('pagefold', () => {
  test.each(['--help', '-h', 'help'])('lists its commands for %s', async (option) => {
    const run = await runInMemory([option]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of COMMANDS) expect(run.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test.each(COMMANDS)('says how to use %s', async (name) => {
    const run = await runInMemory([name, '--help']);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(new RegExp(`^Usage: pagefold ${name} `));
  });

  test.each(COMMANDS)('says how to use %s when asked by name', async (name) => {
    const asked = await runInMemory(['help', name]);
    expect(asked).toEqual(await runInMemory([name, '--help']));
  });

  test('says its version', async () => {
    const run = await runInMemory(['--version']);
    expect(run).toMatchObject({ exitCode: 0, stdout: `${getVersion()}\n`, stderr: '' });
  });

  test.each([
    [[], 'which command? track, show, export, import, sessions, worker, queue, mcp'],
    [['trak'], 'there is no command trak'],
    [['help', 'trak'], 'there is no command trak'],
    [['--nonsense'], 'there is no command --nonsense'],
    [['--version', 'track'], 'there is no place for track'],
    [['--help', 'track'], 'there is no place for track'],
    [['\u001b[31m'], 'there is no command ␛[31m'],
  ])('answers %j with one line, where to read on, and exit code 2', async (args, message) => {
    const run = await runInMemory(args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toBe(`pagefold: ${message}\npagefold help lists the commands\n`);
  });

  test('explains one command at a time', async () => {
    await expect(runInMemory(['help', 'track', 'show'])).resolves.toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: 'pagefold: there is no place for show\npagefold help track says how to use it\n',
    });
    const asked = await runInMemory(['help', 'track', '--help']);
    expect(asked).toEqual(await runInMemory(['help', 'track']));
  });

  test.each(['worker', 'queue'])('takes options alone for %s', async (name) => {
    await expect(runInMemory([name, 'revive', 'j__5'])).resolves.toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `pagefold: only options are taken here, not revive\npagefold help ${name} says how to use it\n`,
    });
  });

  test.each(['show', 'import'])('wants exactly one session export for %s', async (name) => {
    const hint = `pagefold help ${name} says how to use it\n`;
    await expect(runInMemory([name])).resolves.toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `pagefold: which session export?\n${hint}`,
    });
    await expect(runInMemory([name, 'a', 'b'])).resolves.toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `pagefold: one session export at a time, not 2\n${hint}`,
    });
  });
});
