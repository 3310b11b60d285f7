import { describe, expect, test } from 'vitest';
import { getVersion } from '../../../src/index.ts';
import { runInMemory } from './scripted-terminal.ts';

const COMMANDS = ['track', 'show', 'export', 'import'];

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
    [[], 'which command?'],
    [['trak'], 'there is no command trak'],
    [['help', 'trak'], 'there is no command trak'],
    [['--nonsense'], 'there is no command --nonsense'],
    [['\u001b[31m'], 'there is no command ␛[31m'],
  ])('answers %j with its usage and exit code 2', async (args, message) => {
    const run = await runInMemory(args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(`pagefold: ${message}\n\nUsage: pagefold COMMAND`);
  });

  test.each(['show', 'import'])('wants exactly one session export for %s', async (name) => {
    for (const files of [[], ['a', 'b']]) {
      const run = await runInMemory([name, ...files]);
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toContain('which session export?');
    }
  });
});
