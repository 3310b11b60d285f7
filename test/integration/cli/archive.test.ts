import { describe, expect, test } from 'vitest';
import { createMemoryArtifactStore, openPagefold } from '../../../src/index.ts';
import { runInMemory } from './scripted-terminal.ts';

const TREE = JSON.stringify({
  message_tree_id: 'tree',
  tenant: 'acme',
  prompt: {
    role: 'prompter',
    text: 'One question',
    replies: [
      { role: 'assistant', text: 'first' },
      {
        role: 'assistant',
        text: 'second',
        replies: [
          { role: 'prompter', text: 'why?' },
          { role: 'prompter', text: 'how?' },
        ],
      },
    ],
  },
});

/** A conversation with everything: prompt, tool call, several segments, languages. */
const CHAT = JSON.stringify({
  id: 'chat',
  tenant: 'acme',
  user: 'ann',
  reward: 1,
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Wo ist Bestellung 7?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', function: { name: 'find', arguments: '{"id":7}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: '{"status":"unterwegs"}' },
    ...Array.from({ length: 30 }, (_, index) => ({
      role: index % 2 === 0 ? 'assistant' : 'user',
      content: `注文${index} \ud83d\ude80 __proto__ "quoted"`,
    })),
  ],
});

/** The text of a session export. */
async function exported(chat: string, ...args: readonly string[]): Promise<string> {
  const run = await runInMemory(['export', 'in.json', '--estimate', ...args], {
    files: { 'in.json': chat },
  });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return run.stdout;
}

describe('pagefold export and import', () => {
  test.each([
    ['a session with segments and tool calls', CHAT, []],
    ['a session with branches', TREE, []],
    ['a branch of a branch, which brings its origins along', TREE, ['--session', 'tree.2']],
  ])('give back %s byte for byte', async (_, chat, args) => {
    const archive = await exported(chat, ...args);
    const run = await runInMemory(['import', '-', '--out', 'again.jsonl'], {
      files: { '-': archive },
    });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.files['again.jsonl']).toBe(archive);
  });

  test('give it back on standard output where that is named, and say what it holds beside it', async () => {
    const archive = await exported(CHAT);
    const files = { 'a.jsonl': archive };
    const [piped, told] = await Promise.all([
      runInMemory(['import', 'a.jsonl', '--out', '-'], { files }),
      runInMemory(['import', 'a.jsonl'], { files }),
    ]);
    expect(piped).toEqual({ exitCode: 0, stdout: archive, stderr: told.stdout, files });
  });

  test('read a session whose life is over before that, and give it back with its life', async () => {
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const session = pagefold.session('s');
    await session.userSays('hello');
    await session.setTimeToLive(60_000);
    let archive = '';
    for await (const line of session.export()) archive += `${line}\n`;
    const brief = archive.replace('"slidingMs":60000', '"slidingMs":1');

    const run = await runInMemory(['import', '-', '--out', 'again.jsonl'], {
      files: { '-': brief },
    });

    expect(brief).not.toBe(archive);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.files['again.jsonl']).toBe(brief);
  });

  test('give back content that was too large for records', async () => {
    await using pagefold = await openPagefold({
      tokens: 'estimate',
      artifacts: createMemoryArtifactStore(),
    });
    const session = pagefold.session('s', { parentId: 'parent' });
    await pagefold.session('parent').userSays('hello');
    await session.userSays('größe 🚢 '.repeat(50_000));
    await pagefold.session('child', { parentId: 's' }).userSays('hello');
    let archive = '';
    for await (const line of session.export()) archive += `${line}\n`;
    expect(archive).toContain('\n{"content":');

    const run = await runInMemory(['import', '-', '--out', 'again.jsonl'], {
      files: { '-': archive },
    });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.files['again.jsonl']).toBe(archive);
    const shown = await runInMemory(['show', '-', '--full'], { files: { '-': archive } });
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toMatch(/characters left out/);
  });

  test('say what the session holds', async () => {
    const run = await runInMemory(['import', 'a.jsonl'], {
      files: { 'a.jsonl': await exported(CHAT) },
    });
    expect(run.stdout).toMatch(/^session +chat$/m);
    expect(run.stdout).toMatch(/^tenant +acme$/m);
    expect(run.stdout).toMatch(/^messages +32 \(16 of the user, 16 of the model\)$/m);
    expect(run.stdout).toMatch(/^tool calls +1$/m);
    expect(run.stdout).toMatch(/^segments +2$/m);
    expect(run.stdout).toMatch(/^properties +\{"reward":1,"user_id":"ann"\}$/m);
  });

  test('say what a fork comes from', async () => {
    const run = await runInMemory(['import', 'a.jsonl'], {
      files: { 'a.jsonl': await exported(TREE, '--session', 'tree.2') },
    });
    expect(run.stdout).toMatch(/^session +tree\.2$/m);
    expect(run.stdout).toMatch(/^fork of +tree\.1, after record \d+$/m);
    expect(run.stdout).toMatch(/^messages +3 /m);
    expect(run.stdout).toContain('restored with 2 it is a fork of');
  });

  test('write to a file that is named', async () => {
    const files = { 'in.json': CHAT };
    const run = await runInMemory(['export', 'in.json', '--out', 'out.jsonl'], { files });
    expect(run).toMatchObject({ exitCode: 0, stdout: '' });
    expect(run.files['out.jsonl']?.split('\n')[0]).toContain('"format":"pagefold-session"');
  });

  test('write to standard output where that is named', async () => {
    const files = { 'in.json': CHAT };
    const run = await runInMemory(['export', 'in.json', '--out', '-'], { files });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout.split('\n')[0]).toContain('"format":"pagefold-session"');
    expect(run.files).toEqual(files);
  });

  test('want to know which of several sessions', async () => {
    const chats = ['a', 'b'].map((id) => ({ id, messages: [{ role: 'user', content: 'x' }] }));
    const run = await runInMemory(['export', 'in.json'], {
      files: { 'in.json': JSON.stringify(chats) },
    });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('--session takes one of a, b');
    await expect(exported(JSON.stringify(chats), '--session', 'b')).resolves.toContain(
      '"sessionId":"b"',
    );
  });

  test('refuse an id that two tenants have, unless one of them is named', async () => {
    const chats = ['x', 'y'].map((tenant) => ({
      id: 'a',
      tenant,
      messages: [{ role: 'user', content: 'x' }],
    }));
    const run = await runInMemory(['export', 'in.json', '--session', 'a'], {
      files: { 'in.json': JSON.stringify(chats) },
    });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('--session takes one of a (--tenant x), a (--tenant y)');

    const chosen = await exported(JSON.stringify(chats), '--session', 'a', '--tenant', 'y');
    expect(chosen).toContain('"tenant":"y"');
    expect(chosen).not.toContain('"tenant":"x"');
  });
});

describe('pagefold import refuses', () => {
  test.each<[string, (archive: string) => string, string]>([
    ['an empty file', () => '', 'a.jsonl: line 1: expected a header'],
    ['something else', () => '{"role":"user"}', 'a.jsonl: line 1.format: expected'],
    [
      'a broken line',
      (archive) => archive.replace('{"record":"1{', '{"record":1{'),
      'a.jsonl: line 2: expected JSON',
    ],
    [
      'a missing record',
      (archive) => archive.replace(/\n[^\n]+\n$/, '\n'),
      'a.jsonl: records: expected',
    ],
    [
      'a changed record',
      (archive) => archive.replace('event-recorded', 'event-forgotten'),
      'record: expected a record',
    ],
    [
      'a newer version',
      (archive) => archive.replace('"version":1', '"version":99'),
      'a.jsonl: The export has version 99',
    ],
    [
      'the same session twice',
      (archive) => archive + archive,
      'a.jsonl: Session already exists: chat',
    ],
  ])('%s', async (_, damage, message) => {
    const archive = damage(await exported(CHAT));
    for (const command of ['import', 'show']) {
      const run = await runInMemory([command, 'a.jsonl'], { files: { 'a.jsonl': archive } });
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toContain(message);
    }
  });

  test.each([
    ['a conversation', CHAT],
    ['a tree of replies', TREE],
    ['messages, one a line', '\n{"role":"user","content":"hi"}\n{"role":"user","content":"ho"}\n'],
  ])('a chat export: %s, naming the commands that read one', async (_, chat) => {
    for (const command of ['import', 'show']) {
      const run = await runInMemory([command, 'chat.json'], { files: { 'chat.json': chat } });
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toMatch(
        /^pagefold: chat.json: expected a session export, but this is a chat export: .*pagefold export .*pagefold track /,
      );
    }
  });

  test('a fork without what it was forked from, naming the line of the file', async () => {
    const archive = await exported(TREE, '--session', 'tree.1');
    const [, ...starts] = [...archive.matchAll(/^\{"format"/gm)].map(({ index }) => index);
    const alone = archive.slice(starts[0]);
    const run = await runInMemory(['import', 'a.jsonl'], { files: { 'a.jsonl': alone } });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('a.jsonl: Session not found: tree');
    const broken = archive.replace(/\n[^\n]+\n$/, '\n{"record":7}\n');
    const second = await runInMemory(['import', 'a.jsonl'], { files: { 'a.jsonl': broken } });
    const line = broken.trimEnd().split('\n').length;
    expect(second.stderr).toContain(`a.jsonl: line ${line}.record: expected`);
  });
});

describe('pagefold show', () => {
  test('prints figures, turns, tool calls and summaries', async () => {
    const archive = await exported(CHAT);
    const run = await runInMemory(['show', 'a.jsonl'], { files: { 'a.jsonl': archive } });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toContain('system prompt\n  Be brief.\n');
    expect(run.stdout).toContain(
      '== segment 1 of 2, 21 messages ==\n\nuser\n  Wo ist Bestellung 7?\n',
    );
    expect(run.stdout).toContain(
      'assistant (gpt-4o-mini)\n  -> find {"id":7}\n\n  tool find\n    asked: {"id":7}\n    got: {"status":"unterwegs"}\n',
    );
    expect(run.stdout).toContain('summary of segment 1 (extractive)\n');
    expect(run.stdout).toContain('== segment 2 of 2, 11 messages ==');
  });

  test('wraps to the width of the terminal and shortens long texts, unless told not to', async () => {
    const content = `${'日本語の長い文章。'.repeat(200)} THE END`;
    const archive = await exported(JSON.stringify([{ role: 'user', content }]));
    const files = { 'a.jsonl': archive };
    const short = await runInMemory(['show', 'a.jsonl'], { files, columns: 60 });
    expect(short.stdout).toMatch(/\.\.\. \d+ more lines \(--full shows them\)/);
    expect(short.stdout).not.toContain('THE END');
    const full = await runInMemory(['show', 'a.jsonl', '--full'], { files, columns: 60 });
    expect(full.stdout).toContain('THE END');
    expect(full.stdout.split('\n').every((line) => line.length <= 60)).toBe(true);
  });

  test('obeys nothing that a conversation, a tool, a model or a property contains', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202Egnp\r';
    const chat = {
      id: 'a',
      user: 'u',
      metadata: { [evil]: evil },
      messages: [
        { role: 'system', content: evil },
        { role: 'user', content: evil },
        {
          role: 'assistant',
          content: evil,
          model: evil,
          tool_calls: [{ id: evil, function: { name: evil, arguments: evil } }],
        },
        { role: 'tool', tool_call_id: evil, content: evil },
        { role: 'user', content: [{ type: evil }, { type: 'text', text: evil }] },
      ],
    };
    const archive = await exported(JSON.stringify(chat));
    const run = await runInMemory(['show', '-', '--full'], { files: { '-': archive } });
    expect(run.exitCode).toBe(0);
    expect(run.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202A-\u202E]/u);
    expect(run.stdout).toContain('␛]0;owned␇␛[2J<U+009B>31m<U+202E>gnp␍');
  });
});
