import { describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  createEncryptedStore,
  createKeyRing,
  createFileArtifactStore,
  createRedisStore,
  openPagefold,
} from '../../../src/index.ts';
import type { Pagefold } from '../../../src/index.ts';
import { type ProgramRun, runInMemory } from '../../integration/cli/scripted-terminal.ts';
import { collect } from '../../integration/api/a-pagefold.ts';
import { aFolder } from '../../lib/folder.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const LONG = 'The blue whale is by the pier. '.repeat(6_000);

/** A deployment with its command, which is a process of its own to it. */
async function aDeployment() {
  const namespace = aNamespace();
  const folder = aFolder();
  const store = createRedisStore({ url, namespace });
  const artifacts = createFileArtifactStore({ directory: folder.path });
  const pagefold = await openPagefold({ store, artifacts });
  onTestFinished(async () => {
    await pagefold.close();
    await store.close();
    folder.remove();
  });
  const where = ['--redis', url, '--namespace', namespace];
  const run = (args: readonly string[], files = {}): Promise<ProgramRun> =>
    runInMemory(['sessions', ...where, ...args], { files });
  return { pagefold, run, namespace, folder: folder.path };
}

async function record(pagefold: Pagefold, id: string, options: object): Promise<void> {
  const session = pagefold.session(id, options);
  await session.userSays('Where is the whale?');
  await session.aiResponds('By the pier.', {
    model: 'gpt-4o',
    usage: { inputTokens: 10, outputTokens: 4 },
  });
}

describe('pagefold sessions', () => {
  test('lists the sessions of a tenant, or of one of its users, the latest first', async () => {
    const { pagefold, run } = await aDeployment();
    await record(pagefold, 'first', { tenant: 'acme', userId: 'ann' });
    await record(pagefold, 'second', { tenant: 'acme', userId: 'bob' });
    await record(pagefold, 'other', { tenant: 'globex' });

    const all = await run(['--tenant', 'acme']);
    const ofAnn = await run(['--tenant', 'acme', '--user', 'ann', '--json']);
    const latest = await run(['--tenant', 'acme', '--limit', '1']);
    const none = await run(['--tenant', 'initech']);

    expect(
      all.stdout.split('\n').map((line) => line.split(/ +/).filter((_, at) => at !== 2)),
    ).toEqual([
      ['session', 'user', 'record', 'messages', 'tokens', 'cost'],
      ['second', 'bob', '2', expect.any(String), '$0.000065'],
      ['first', 'ann', '2', expect.any(String), '$0.000065'],
      [''],
    ]);
    expect(JSON.parse(ofAnn.stdout)).toMatchObject({
      key: { tenant: 'acme', sessionId: 'first' },
      counters: { messages: 2, costUsd: '0.000065' },
    });
    expect(latest.stdout).toContain('second');
    expect(latest.stdout).not.toContain('first');
    expect([none.stdout, none.exitCode]).toEqual(['no sessions\n', 0]);
  });

  test('copies a session with what it was forked from and its long content to another deployment', async () => {
    const [from, to] = [await aDeployment(), await aDeployment()];
    const origin = from.pagefold.session('origin', { tenant: 'acme' });
    await origin.userSays(LONG);
    const fork = await origin.fork({ sessionId: 'fork' });
    await fork.userSays('And the red one?');
    const before = await collect(fork.export());

    const out = ['--export', 'fork', '--out', 'fork.jsonl', '--artifacts', from.folder];
    const copied = await from.run(['--tenant', 'acme', ...out]);
    const restored = await to.run(
      ['--restore', 'fork.jsonl', '--artifacts', to.folder],
      copied.files,
    );

    expect(restored.stdout).toMatch(
      /^restored origin of acme: \d+ records\nrestored fork of acme: \d+ records\n$/,
    );
    const after = await collect(to.pagefold.session('fork', { tenant: 'acme' }).export());
    expect(after).toEqual(before);
    expect(
      JSON.stringify(await to.pagefold.session('fork', { tenant: 'acme' }).getMessagesForLlm()),
    ).toContain('And the red one?');
  });

  test('puts back a session that is to live for ever as one that does', async () => {
    const { pagefold, run } = await aDeployment();
    await record(pagefold, 's', { tenant: 'acme' });
    const session = pagefold.session('s', { tenant: 'acme' });
    await session.setTimeToLive(null);
    const copied = await run(['--tenant', 'acme', '--export', 's', '--out', 's.jsonl']);
    await session.delete();

    await run(['--restore', 's.jsonl'], copied.files);

    const [head] = await collect(pagefold.sessions({ tenant: 'acme' }));
    expect(head).toMatchObject({ expiresAtMs: null, slidingMs: null });
  });

  test('erases a session, a user, a tenant, each with a receipt, and no other one', async () => {
    const { pagefold, run } = await aDeployment();
    const ids = async (tenant: string): Promise<readonly string[]> =>
      (await collect(pagefold.sessions({ tenant }))).map(({ key }) => key.sessionId);
    for (const [id, userId] of [
      ['one', 'ann'],
      ['two', 'ann'],
      ['three', 'bob'],
    ] as const) {
      await record(pagefold, id, { tenant: 'acme', userId });
      await record(pagefold, id, { tenant: 'globex', userId });
    }

    const one = await run(['--tenant', 'acme', '--erase', 'one']);
    expect(one.stdout).toMatch(/^erased 1 session, \d+ records, 0 artifacts\n$/);
    expect(await ids('acme')).toEqual(['two', 'three']);
    const ann = await run(['--tenant', 'acme', '--erase-user', 'ann']);
    expect(ann.stdout).toMatch(/^erased 1 session, \d+ records\n$/);
    expect(await ids('acme')).toEqual(['three']);
    const acme = await run(['--erase-tenant', 'acme']);
    expect(acme.stdout).toMatch(/^erased 1 session, \d+ records\n$/);
    expect(await ids('acme')).toEqual([]);
    expect(await ids('globex')).toEqual(['one', 'two', 'three']);
    expect((await pagefold.tenantUsage('acme')).costUsd).toBe('0');
  });

  test('puts back a fork whose origin is still there, and says of each session what came of it', async () => {
    const { pagefold, run } = await aDeployment();
    const origin = pagefold.session('origin', { tenant: 'acme' });
    await origin.userSays('Where is the whale?');
    await (await origin.fork({ sessionId: 'fork' })).userSays('And the red one?');
    const { files } = await run(['--tenant', 'acme', '--export', 'fork', '--out', 'f.jsonl']);
    const lines = files['f.jsonl']!.split('\n');

    const refused = await run(['--tenant', 'acme', '--erase', 'origin']);
    await run(['--tenant', 'acme', '--erase', 'fork']);
    const again = await run(['--restore', 'f.jsonl'], files);
    const all = await run(['--tenant', 'acme', '--erase', 'origin', '--cascade']);
    const cut = `${lines.slice(0, -2).join('\n')}\n{"rec`;
    const part = await run(['--restore', 'f.jsonl'], { 'f.jsonl': cut });
    const rest = await run(['--restore', 'f.jsonl'], files);

    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('forks share')]);
    const restored =
      /^origin of acme is there with these \d records\nrestored fork of acme: \d records\n$/;
    expect(again.stdout).toMatch(restored);
    expect(all.stdout).toMatch(/^erased 2 sessions, \d+ records, 0 artifacts\n$/);
    expect(part.stdout).toMatch(/^restored origin of acme: \d records\n$/);
    expect([part.exitCode, part.stderr]).toEqual([2, expect.stringContaining('f.jsonl: line')]);
    expect(rest.stdout).toMatch(restored);
    await pagefold.session('fork', { tenant: 'acme' }).erase();
    await pagefold.session('fork', { tenant: 'acme' }).userSays('Another one.');
    const other = await run(['--restore', 'f.jsonl'], files);
    expect(other.stderr).toContain('session fork of acme is there with fewer records or others');
  });

  test('erases with an artifact store only where the deployment is named and has the tenant', async () => {
    const { pagefold, run, folder, namespace } = await aDeployment();
    const session = pagefold.session('long', { tenant: 'acme', userId: 'ann' });
    await session.userSays(LONG);
    await record(pagefold, 'short', { tenant: 'acme', userId: 'ann' });
    const what = ['--tenant', 'acme', '--erase-user', 'ann'];
    const bare = ['sessions', '--redis', url, '--artifacts', folder, ...what];

    const unnamed = await runInMemory(bare);
    const elsewhere = await runInMemory([...bare, '--namespace', aNamespace()]);
    const withoutFolder = await run(what);
    const left = await collect(pagefold.sessions({ tenant: 'acme' }));
    const erased = await runInMemory([...bare, '--namespace', namespace]);

    expect([unnamed.exitCode, unnamed.stderr]).toEqual([2, expect.stringContaining('--namespace')]);
    expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([
      2,
      expect.stringContaining('has no sessions there'),
    ]);
    expect(withoutFolder.exitCode).toBe(1);
    expect(withoutFolder.stderr).toContain(
      '1 of 2 sessions went before it failed; --artifacts FOLDER',
    );
    expect(left.map(({ key }) => key.sessionId)).toEqual(['long']);
    expect(erased.stdout).toMatch(/^erased 1 session, \d+ records, [1-9]\d* artifacts?\n$/);
  });

  test('what is encrypted is listed and erased, and not exported, since it has no keys', async () => {
    const { run, namespace } = await aDeployment();
    const keys = createKeyRing({ keys: { k1: new Uint8Array(32).fill(7) }, current: 'k1' });
    const store = createEncryptedStore(createRedisStore({ url, namespace }), keys);
    await using pagefold = await openPagefold({ store });
    onTestFinished(() => store.close());
    await record(pagefold, 'secret', { tenant: 'acme' });

    const listed = await run(['--tenant', 'acme']);
    const exported = await run(['--tenant', 'acme', '--export', 'secret', '--out', 'x.jsonl']);
    const erased = await run(['--tenant', 'acme', '--erase', 'secret']);

    expect(listed.stdout).toContain('secret');
    expect([exported.exitCode, exported.files['x.jsonl']]).toEqual([1, undefined]);
    expect(exported.stderr).toContain('encrypted');
    expect(erased.stdout).toMatch(/^erased 1 session, \d+ records, 0 artifacts\n$/);
  });

  test('says what it cannot do, and does nothing', async () => {
    const { pagefold, run } = await aDeployment();
    await record(pagefold, 'kept', { tenant: 'acme' });
    const refused = [
      [['--erase-tenant', 'acme', '--tenant', 'acme'], '--tenant does not go with --erase-tenant'],
      [['--erase', 'kept', '--user', 'ann'], '--user does not go with --erase'],
      [
        ['--erase', 'kept', '--erase-tenant', 'acme'],
        '--erase and --erase-tenant go one at a time',
      ],
      [['--out', 'x'], '--out goes with --export'],
      [['--cascade'], '--cascade goes with --erase'],
      [['--erase', 'kept', '--erase', 'other'], '--erase is given twice'],
      [['--erase', ''], '--erase'],
      [['--erase-tenant', ''], '--erase-tenant'],
      [['--limit', '0'], '--limit takes a whole number'],
      [['--artifacts', '/no/such/folder'], '--artifacts names /no/such/folder'],
      [['kept'], 'only options are taken here'],
    ] as const;

    for (const [args, text] of refused) {
      const { exitCode, stderr } = await run(args);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
    const missing = await run(['--tenant', 'acme', '--export', 'gone']);
    expect([missing.exitCode, missing.stdout]).toEqual([1, '']);
    expect(missing.stderr).toContain('gone');
    expect(await collect(pagefold.sessions({ tenant: 'acme' }))).toHaveLength(1);
  });
});
