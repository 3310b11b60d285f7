import { describe, expect, test } from 'vitest';
import {
  createMemoryArtifactStore,
  openPagefold,
  SessionAwareToolProcessor,
  SessionTools,
} from '../../../src/index.ts';
import type { ArtifactStore, SessionManager } from '../../../src/index.ts';

const ROWS = Array.from({ length: 60_000 }, (_, at) => `row ${at}: ${(at * 7919) % 100_003} ok`);
/** More than a record can hold. */
const LONG = ROWS.join('\n');
const ASKING = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c', type: 'function', function: { name: 'read', arguments: '{}' } }],
};

async function aSession(artifacts?: ArtifactStore, artifactBytes = 65_536) {
  const pagefold = await openPagefold({ artifacts });
  const session = pagefold.session('s', { memory: { artifactBytes } });
  await session.userSays('Which row is wrong?');
  return { pagefold, session, [Symbol.asyncDispose]: () => pagefold.close() };
}

async function theCall(session: SessionManager) {
  for await (const event of session.events) if (event.type === 'tool_call') return event;
  return null;
}

describe('a result that is too long for a record and for a page', () => {
  test.each([
    ['a text', LONG],
    ['another value', { rows: ROWS }],
  ])('%s goes to the artifacts of the runtime, whoever carries the call out', async (_, value) => {
    await using made = await aSession(createMemoryArtifactStore());
    const { session } = made;
    const options = { tools: { read: () => value } };
    const processor = await SessionAwareToolProcessor.create(session, options);

    const [result] = await processor.processLlmMessage(ASKING);

    const { archive, message } = (await theCall(session))!;
    const whole = await session.memory.archive.read(archive!);
    expect(typeof value === 'string' ? whole : JSON.parse(whole ?? '')).toEqual(value);
    expect(result).toMatchObject({ status: 'succeeded', value, bindingId: null });
    const length = typeof value === 'string' ? LONG.length : JSON.stringify(value).length;
    expect(result?.storedAs).toEqual({
      kind: 'artifact',
      artifactId: archive?.artifactId,
      length,
    });
    expect(message).toMatchObject({ result: result?.shown });
    const [, pageId] =
      /pages (art_[0-9a-f]{12}_1) to art_/.exec(JSON.stringify(result?.shown)) ?? [];
    expect(await session.memory.fault(pageId ?? '')).toMatchObject({ kind: 'loaded' });
  });

  test('is told again with where it is, by another processor too', async () => {
    // Where more may stay in records than they hold, what they cannot hold goes there all the same.
    await using made = await aSession(createMemoryArtifactStore(), 10_000_000);
    const options = { tools: { read: () => LONG } };
    const [first, second] = await Promise.all(
      [1, 2].map(() => SessionAwareToolProcessor.create(made.session, options)),
    );
    const [told] = await first!.processLlmMessage(ASKING);

    const [again] = await second!.processLlmMessage(ASKING);

    const { shown, storedAs } = told!;
    expect(again).toMatchObject({ isRepeated: true, status: 'succeeded', shown, storedAs });
    expect(storedAs).not.toBeNull();
  });

  test('without artifacts its beginning is kept, which says so, and it is stored nowhere', async () => {
    await using made = await aSession();
    const processor = await SessionAwareToolProcessor.create(made.session, {
      tools: { read: () => LONG },
    });

    const [result] = await processor.processLlmMessage(ASKING);

    const shown = { truncated: true, length: LONG.length, preview: LONG.slice(0, 1_000) };
    expect(result).toMatchObject({ status: 'succeeded', value: LONG, shown, storedAs: null });
    expect((await theCall(made.session))?.message).toMatchObject({ result: shown });
    expect(result?.bindingId).toBeNull();
  });

  test('that was cut within a character goes there as JSON, which is the same when it is read', async () => {
    await using made = await aSession(createMemoryArtifactStore());
    const half = `${LONG}\uD800`;
    const processor = await SessionAwareToolProcessor.create(made.session, {
      tools: { read: () => half },
    });

    const [result] = await processor.processLlmMessage(ASKING);

    const { archive } = (await theCall(made.session))!;
    const whole = await made.session.memory.archive.read(archive!);
    expect(archive?.mimeType).toBe('application/json');
    expect(JSON.parse(whole ?? '')).toBe(half);
    expect(result?.storedAs).toMatchObject({ kind: 'artifact', length: half.length });
  });
});

describe('a result with a picture', () => {
  const data = 'iVBORw0KGgoAAAANSUhEUgAA'.repeat(5_000);
  const picture = { type: 'image', data, mimeType: 'image/png' };
  const words = 'Login failed: the account is locked until 14:00';
  const value = { content: [picture, { type: 'text', text: words }] };

  async function resultOf(given: object) {
    await using made = await aSession();
    const options = { tools: { read: () => given } };
    const processor = await SessionAwareToolProcessor.create(made.session, options);
    const [result] = await processor.processLlmMessage(ASKING);
    const prompt = JSON.stringify(await made.session.getMessagesForLlm());
    const { totalTokens } = await made.session.getStats();
    return { result, prompt, totalTokens };
  }

  test('is short for a model, which is shown what it says besides', async () => {
    const { result, prompt, totalTokens } = await resultOf(value);
    expect(result).toMatchObject({ storedAs: null, shown: value.content });
    expect(prompt).toContain(words);
    expect(prompt).not.toContain(data.slice(0, 100));
    expect(totalTokens).toBeLessThan(100);
  });

  test('begins with what it says where it is too long for a record or says too much', async () => {
    const huge = await resultOf({ content: [{ ...picture, data: data.repeat(10) }, words] });
    const long = await resultOf({ content: [picture, words, 'and so on '.repeat(5_000)] });
    for (const { result, prompt } of [huge, long]) {
      expect(result?.shown).toHaveProperty('preview', expect.stringContaining(words));
      expect(prompt).toContain(words);
      expect(prompt).not.toContain(data.slice(0, 100));
    }
  });
});

test('bytes of a picture are sent as one, and counted as one', async () => {
  await using made = await aSession();
  const bytes = Buffer.alloc(150_000, 'picture');
  await made.session.userSays([{ type: 'image', image: bytes, mediaType: 'image/png' }]);
  const url = `data:image/png;base64,${bytes.toString('base64')}`;
  expect((await made.session.getMessagesForLlm()).at(-1)).toEqual({
    role: 'user',
    content: [{ type: 'image_url', image_url: { url } }],
  });
  expect((await made.session.getStats()).totalTokens).toBeLessThan(1_000);
});

describe('SessionTools.finish', () => {
  test('brings a result that is too long for a record to the artifacts of the runtime, and tells where', async () => {
    await using made = await aSession(createMemoryArtifactStore());
    const tools = await SessionTools.open(made.session);
    const end = { report: await tools.begin('read', {}), result: LONG, callId: 'c' };

    const { excerpt } = await tools.finish(end);
    const repeated = await tools.finish(end);

    const { archive, message } = (await theCall(made.session))!;
    expect(await made.session.memory.archive.read(archive!)).toBe(LONG);
    const { artifactId } = archive!;
    expect(excerpt?.storedAs).toEqual({ kind: 'artifact', artifactId, length: LONG.length });
    expect(message).toMatchObject({ result: excerpt?.shown });
    expect(repeated).toMatchObject({ excerpt, receipt: { isRepeated: true } });
  });

  test('records the call without artifacts too, with the beginning of its result', async () => {
    await using made = await aSession();
    const tools = await SessionTools.open(made.session);
    const end = { report: await tools.begin('read', {}), result: LONG, callId: 'c' };

    const recorded = await tools.finish(end);
    const repeated = await tools.finish(end);

    const shown = { truncated: true, length: LONG.length, preview: LONG.slice(0, 1_000) };
    expect(recorded).toMatchObject({ binding: null, excerpt: { shown, storedAs: null } });
    expect(repeated.receipt).toMatchObject({ isRepeated: true });
    expect((await theCall(made.session))?.message).toMatchObject({ result: shown });
    expect(tools.state.getBudgetStatus().execution.used).toBe(1);
  });

  test('tells of no excerpt where the record has all of the result', async () => {
    await using made = await aSession(createMemoryArtifactStore());
    const tools = await SessionTools.open(made.session);
    const report = await tools.begin('read', {});
    expect(await tools.finish({ report, result: { rows: 3 } })).toMatchObject({
      excerpt: null,
      binding: { id: 'v1' },
    });
  });

  test('refuses arguments that are too large, whatever the result', async () => {
    await using made = await aSession();
    const tools = await SessionTools.open(made.session);
    const report = await tools.begin('read', { text: LONG });
    for (const result of [1, LONG])
      await expect(tools.finish({ report, result })).rejects.toMatchObject({
        code: 'EVENT_TOO_LARGE',
        message: expect.stringContaining('use.arguments'),
      });
  });
});

test('a long result that is the same again and again is a circle, as a short one is', async () => {
  await using made = await aSession();
  const options = { tools: { read: () => 'y'.repeat(40_000) } };
  const statuses: unknown[] = [];
  for (let round = 0; round < 4; round += 1) {
    // A processor of its own each time: what it knows is in the log.
    const processor = await SessionAwareToolProcessor.create(made.session, options);
    const call = { id: `c${round}`, function: { name: 'read', arguments: '{}' } };
    const [result] = await processor.processLlmMessage({ tool_calls: [call] });
    statuses.push([result?.status, result?.storedAs?.kind ?? null]);
  }

  expect(statuses).toEqual([
    ['succeeded', 'page'],
    ['succeeded', 'page'],
    ['succeeded', 'page'],
    ['blocked', null],
  ]);
});
