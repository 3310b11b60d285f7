import { describe, expect, test } from 'vitest';
import { decodeSnapshot, encodeSnapshot } from '../../../src/store/codec.ts';
import { addTokenUsage, createTokenUsage, parseProviderUsage } from '../../../src/index.ts';
import { aSession } from '../../lib/session.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const MOST = 1_000_000_000_000;
const CALL = { model: 'gpt-4o-mini', provider: 'openai' };

describe('a count that somebody states', () => {
  test.each([
    ['options.usage.inputTokens', { usage: { inputTokens: MOST + 1, outputTokens: 1 } }],
    [
      'options.usage.completion_tokens',
      { usage: { prompt_tokens: 1, completion_tokens: 2 ** 53 - 1, total_tokens: 2 ** 53 } },
    ],
  ])('is refused as %s when it is larger than any call can be', async (field, options) => {
    const session = (await aPagefold()).session('s');

    await expect(session.aiResponds('hi', { ...CALL, ...options })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
      message: `${field}: expected a whole number from 0 to ${MOST}`,
    });
    expect(await session.exists()).toBe(false);
  });

  test('is refused in a correction, and in what stands alone', async () => {
    const session = (await aPagefold()).session('s');
    const { eventId } = await session.recordUser('hi');

    await expect(
      session.events.correctUsage(eventId, { promptTokens: MOST + 1 }),
    ).rejects.toMatchObject({ field: 'correction.promptTokens' });
    expect(() => createTokenUsage({ promptTokens: MOST + 1 })).toThrow('usage.promptTokens');
    expect(() => parseProviderUsage({ inputTokens: MOST + 1, outputTokens: 1 })).toThrow(
      'usage.inputTokens',
    );
  });
});

test('sums that would pass 2^53 are refused before anything changes, and all of it can still be read', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  const { eventId } = await session.recordUser('hi');
  await session.events.correctUsage(eventId, { promptTokens: MOST });
  const [header = '', ...lines] = await collect(session.export());
  const usage = Number.MAX_SAFE_INTEGER - MOST;
  // As a log that was made elsewhere may hold it.
  const large = lines.map((line) => line.replaceAll(`${MOST}`, `${usage}`));
  const big = { ...(JSON.parse(header) as object), sessionId: 'big' };
  await pagefold.importSession([JSON.stringify(big), ...large]);

  const other = pagefold.session('big');
  await expect(
    other.events.correctUsage(eventId, { completionTokens: MOST }),
  ).rejects.toMatchObject({ code: 'COUNT_OVERFLOW' });
  // The tenant's sum is the one that is full.
  await expect(session.userSays('more')).rejects.toMatchObject({ code: 'COUNT_OVERFLOW' });
  expect((await pagefold.tenantUsage()).tokens).toBe(Number.MAX_SAFE_INTEGER);
  expect((await other.getStats()).totalTokens).toBe(usage);
  expect((await session.getStats()).totalTokens).toBe(MOST);
});

test('an import whose counts add up to more than can be exact is refused as a whole', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  for (const text of ['one', 'two'])
    await session.aiResponds(text, { ...CALL, usage: { inputTokens: MOST, outputTokens: 1 } });
  const lines = await collect(session.export());
  const large = lines.map((line) => line.replaceAll(`${MOST}`, `${2 ** 53 - 1}`));

  await expect(pagefold.importSession(large, { sessionId: 'copy' })).rejects.toMatchObject({
    code: 'COUNT_OVERFLOW',
  });
  expect(await pagefold.session('copy').exists()).toBe(false);
});

test('usages are not added up beyond what is exact', () => {
  const usage = { ...createTokenUsage({ promptTokens: 1 }), promptTokens: Number.MAX_SAFE_INTEGER };

  expect(() => addTokenUsage(usage, createTokenUsage({ promptTokens: 1 }))).toThrow(
    'could not be exact',
  );
});

test('a state as full as it may be survives its snapshot', () => {
  const session = aSession();
  const totalTokens = Number.MAX_SAFE_INTEGER;
  const tokenUsage = { ...createTokenUsage({}), totalTokens };
  session.record({ tokenUsage });

  expect(decodeSnapshot(encodeSnapshot(session.state)).totals.totalTokens).toBe(totalTokens);
});
