import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { createRedisStore, openPagefold, type SessionManager } from '../../../src/index.ts';
import { ended, start } from '../../e2e/cli/spawn.ts';
import { runInMemory } from '../../integration/cli/scripted-terminal.ts';
import { aBullQueue } from '../../lib/redis/queues.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const LONG = 'What are the seven wonders of the ancient world, and where did each of them stand?';
const SUMMARIZER = 'test/lib/redis/short-summarizer.js';

async function aSession(namespace: string): Promise<SessionManager> {
  const store = createRedisStore({ url, namespace });
  const pagefold = await openPagefold({ store, tokens: 'estimate', queue: { url, namespace } });
  onTestFinished(async () => {
    await pagefold.close();
    await store.close();
  });
  const options = { infiniteContext: true, maxTurnsPerSegment: 2, tenant: 'acme' };
  const session = pagefold.session('s', options);
  await session.userSays(LONG);
  await session.aiResponds(LONG, { model: 'm' });
  await session.userSays('And today?');
  await pagefold.flush();
  return session;
}

describe('pagefold worker', () => {
  test('summarises what another process recorded, and ends when it is told to', async () => {
    const namespace = aNamespace();
    const session = await aSession(namespace);
    const where = ['--redis', url, '--namespace', namespace];
    const waiting = await runInMemory(['queue', ...where]);
    expect(waiting.stdout).toMatch(/^1 waiting, 0 put off, 0 running, 0 failed for good\n/);

    const worker = start('src/cli/main.ts', ['worker', ...where, '--summarizer', SUMMARIZER]);
    const end = ended(worker);
    await vi.waitFor(
      async () =>
        expect((await session.getSession()).segments[0]?.summary?.text).toBe('2 messages of acme.'),
      { timeout: 40_000, interval: 100 },
    );
    worker.kill('SIGTERM');

    const { exitCode, stdout, stderr } = await end;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/^pagefold: working; SIGTERM ends it\n/);
    expect(stderr).toMatch(/\npagefold: ending what was begun\n$/);
    const after = await runInMemory(['queue', ...where, '--json']);
    expect(JSON.parse(after.stdout)).toMatchObject({ waiting: 0, running: 0, dead: 0 });
  });

  test('shows figures to Prometheus and a board to people, on this machine alone', async () => {
    const namespace = aNamespace();
    const session = await aSession(namespace);
    const where = ['--redis', url, '--namespace', namespace, '--summarizer', SUMMARIZER];
    const worker = start('src/cli/main.ts', ['worker', ...where, '--http', '0', '--board']);
    onTestFinished(() => void worker.kill('SIGKILL'));
    const said: string[] = [];
    worker.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const address = await vi.waitFor(
      () => {
        const found = /metrics at (http:\/\/127\.0\.0\.1:\d+)\/metrics/.exec(said.join(''))?.[1];
        expect(found).toBeDefined();
        return found;
      },
      { timeout: 40_000 },
    );
    const get = async (path: string): Promise<string> => (await fetch(`${address}${path}`)).text();
    await vi.waitFor(
      async () =>
        expect((await session.getSession()).segments[0]?.summary?.text).toBe('2 messages of acme.'),
      { timeout: 40_000, interval: 100 },
    );

    const done = 'job_tries_total{queue="background",kind="summarise",outcome="done"} 1';
    await vi.waitFor(async () => expect(await get('/metrics')).toContain(done));
    expect(await get('/metrics')).toContain('queue_jobs{queue="background",state="dead"} 0');
    expect(await get('/board')).toContain('<title>');
    expect(JSON.parse(await get('/board/api/queues'))).toMatchObject({
      queues: [{ name: 'background' }],
    });
    expect(await get('/')).toBe('Not found\n');
    const end = ended(worker);
    worker.kill('SIGTERM');
    expect((await end).exitCode).toBe(0);
  });

  test.each([
    [[], 'who summarises? --summarizer openai, anthropic or FILE'],
    [['--summarizer', 'openai'], 'which model of openai? --model NAME'],
    [
      ['--summarizer', 'openai', '--model', 'm', '--strategy', 'odd'],
      '--strategy is one of basic, key_points, topic_based, query_focused',
    ],
    [
      ['--summarizer', 'package.json', '--model', 'm'],
      '--model goes with --summarizer openai or anthropic',
    ],
    [
      ['--summarizer', 'package.json', '--strategy', 'basic'],
      '--strategy goes with --summarizer openai or anthropic',
    ],
    [['--board'], '--board goes with --http'],
    [['--host', 'x'], '--host goes with --http'],
    [['--http', 'x'], '--http takes a port, not x'],
    [['--rate', '5'], '--rate takes jobs and seconds, as 60/1, not 5'],
    [
      ['--summarizer', 'package.json'],
      'package.json: expected a JavaScript module that exports a function `summarize`',
    ],
  ])('refuses %j', async (args, message) => {
    const run = await runInMemory(['worker', ...args]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) as string });
  });
});

describe('pagefold queue', () => {
  test('shows failures by tenant, and lets them begin anew', async () => {
    const namespace = aNamespace();
    const queue = aBullQueue({ url, namespace, name: 'background' });
    onTestFinished(() => queue.close());
    for (const [name, tenant] of [
      ['a', 'acme'],
      ['b', 'acme'],
      ['c', 'globex'],
    ] as const)
      await queue.enqueue({ id: `test__${name}`, kind: 'k', tenant, payload: {} });
    const consumer = queue.consume({
      concurrency: 1,
      handle: async () => ({ kind: 'hopeless', reason: 'no such model' }),
    });
    await vi.waitFor(async () => expect((await queue.figures()).dead).toBe(3));
    await consumer.close();

    const where = ['--redis', url, '--namespace', namespace];
    const { stdout } = await runInMemory(['queue', ...where]);
    expect(stdout.split('\n')).toEqual([
      '0 waiting, 0 put off, 0 running, 3 failed for good',
      'oldest waiting: none',
      '',
      expect.stringMatching(/^tenant +failed +latest reason +latest job$/),
      expect.stringMatching(/^acme +2 +no such model +test__b$/),
      expect.stringMatching(/^globex +1 +no such model +test__c$/),
      '',
    ]);
    const one = await runInMemory(['queue', ...where, '--revive', 'test__a']);
    expect(one.stdout).toBe('1 begun anew\n');
    const unknown = await runInMemory(['queue', ...where, '--revive', 'test__a']);
    expect(unknown).toMatchObject({ exitCode: 2 });
    const all = await runInMemory(['queue', ...where, '--revive', 'all']);
    expect(all.stdout).toBe('2 begun anew\n');
    expect(await queue.figures()).toMatchObject({ waiting: 3, dead: 0 });
  });

  test('says which of many failures it counts, and lets more begin anew than it looks at', async () => {
    const namespace = aNamespace();
    const queue = aBullQueue({ url, namespace, name: 'background', maxDead: 2000 });
    onTestFinished(() => queue.close());
    const handle = async () => ({ kind: 'hopeless', reason: 'no such model' }) as const;
    const consumer = queue.consume({ concurrency: 50, handle });
    const ids = Array.from({ length: 1100 }, (_, index) => `test__${index}`);
    await Promise.all(
      ids.map((id) => queue.enqueue({ id, kind: 'k', tenant: 'acme', payload: {} })),
    );
    await queue.drain();
    await consumer.close();

    const where = ['--redis', url, '--namespace', namespace];
    const { stdout } = await runInMemory(['queue', ...where]);
    expect(stdout).toMatch(/^acme +1,000 +no such model +test__\d+\nthe latest 1,000 of 1,100$/m);
    const { stdout: json } = await runInMemory(['queue', ...where, '--json']);
    expect(JSON.parse(json)).toMatchObject({ dead: 1100, counted: 1000 });
    const all = await runInMemory(['queue', ...where, '--revive', 'all', '--json']);
    expect(JSON.parse(all.stdout)).toEqual({ revived: 1100, failed: 0, dead: 0 });
  }, 30_000);
});
