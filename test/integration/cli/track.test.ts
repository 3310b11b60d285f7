import { describe, expect, test } from 'vitest';
import { runInMemory } from './scripted-terminal.ts';

const CHAT = JSON.stringify([
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Where is order 7?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'find', arguments: '{"id":7}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: 'on its way' },
  { role: 'assistant', content: 'On its way.' },
]);

const LOG = [
  { tenant: 'x', session: 's', role: 'user', content: 'Hello' },
  { tenant: 'y', session: 's', role: 'user', content: 'Hello' },
  { tenant: 'x', session: 's', role: 'assistant', content: 'Hi', model: 'no-such-model-9' },
  { tenant: 'x', session: 't', role: 'user', content: 'Bye' },
]
  .map((line) => JSON.stringify(line))
  .join('\n');

const TREE = JSON.stringify({
  message_tree_id: 'tree',
  prompt: {
    role: 'prompter',
    text: 'One question',
    replies: ['first', 'second', 'third'].map((text) => ({ role: 'assistant', text, replies: [] })),
  },
});

/** A conversation of so many questions, each with its answer. */
function longChat(exchanges: number): string {
  const messages = Array.from({ length: exchanges }, (_, index) => [
    { role: 'user', content: `Question ${index}` },
    { role: 'assistant', content: `Answer ${index}` },
  ]);
  return JSON.stringify({ id: 'long', messages: messages.flat() });
}

/** The document of `--json`. */
async function tracked(
  args: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<{
  readonly tenants: readonly object[];
  readonly totals: Readonly<Record<string, unknown>>;
  readonly unpriced: readonly object[];
}> {
  const run = await runInMemory(['track', ...args, '--json', '--estimate'], { files });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(run.stdout) as Awaited<ReturnType<typeof tracked>>; // checked by the tests
}

describe('pagefold track', () => {
  test('prints a table with a row for each tenant and one for all', async () => {
    const files = { 'chat.json': CHAT, 'log.jsonl': LOG };
    const run = await runInMemory(['track', 'chat.json', 'log.jsonl'], { files });
    const [head, chat, x, y, rule, total, blank, speed] = run.stdout.split('\n');
    expect(head).toMatch(/^tenant +sessions +messages +tool calls +tokens +cost +segments$/);
    expect(chat).toMatch(/^chat +1 +3 +1 +\d+ +\$0\.\d+ +1$/);
    expect(x).toMatch(/^x +2 +3 +0 +\d+ +unpriced +2$/);
    expect(y).toMatch(/^y +1 +1 +0 +\d+ +\$0 +1$/);
    expect(rule).toMatch(/^-+$/);
    expect(total).toMatch(/^3 tenants +4 +7 +1 +\d+ +\$0\.\d+ \+ 1 unpriced +4$/);
    expect(blank).toBe('');
    expect(speed).toMatch(/^Recorded in .+: [\d,]+ messages a second\.$/);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('prints one JSON document on request', async () => {
    const report = await tracked(['log.jsonl', '--tenant', 'z'], { 'log.jsonl': LOG });
    expect(report.tenants).toEqual([
      {
        tenant: 'x',
        sessions: 2,
        messages: 3,
        toolCalls: 0,
        tokens: expect.any(Number),
        costUsd: '0',
        pricedCalls: 0,
        unpricedCalls: 1,
        segments: 2,
      },
      expect.objectContaining({ tenant: 'y', sessions: 1, messages: 1 }),
    ]);
    expect(report.totals).toMatchObject({
      tenants: 2,
      sessions: 3,
      messages: 4,
      elapsedMs: expect.any(Number),
      messagesPerSecond: expect.any(Number),
    });
  });

  test('reads standard input', async () => {
    const report = await tracked(['-', '--tenant', 'acme'], { '-': CHAT });
    expect(report.tenants).toMatchObject([{ tenant: 'acme', messages: 3, toolCalls: 1 }]);
  });

  test('divides long conversations into segments unless told not to', async () => {
    const files = { 'long.json': longChat(30) };
    await expect(tracked(['long.json'], files)).resolves.toMatchObject({ totals: { segments: 3 } });
    await expect(tracked(['long.json', '--max-turns', '10'], files)).resolves.toMatchObject({
      totals: { segments: 6 },
    });
    await expect(tracked(['long.json', '--threshold', '50'], files)).resolves.toMatchObject({
      totals: { messages: 60, segments: expect.toSatisfy((count: number) => count > 6) },
    });
    await expect(tracked(['long.json', '--no-infinite'], files)).resolves.toMatchObject({
      totals: { segments: 1 },
    });
    for (const option of ['--threshold', '--max-turns']) {
      const run = await runInMemory(['track', 'long.json', '--no-infinite', option, '50'], {
        files,
      });
      expect(run).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr).toContain('--threshold and --max-turns go without it');
    }
  });

  test('prices answers by the model and the provider of the command line, and by reported usage', async () => {
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
    const answer = { role: 'assistant', content: 'x', usage };
    const files = { 'a.json': JSON.stringify([answer]) };
    const args = ['a.json', '--model', 'gpt-4o-mini', '--provider', 'openai'];
    await expect(tracked(args, files)).resolves.toMatchObject({ totals: { costUsd: '0.15' } });
    await expect(tracked(['a.json', '--model', 'no-such-model-9'], files)).resolves.toMatchObject({
      totals: { costUsd: '0', unpricedCalls: 1 },
    });
  });

  test('says why calls have no price, once for each model and provider', async () => {
    const answers = [
      { model: 'gpt-4o-mini', provider: 'acme' },
      { model: 'no-such-model-9' },
      { model: 'no-such-model-9', provider: 'acme' },
      { model: 'gpt-4o-mini', provider: 'acme' },
      { model: 'gpt-4o-mini', provider: 'openai' },
    ].map((one) => ({ role: 'assistant', content: 'x', ...one }));
    const files = { 'a.json': JSON.stringify(answers) };
    await expect(tracked(['a.json'], files)).resolves.toMatchObject({
      totals: { pricedCalls: 1, unpricedCalls: 4 },
      unpriced: [
        { model: 'gpt-4o-mini', provider: 'acme', reason: 'unknown-provider' },
        { model: 'no-such-model-9', provider: null, reason: 'unknown-model' },
        { model: 'no-such-model-9', provider: 'acme', reason: 'unknown-model' },
      ],
    });
    const { stdout } = await runInMemory(['track', 'a.json'], { files });
    expect(stdout.split('\n').filter((line) => line.startsWith('Unpriced: '))).toEqual([
      'Unpriced: the price list has gpt-4o-mini, but not of the provider acme.',
      'Unpriced: the price list has no model no-such-model-9.',
      'Unpriced: the price list has no model no-such-model-9 of acme.',
    ]);
  });

  test('names only the first of many models without a price', async () => {
    const answers = Array.from({ length: 8 }, (_, index) => ({
      role: 'assistant',
      content: 'x',
      model: `no-such-model-${index}`,
    }));
    const files = { 'a.json': JSON.stringify(answers) };
    const { stdout } = await runInMemory(['track', 'a.json'], { files });
    expect(stdout).toContain('no model no-such-model-4.\nUnpriced: 3 more models.\n');
  });

  test('says what its tokens and its costs are', async () => {
    const { stdout } = await runInMemory(['track', 'chat.json'], { files: { 'chat.json': CHAT } });
    expect(stdout).toContain('\nTokens are those of messages and tool calls; system prompts');
    expect(stdout).toContain('\nCost is an estimate: the prompts pagefold would send');
  });

  test('records each message of a tree once, and its other replies as forks', async () => {
    const report = await tracked(['tree.jsonl'], { 'tree.jsonl': TREE });
    expect(report.totals).toMatchObject({ sessions: 3, messages: 4, segments: 3 });
  });

  test('comes to the same figures whatever the concurrency', async () => {
    const chats = Array.from({ length: 40 }, (_, index) => ({
      id: `c${index}`,
      tenant: `t${index % 5}`,
      messages: [
        { role: 'user', content: `Question ${index}` },
        { role: 'assistant', content: 'Answer' },
      ],
    }));
    const files = { 'all.json': JSON.stringify(chats) };
    const one = await tracked(['all.json', '--concurrency', '1'], files);
    const many = await tracked(['all.json', '--concurrency', '500'], files);
    expect(many.tenants).toEqual(one.tenants);
    expect(one.totals).toMatchObject({ tenants: 5, sessions: 40, messages: 80 });
  });

  test('records only the session that is asked for, and names the only one there is', async () => {
    await expect(
      tracked(['log.jsonl', '--session', 't'], { 'log.jsonl': LOG }),
    ).resolves.toMatchObject({
      totals: { sessions: 1, messages: 1 },
    });
    await expect(
      tracked(['chat.json', '--session', 'mine'], { 'chat.json': CHAT }),
    ).resolves.toMatchObject({
      totals: { sessions: 1 },
    });
    const run = await runInMemory(['track', 'log.jsonl', '--session', 'q'], {
      files: { 'log.jsonl': LOG },
    });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('--session takes one of s (--tenant x), s (--tenant y), t');
  });

  test('shows its progress only where somebody watches', async () => {
    const files = { 'long.json': longChat(300) };
    const watched = await runInMemory(['track', 'long.json'], { files, isWatched: true });
    expect(watched.stderr).toContain(' of 600 recorded');
    expect(watched.stderr.endsWith('\r\u001b[K')).toBe(true);
    const unwatched = await runInMemory(['track', 'long.json'], { files });
    expect(unwatched.stderr).toBe('');
  });

  test('shows tenants without obeying what is in their names', async () => {
    const text = JSON.stringify({
      tenant: '\u202Eevil',
      messages: [{ role: 'user', content: 'x' }],
    });
    const run = await runInMemory(['track', 'a.json'], { files: { 'a.json': text } });
    expect(run.stdout).toContain('<U+202E>evil');
  });
});

describe('pagefold track refuses', () => {
  test.each([
    [
      'a broken document',
      '[{"role":"user" "x"}]',
      'in.json:1: column 17, byte 16: expected a comma',
    ],
    ['an unknown role', '[{"role":"robot"}]', 'in.json: [0].role: expected one of'],
    [
      'a bad line',
      '{"role":"user","content":"x"}\n{"role":"user"}',
      'in.json:2: content: expected',
    ],
    [
      'a bad conversation',
      '[{"messages":[{"role":"user","content":"x"}]},{"messages":7}]',
      'in.json: [1].messages',
    ],
    ['a bad turn', '{"turns":[{"speaker":"a"}]}', 'in.json: turns[0].text: expected'],
    ['a bad tree', '{"prompt":{"role":"prompter"}}', 'in.json: prompt.text: expected'],
    ['a bad question', '[{"question":[[{"role":"user"}]]}]', 'in.json: [0].question[0][0].content'],
  ])('%s with exit code 2, naming the place, and prints nothing', async (_, text, message) => {
    const files = { 'good.json': CHAT, 'in.json': text };
    const run = await runInMemory(['track', 'good.json', 'in.json'], { files });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(`pagefold: ${message}`);
  });

  test('a file that is not there', async () => {
    const run = await runInMemory(['track', 'none.json']);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toBe('pagefold: none.json: expected a file that can be read\n');
  });

  test.each([
    [['track'], 'which chat export?'],
    [
      ['track', 'a.json', '--threshold', 'many'],
      '--threshold takes a whole number from 1 on, not many',
    ],
    [['track', '--threshold', 'a.json'], '--threshold takes a whole number from 1 on, not a.json'],
    [
      ['track', 'a.json', '--max-turns', '-1'],
      '--max-turns takes a whole number from 1 on, not -1',
    ],
    [['track', 'a.json', '--nonsense'], 'there is no option --nonsense'],
    [['track', 'a.json', '-x'], 'there is no option -x'],
    [['track', 'a.json', '--model'], '--model takes a value'],
    [['track', 'a.json', '--model', '--json'], '--model takes a value, and --json is an option'],
    [['track', 'a.json', '--json=yes'], '--json takes no value'],
    [
      ['track', 'a.json', '--tenant', ''],
      '--tenant takes a name of ordinary length without control characters',
    ],
  ])('the command line %j, and says where to read how to use it', async (args, message) => {
    const run = await runInMemory(args, { files: { 'a.json': CHAT } });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toBe(`pagefold: ${message}\npagefold help track says how to use it\n`);
  });

  test('a session export, naming the commands that read one', async () => {
    const exported = await runInMemory(['export', 'chat.json'], { files: { 'chat.json': CHAT } });
    const run = await runInMemory(['track', 's.jsonl'], { files: { 's.jsonl': exported.stdout } });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(
      /^pagefold: s\.jsonl: expected a chat export, but this is a session export: pagefold show .*pagefold import /,
    );
  });

  test('to go on when it is interrupted', async () => {
    const controller = new AbortController();
    const run = await runInMemory(['track', 'long.json'], {
      files: { 'long.json': longChat(300) },
      isWatched: true,
      signal: controller.signal,
      onWarn: () => controller.abort(),
    });
    expect(run).toMatchObject({ exitCode: 130, stdout: '' });
    expect(run.stderr.endsWith('recorded\r\u001b[Kpagefold: interrupted\n')).toBe(true);
  });
});
