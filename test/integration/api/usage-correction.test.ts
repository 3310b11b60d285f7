import { describe, expect, test } from 'vitest';
import { createTokenCounter, type SessionManager, tokenUsageFromText } from '../../../src/index.ts';
import { aPagefold, collect, talk } from './a-pagefold.ts';

/** The totals that the events add up to, beside the totals that the session and the tenant know. */
async function sums(session: SessionManager): Promise<readonly number[]> {
  const [read, stats] = await Promise.all([session.getSession(), session.getStats()]);
  const events = read.events.reduce(
    (sum, { tokenUsage }) => sum + (tokenUsage?.totalTokens ?? 0),
    0,
  );
  return [events, read.tokenSummary.totalTokens, stats.totalTokens];
}

function areEqual(numbers: readonly number[]): boolean {
  return new Set(numbers).size === 1;
}

test('a usage without any number leaves a call its estimate, given with the answer or later', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  const usage = { inputTokens: undefined, outputTokens: undefined, cachedInputTokens: undefined };
  await session.userSays('hello there');
  const call = { model: 'gpt-4o-mini', provider: 'openai' };
  const { eventId } = await session.recordAnswer('hello to you', { ...call, usage });
  const billing = (await session.events.find(eventId))?.billing;

  await session.events.correctUsage(eventId, { usage });

  expect(billing).toMatchObject({ origin: 'estimated', estimate: null });
  expect(Number(billing?.costPico)).toBeGreaterThan(0);
  expect((await session.events.find(eventId))?.billing).toEqual(billing);
});

test('the bill of a call, given as its correction, changes nothing', async () => {
  const session = (await aPagefold()).session('s');
  const usage = {
    input_tokens: 100,
    cache_creation_input_tokens: 1000,
    cache_read_input_tokens: 2000,
    output_tokens: 50,
    cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 600 },
    server_tool_use: { web_search_requests: 2 },
  };
  const call = { model: 'claude-sonnet-4-5', provider: 'anthropic' };
  const { eventId } = await session.recordAnswer('hello', { ...call, usage });
  const billing = (await session.events.find(eventId))?.billing;

  await session.events.correctUsage(eventId, { usage: billing?.usage });

  expect(billing?.costPico).toBe('26750000000');
  expect((await session.events.find(eventId))?.billing).toEqual(billing);
});

test('a session can be read however much its calls cost together', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');
  for (const costUsd of [1_000_000_000, 1_000_000_000])
    await session.aiResponds('dear', { model: 'gpt-4o-mini', costUsd });

  expect((await session.getSession()).tokenSummary.totalEstimatedCostUsd).toBe('2000000000');
  expect((await session.getStats()).costUsd).toBe('2000000000');
});

test('counts of a call that cost more than anybody may state are corrected', async () => {
  const prices = { dear: { inputPerMillion: '100000000000', outputPerMillion: '1' } };
  const session = (await aPagefold({ prices })).session('s');
  const usage = { inputTokens: 1_000_000, outputTokens: 1 };
  const { eventId } = await session.recordAnswer('hi', { model: 'dear', usage });

  await session.events.correctUsage(eventId, { promptTokens: 5 });

  const event = await session.events.find(eventId);
  expect(event?.tokenUsage).toMatchObject({
    promptTokens: 5,
    estimatedCostUsd: '100000000000.000001',
  });
});

test('a usage that counts only what a model thought is priced, recorded or corrected', async () => {
  const session = (await aPagefold()).session('s');
  await session.userSays('why?');
  const call = { model: 'o3-mini', provider: 'openai' };
  const usage = { reasoningTokens: 1000 };
  const { eventId } = await session.recordAnswer('because', { ...call, usage });
  const recorded = await session.events.find(eventId);
  expect(recorded?.billing?.usage.outputTokens).toBeGreaterThan(1000);
  expect(Number(recorded?.billing?.costPico)).toBeGreaterThan(0);

  await session.events.correctUsage(eventId, { usage: { reasoningTokens: 2000 } });

  const corrected = await session.events.find(eventId);
  expect(corrected?.billing?.usage.outputTokens).toBeGreaterThan(2000);
  expect((await session.getStats()).unpricedCalls).toBe(0);
});

describe('correctUsage', () => {
  test('C-15: C-17: W-47: sets one count, keeps the other, and all totals follow', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { eventId } = await session.recordUser('hello there');
    await talk(session, 1);
    const before = await session.getStats();
    const old = (await session.events.find(eventId))!.tokenUsage!;

    await session.events.correctUsage(eventId, { completionTokens: 7 });

    const after = (await session.events.find(eventId))!.tokenUsage!;
    expect(after).toMatchObject({
      promptTokens: old.promptTokens,
      completionTokens: 7,
      totalTokens: old.promptTokens + 7,
      origin: 'reported',
    });
    expect((await session.getStats()).totalTokens).toBe(before.totalTokens + 7);
    expect(await sums(session)).toSatisfy(areEqual);
    expect((await pagefold.tenantUsage()).tokens).toBe(before.totalTokens + 7);
  });

  test('C-14: takes the counts of a text that the event stands for', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { eventId } = await session.recordAnswer('see attachment', { model: 'gpt-4o' });
    const counter = createTokenCounter();
    const { promptTokens, completionTokens } = tokenUsageFromText(
      { prompt: 'the question', completion: 'the attachment, word for word', model: 'gpt-4o' },
      (text, model) => counter.countText(text, model),
    );

    await session.events.correctUsage(eventId, { promptTokens, completionTokens });

    expect(completionTokens).toBeGreaterThan(promptTokens);
    expect((await session.events.find(eventId))?.tokenUsage).toMatchObject({
      promptTokens,
      completionTokens,
      totalTokens: promptTokens + completionTokens,
    });
    expect(await sums(session)).toSatisfy(areEqual);
  });

  test('C-16: does nothing without a figure', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { eventId } = await session.recordUser('hello');
    const before = await collect(session.export());

    await session.events.correctUsage(eventId, {});

    expect(await collect(session.export())).toEqual(before);
  });

  test('C-17: takes what the provider reports afterwards and prices it', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hello');
    const { eventId } = await session.recordAnswer('hi', {
      model: 'gpt-4o-mini',
      provider: 'openai',
    });
    const estimate = (await session.events.find(eventId))!.billing!.usage;

    await session.events.correctUsage(eventId, {
      usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 },
    });

    // A thousand at $0.15 and a thousand at $0.60 a million.
    expect((await session.getStats()).costUsd).toBe('0.00075');
    expect((await pagefold.tenantUsage()).costUsd).toBe('0.00075');
    expect((await session.getSession()).tokenSummary.totalEstimatedCostUsd).toBe('0.00075');
    expect((await session.events.find(eventId))!.billing).toMatchObject({
      origin: 'reported',
      estimate,
    });
  });

  test('W-47: another model makes another price, and moves the figures to its line', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const usage = { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 };
    const { eventId } = await session.recordAnswer('hi', {
      model: 'gpt-4o-mini',
      provider: 'openai',
      usage,
    });

    await session.events.correctUsage(eventId, { model: 'gpt-4o' });

    const stats = await session.getStats();
    expect(stats.costUsd).toBe('0.0025');
    expect(stats.tokensByModel).toMatchObject({
      'gpt-4o-mini': { totalTokens: 0, costUsd: '0' },
      'gpt-4o': { costUsd: '0.0025' },
    });
    expect((await session.getSession()).tokenSummary.totalEstimatedCostUsd).toBe('0.0025');
  });

  test('C-17: may be repeated; each time the difference counts', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { eventId } = await session.recordAnswer('hi', { model: 'gpt-4o-mini' });

    for (const completionTokens of [100, 5, 70]) {
      await session.events.correctUsage(eventId, { completionTokens });
    }

    expect((await session.getStats()).totalTokens).toBe(70);
    expect(await sums(session)).toSatisfy(areEqual);
  });

  test('C-17: keeps the totals right while others write and correct', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const receipts = await Promise.all(
      Array.from({ length: 5 }, (_, index) => session.recordUser(`message ${index}`)),
    );

    await Promise.all([
      ...receipts.map(({ eventId }, index) =>
        session.events.correctUsage(eventId, { promptTokens: 1000 + index }),
      ),
      ...Array.from({ length: 50 }, (_, index) => pagefold.session('s').userSays(`more ${index}`)),
    ]);

    const corrected = await collect(session.events.list({ toPosition: 6 }));
    expect(corrected.map(({ tokenUsage }) => tokenUsage?.promptTokens)).toEqual([
      1000, 1001, 1002, 1003, 1004,
    ]);
    expect(await sums(session)).toSatisfy(areEqual);
    expect((await pagefold.tenantUsage()).tokens).toBe((await session.getStats()).totalTokens);
  });

  test.each([
    [{ promptTokens: -1 }, 'correction.promptTokens'],
    [{ completionTokens: 1.5 }, 'correction.completionTokens'],
    [{ usage: { unknown: true } }, 'correction.usage'],
    [{ tokens: 5 }, 'correction.tokens'],
  ])('refuses %j and changes nothing', async (correction, field) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const { eventId } = await session.recordUser('hello');
    const before = await session.getStats();

    await expect(session.events.correctUsage(eventId, correction as object)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });

    expect(await session.getStats()).toEqual(before);
  });

  test('of an event or a session that is not there is refused', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await expect(session.events.correctUsage('e', { promptTokens: 1 })).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    await session.userSays('hello');
    await expect(session.events.correctUsage('e', { promptTokens: 1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'eventId',
    });
  });
});
