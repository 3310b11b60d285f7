import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import {
  createRedisQueue,
  createRedisStore,
  openPagefold,
  type Pagefold,
  type RuntimeWarning,
  type SessionManager,
  type Summarize,
} from '../../../src/index.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

const url = inject('redisUrl');
const OPTIONS = { infiniteContext: true, maxTurnsPerSegment: 2 };
const LONG = 'What are the seven wonders of the ancient world, and where did each of them stand?';

/** A runtime as another process has one. */
async function aProcess(
  namespace: string,
  summarize?: Summarize,
  warnings: RuntimeWarning[] = [],
): Promise<Pagefold> {
  const store = createRedisStore({ url, namespace });
  const pagefold = await openPagefold({
    store,
    tokens: 'estimate',
    summarize,
    queue: { url, namespace },
    onWarning: (warning) => warnings.push(warning),
  });
  onTestFinished(async () => {
    await pagefold.close();
    await store.close();
  });
  return pagefold;
}

async function talk(session: SessionManager): Promise<void> {
  await session.userSays(LONG);
  await session.aiResponds(LONG, { model: 'm' });
  await session.userSays('And today?');
}

async function summaryOf(session: SessionManager): Promise<string | undefined> {
  return (await session.getSession()).segments[0]?.summary?.text;
}

describe('summaries over a queue that processes share', () => {
  test('W-07: one process records, another one summarises, and the first one shows it', async () => {
    const namespace = aNamespace();
    const recorder = await aProcess(namespace);
    const session = recorder.session('s', OPTIONS);
    await talk(session);
    await recorder.flush();
    expect(await summaryOf(session)).toMatch(/^User discussed/);

    await aProcess(namespace, () => 'They spoke of wonders.');

    await vi.waitFor(async () => expect(await summaryOf(session)).toBe('They spoke of wonders.'), {
      timeout: 10_000,
    });
    expect(JSON.stringify(await session.getMessagesForLlm())).toContain('They spoke of wonders.');
  });

  test("a session's own summariser stays in its process", async () => {
    const namespace = aNamespace();
    const recorder = await aProcess(namespace);
    const session = recorder.session('s', { ...OPTIONS, summarize: () => 'Mine.' });
    await talk(session);
    await recorder.flush();

    expect(await summaryOf(session)).toBe('Mine.');
    const queue = createRedisQueue({ url, namespace });
    onTestFinished(() => queue.close());
    expect(await queue.figures()).toMatchObject({ waiting: 0, dead: 0 });
  });

  test('what the model refuses for good is listed, and done when it is asked for again', async () => {
    const namespace = aNamespace();
    const warnings: RuntimeWarning[] = [];
    let answer = '';
    const pagefold = await aProcess(namespace, () => answer, warnings);
    const queue = createRedisQueue({ url, namespace });
    onTestFinished(() => queue.close());
    const session = pagefold.session('s', OPTIONS);
    await talk(session);
    await vi.waitFor(async () => expect(await queue.deadJobs({ limit: 9 })).toHaveLength(1), {
      timeout: 30_000,
      interval: 200,
    });

    const [dead] = await queue.deadJobs({ limit: 9 });
    expect(dead).toMatchObject({ kind: 'summarise', tenant: 'default', reason: 'empty' });
    expect(warnings).toMatchObject([{ code: 'SUMMARY_FAILED', sessionId: 's' }]);
    answer = 'At last.';
    expect(await queue.revive(dead!.id)).toBe(true);
    await vi.waitFor(async () => expect(await summaryOf(session)).toBe('At last.'), {
      timeout: 10_000,
    });
  });

  test('consuming without a summariser is refused', async () => {
    await expect(openPagefold({ queue: { url, consume: true } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.queue.consume',
    });
  });

  test('an option that does not exist is refused by its name, and no address is repeated', async () => {
    const bad = { queue: { url: 'http://:hunter2@x' } };
    await expect(openPagefold(bad)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.queue.url',
      message: expect.not.stringContaining('hunter2') as string,
    });
    const unknown = { queue: { colour: 'red' } } as object;
    await expect(openPagefold(unknown)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
