import { describe, expect, test } from 'vitest';
import {
  type ArtifactStore,
  createMemoryArtifactStore,
  openPagefold,
  StorageError,
  type Pagefold,
  type SessionEvent,
  type SessionManager,
} from '../../../src/index.ts';
import { toText } from '../../../src/domain/json.ts';
import { aPagefold, aStore, collect } from './a-pagefold.ts';

const KEY = { tenant: 'default', sessionId: 's' };

/** Lines in several scripts, so that characters of all lengths stand at the borders of parts. */
function aLongText(lines: number): string {
  return Array.from({ length: lines }, (_, at) => `row ${at}: größe ${at * 7} 数量 🚢`).join('\n');
}

async function theEvent(session: SessionManager): Promise<SessionEvent> {
  const events = await collect(session.events.list());
  return events.find(({ archive }) => archive !== undefined)!;
}

async function partsOf(session: SessionManager): Promise<readonly string[]> {
  const pages = await session.memory.pages();
  return pages.map(({ pageId }) => pageId).filter((id) => id.startsWith('art_'));
}

async function textOfPage(session: SessionManager, pageId: string): Promise<string> {
  const outcome = await session.memory.fault(pageId);
  return outcome.kind === 'loaded' ? toText(outcome.page.content) : outcome.kind;
}

/** A pagefold with an artifact store, and the store. */
async function withArtifacts(): Promise<{
  readonly pagefold: Pagefold;
  readonly artifacts: ArtifactStore;
}> {
  const artifacts = createMemoryArtifactStore();
  return { pagefold: await aPagefold({ artifacts }), artifacts };
}

describe('content that is too large for a record', () => {
  test('of an answer costs all that the model wrote, though a prompt shows an excerpt', async () => {
    const { pagefold } = await withArtifacts();
    const plain = await aPagefold();
    const answer = aLongText(8_000);
    const options = { model: 'gpt-4o', provider: 'openai' };
    const [short, whole] = await Promise.all(
      [pagefold, plain].map(async (each) => {
        const session = each.session('s');
        await session.userSays('List all rows.');
        await session.aiResponds(answer, options);
        return session.getStats();
      }),
    );

    expect(whole?.usage['outputTokens']).toBeGreaterThan(50_000);
    expect(short?.usage).toEqual(whole?.usage);
    expect(short?.costUsd).toBe(whole?.costUsd);
    expect(Number(short?.costUsd)).toBeGreaterThan(0.5);
    const reported = pagefold.session('reported');
    await reported.aiResponds(answer, {
      ...options,
      usage: { completion_tokens: 7, prompt_tokens: 5 },
    });
    expect((await reported.getStats()).usage).toEqual({ inputTokens: 5, outputTokens: 7 });
  });

  test('goes to the artifact store, and the record keeps its beginning, its end and where it is', async () => {
    const { pagefold, artifacts } = await withArtifacts();
    const session = pagefold.session('s');
    const result = aLongText(200_000);
    await session.userSays('List all rows.');
    await session.toolUsed({ toolName: 'list_rows', arguments: { table: 'rows' }, result });

    const lines = await collect(session.export());
    const records = lines.filter((line) => line.startsWith('{"record"'));
    expect(records.reduce((sum, line) => sum + line.length, 0)).toBeLessThan(8_000);
    const { message, archive, contentTokens } = await theEvent(session);
    expect(JSON.stringify(message)).toContain('row 0: größe 0 数量 🚢');
    expect(JSON.stringify(message)).toContain('row 199999');
    expect(contentTokens).toBeLessThan(2_000);
    expect(archive).toMatchObject({ sessionId: 's', sizeBytes: Buffer.byteLength(result) });
    expect(await session.memory.archive.read(archive!)).toBe(result);
    expect((await artifacts.stats(KEY)).tiers.L3.artifacts).toBe(1);
  });

  test('comes back part by part, every character once, in any process', async () => {
    const [store, artifacts] = [aStore(), createMemoryArtifactStore()];
    const here = (await aPagefold({ store, artifacts })).session('s');
    const result = aLongText(5_000);
    await here.userSays('List all rows.');
    await here.toolUsed({ toolName: 'list_rows', result });
    const there = (await aPagefold({ store, artifacts })).session('s');

    const parts = await partsOf(there);
    const texts: string[] = [];
    // In order: each is a change of the memory.
    for (const pageId of parts) texts.push(await textOfPage(there, pageId));

    expect(parts.length).toBeGreaterThan(5);
    expect(await partsOf(here)).toEqual(parts);
    expect(texts.join('')).toBe(result);
    const { tokens } = await here.memory.buildContext({ maxTokens: 20_000 });
    expect(tokens).toBeLessThanOrEqual(20_000);
  });

  test('is named to the model, which can load a part of it', async () => {
    const { pagefold } = await withArtifacts();
    const session = pagefold.session('s');
    await session.userSays('List all rows.');
    await session.toolUsed({ toolName: 'list_rows', result: aLongText(5_000) });
    const { messages, tools } = await session.memory.buildContext();
    const named = /pages (art_[0-9a-f]{12}_1) to art_/.exec(JSON.stringify(messages));

    const call = {
      id: 'c',
      name: 'page_fault',
      arguments: { page_id: named![1]!, target_level: 0 },
    };
    const answer = await session.memory.callTool(call);

    expect(JSON.stringify(tools)).toContain('page_fault');
    expect(JSON.stringify(answer)).toContain('row 17: größe 119');
    const page = (await session.memory.pages()).find(({ pageId }) => pageId === named![1]);
    expect(page).toMatchObject({ tier: 'L0' });
  });

  test('may be what a user or a model says, or a value of any kind', async () => {
    const { pagefold } = await withArtifacts();
    const session = pagefold.session('s');
    const text = aLongText(5_000);
    const value = { rows: text.split('\n') };
    await session.userSays(text);
    await session.aiResponds({ content: text, tool_calls: [] });
    await session.toolUsed({ toolName: 'list_rows', result: value });

    const events = await collect(session.events.list());
    const read = await Promise.all(
      events.map(({ archive }) => session.memory.archive.read(archive!)),
    );

    expect(read.slice(0, 2)).toEqual([text, text]);
    expect(JSON.parse(read[2]!)).toEqual(value);
  });

  test('calls that are made behind it are recorded behind it', async () => {
    const { pagefold } = await withArtifacts();
    const session = pagefold.session('s');
    const text = aLongText(5_000);

    await Promise.all([
      session.userSays('one'),
      session.aiResponds(`two ${text}`),
      session.userSays('three'),
      session.aiResponds(`four ${text}`),
      session.userSays('five'),
    ]);

    const said = (await session.getConversation()).map(({ content }) =>
      toText(content).slice(0, 3),
    );
    expect(said).toEqual(['one', 'two', 'thr', 'fou', 'fiv']);
  });

  test('is known again under its key by whoever keeps more or less of it in records', async () => {
    const [store, artifacts] = [aStore(), createMemoryArtifactStore()];
    const pagefold = await aPagefold({ store, artifacts });
    const roomy = pagefold.session('s', { memory: { artifactBytes: 500_000 } });
    const bare = (await aPagefold({ store })).session('s');
    const text = aLongText(5_000);
    const say = (session: SessionManager, said: string, idempotencyKey: string) =>
      session.recordUser(said, { idempotencyKey });

    const first = await say(pagefold.session('s'), text, 'archived');
    const second = await say(roomy, text, 'kept');

    const again = [await say(roomy, text, 'archived'), await say(bare, text, 'archived')];
    expect(again.map(({ eventId }) => eventId)).toEqual([first.eventId, first.eventId]);
    const kept = await say(pagefold.session('s'), text, 'kept');
    expect(kept.eventId).toBe(second.eventId);
    // One character in the middle, which no excerpt shows.
    const other = text.replace('row 2500:', 'row 2501:');
    await expect(say(pagefold.session('s'), other, 'archived')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect(await collect(roomy.events.list())).toHaveLength(2);
  });

  test('nothing is recorded when it cannot be stored', async () => {
    const artifacts: ArtifactStore = Object.assign(createMemoryArtifactStore(), {
      put: () => Promise.reject(new StorageError({ operation: 'put', message: 'no disk' })),
    });
    const session = (await aPagefold({ artifacts })).session('s');
    await session.userSays('List all rows.');

    const failing = session.toolUsed({ toolName: 'list_rows', result: aLongText(5_000) });

    await expect(failing).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
    expect(await collect(session.events.list())).toHaveLength(1);
  });

  test.each(['processQueueBytes', 'shardQueueBytes'])(
    'larger than %s gets in when nothing else waits, and holds its place once',
    async (bound) => {
      const memory = createMemoryArtifactStore();
      let isDown = false;
      const artifacts: ArtifactStore = Object.assign(Object.create(memory) as ArtifactStore, {
        put: (...call: Parameters<ArtifactStore['put']>) =>
          isDown
            ? Promise.reject(new StorageError({ operation: 'put', message: 'no disk' }))
            : memory.put(...call),
      });
      const pagefold = await aPagefold({ artifacts, limits: { [bound]: 1_000_000 } });
      const session = pagefold.session('s');
      const text = 'x '.repeat(1_000_000);

      await session.userSays(text);
      await session.userSays(text);
      isDown = true;
      await expect(session.userSays(text)).rejects.toMatchObject({ code: 'STORAGE_ERROR' });
      isDown = false;

      // With a place given back twice, or not at all, there would be room for both, or for none.
      const half = 'x '.repeat(300_000);
      const both = await Promise.allSettled([session.userSays(half), session.userSays(half)]);
      expect(both).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: { code: 'OVERLOADED' } },
      ]);
      expect(await collect(session.events.list())).toHaveLength(3);
    },
  );

  test('is refused without a place for it', async () => {
    const session = (await aPagefold()).session('s');
    const failing = session.toolUsed({ toolName: 'list_rows', result: 'x'.repeat(1_000_001) });
    await expect(failing).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    await session.userSays('Hello.');
    await expect(session.memory.archive.collect()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
  });

  test('is read by a fork from its origin', async () => {
    const { pagefold } = await withArtifacts();
    const origin = pagefold.session('s');
    const result = aLongText(5_000);
    await origin.userSays('List all rows.');
    await origin.toolUsed({ toolName: 'list_rows', result });

    const fork = await origin.fork();

    const [first] = await partsOf(fork);
    expect(result.startsWith(await textOfPage(fork, first!))).toBe(true);
    expect(await fork.memory.archive.read((await theEvent(fork)).archive!)).toBe(result);
  });

  test.each(['delete', 'erase', 'erase of the user', 'erase of the tenant'] as const)(
    'goes with its session: %s',
    async (how) => {
      const { pagefold, artifacts } = await withArtifacts();
      const session = pagefold.session('s', { userId: 'u' });
      await session.userSays(aLongText(5_000));

      if (how === 'delete') await session.delete();
      else if (how === 'erase') await session.erase();
      else
        await pagefold.erase({
          tenant: 'default',
          ...(how === 'erase of the user' ? { userId: 'u' } : {}),
        });

      expect((await artifacts.stats(KEY)).tiers.L3.artifacts).toBe(0);
    },
  );

  test('what no record names is collected once it is old, and nothing else', async () => {
    const { pagefold, artifacts } = await withArtifacts();
    const session = pagefold.session('s');
    const bytes = Buffer.from('of another kind');
    await artifacts.put({ ...KEY, bytes, mimeType: 'image/png' });
    await session.userSays(aLongText(5_000));
    const orphan = { ...KEY, bytes: Buffer.from('lost'), mimeType: 'text/plain' };
    await artifacts.put({ ...orphan, metadata: { kind: 'archived-content' } });

    const young = await session.memory.archive.collect();
    const old = await session.memory.archive.collect({ graceMs: 0 });

    expect(young).toEqual({ examined: 2, removed: 0, freedBytes: 0 });
    expect(old).toEqual({ examined: 2, removed: 1, freedBytes: 4 });
    expect((await artifacts.stats(KEY)).tiers.L3.artifacts).toBe(2);
    expect(await session.memory.archive.read((await theEvent(session)).archive!)).not.toBeNull();
  });

  test('that is gone from the store leaves its excerpt, and a fault says that it failed', async () => {
    const { pagefold, artifacts } = await withArtifacts();
    const session = pagefold.session('s');
    await session.userSays(aLongText(5_000));
    await artifacts.deleteSession(KEY);
    const [first] = await partsOf(session);

    const outcome = await session.memory.fault(first!);

    expect(outcome).toMatchObject({ kind: 'failed', code: 'LOAD_FAILED' });
    const { messages } = await session.memory.buildContext();
    expect(JSON.stringify(messages)).toContain('row 0');
  });

  test('an artifact store has to be one', async () => {
    const artifacts = { put: () => undefined } as unknown as ArtifactStore;
    await expect(openPagefold({ artifacts })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('a method get'),
    });
  });
});
