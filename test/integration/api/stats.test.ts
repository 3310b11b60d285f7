import { describe, expect, test } from 'vitest';
import { aPagefold, aStore, talk } from './a-pagefold.ts';

const INFINITE = { infiniteContext: true, maxTurnsPerSegment: 4 };
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('getStats', () => {
  test('C-29: C-113: counts everything of a session of one segment', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 2);
    await session.toolUsed({ toolName: 'add', arguments: { a: 5 }, result: 8 });

    expect(await session.getStats()).toEqual({
      sessionId: 's',
      sessionSegments: 1,
      sessionChain: null,
      totalMessages: 4,
      totalEvents: 5,
      userMessages: 2,
      aiMessages: 2,
      systemMessages: 0,
      toolCalls: 1,
      summaries: 0,
      totalTokens: expect.any(Number) as number,
      promptTokens: expect.any(Number) as number,
      completionTokens: expect.any(Number) as number,
      estimatedCost: expect.any(Number) as number,
      costUsd: expect.stringMatching(/^0\.0\d+$/) as string,
      pricedCalls: 2,
      unpricedCalls: 0,
      usage: {
        inputTokens: expect.any(Number) as number,
        outputTokens: expect.any(Number) as number,
      },
      tokensByModel: { 'gpt-4o-mini': expect.any(Object) as object },
      createdAt: expect.stringMatching(ISO) as string,
      lastUpdate: expect.stringMatching(ISO) as string,
      infiniteContext: false,
    });
  });

  test('C-11: its tokens are the sum of the tokens of the events', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    await talk(session, 5);
    await session.toolUsed({ toolName: 'add', result: 'something longer' });

    const stats = await session.getStats();
    const read = await session.getSession();

    const sum = read.events.reduce((total, event) => {
      return total + (event.tokenUsage?.totalTokens ?? 0);
    }, 0);
    expect(stats.totalTokens).toBe(sum);
    expect(read.tokenSummary.totalTokens).toBe(sum);
    expect(stats.promptTokens + stats.completionTokens).toBe(sum);
    expect(read.tokenSummary.totalEstimatedCostUsd).toBe(stats.costUsd);
  });

  test('C-114: W-21: covers all segments, also for a manager that just opened the session', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    await talk(session, 6);

    const resumed = await pagefold.session('s', INFINITE).getStats();

    expect(resumed).toEqual(await session.getStats());
    expect(resumed).toMatchObject({
      sessionSegments: 3,
      sessionChain: ['s/1', 's/2', 's/3'],
      totalMessages: 12,
      userMessages: 6,
      aiMessages: 6,
      summaries: 2,
      totalEvents: 14,
      infiniteContext: true,
    });
  });

  test('W-22: counts the open segment alone when asked to', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    await talk(session, 5);
    const all = await session.getStats();

    const open = await session.getStats({ includeAllSegments: false });

    expect(open).toMatchObject({
      sessionSegments: 1,
      sessionChain: null,
      totalMessages: 2,
      totalEvents: 2,
      pricedCalls: 1,
    });
    expect(open.totalTokens).toBeLessThan(all.totalTokens);
    expect(await session.getStats({ includeAllSegments: true })).toEqual(all);
  });

  test('counts corrections in the figures of the open segment too', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    await talk(session, 4);
    const before = await session.getStats({ includeAllSegments: false });
    const { eventId } = await session.recordAnswer('more', { model: 'gpt-4o-mini' });

    await session.events.correctUsage(eventId, { completionTokens: 500 });

    const after = await session.getStats({ includeAllSegments: false });
    expect(after.completionTokens).toBe(before.completionTokens + 500);
  });

  test('W-67: says when the session began, not its last segment, and when something last happened', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', INFINITE);
    await session.setState('made', true);
    const created = (await session.getStats()).createdAt;

    await talk(session, 6);

    const stats = await session.getStats();
    const { metadata } = await session.getSession();
    expect(stats.createdAt).toBe(created);
    expect(Date.parse(stats.lastUpdate)).toBeGreaterThanOrEqual(Date.parse(created));
    expect(metadata.updatedAtMs).toBe(Date.parse(stats.lastUpdate));
  });

  test('C-9: the last update is the creation as long as nothing was said', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.setProperty('plan', 'pro');

    const stats = await session.getStats();

    expect(stats.lastUpdate).toBe(stats.createdAt);
  });

  test('W-26: a system prompt and tool results count for the next roll-over', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, tokenThreshold: 500 });
    await session.userSays('Read the file.');
    await session.toolUsed({ toolName: 'read', result: 'line of text '.repeat(400) });
    await session.aiResponds('It is long.');

    await session.userSays('And now?');

    expect((await session.getStats()).sessionSegments).toBe(2);
  });
});

describe('money', () => {
  test('C-55: W-48: what the provider reports beats the estimate, and both are kept', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Be kind.' });
    await session.userSays('Where is my order?');

    const { eventId } = await session.recordAnswer('It was shipped.', {
      model: 'gpt-4o-mini',
      provider: 'openai',
      usage: {
        prompt_tokens: 1000,
        completion_tokens: 100,
        total_tokens: 1100,
        prompt_tokens_details: { cached_tokens: 400 },
      },
    });

    const event = await session.events.find(eventId);
    expect(event?.billing).toMatchObject({
      origin: 'reported',
      usage: { inputTokens: 1000, cacheReadTokens: 400, outputTokens: 100 },
      estimate: { outputTokens: event?.contentTokens },
    });
    expect(event?.billing?.estimate?.inputTokens).toBeGreaterThan(5);
    // 600 at $0.15, 400 at $0.075 and 100 at $0.60 a million.
    expect((await session.getStats()).costUsd).toBe('0.00018');
    expect(event?.tokenUsage?.totalTokens).toBe(event?.contentTokens);
  });

  test('W-48: an answer without usage is billed for the whole prompt before it', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Be kind.' });
    const question = await session.recordUser('Where is my order?');

    const { eventId } = await session.recordAnswer('It was shipped.', { model: 'gpt-4o-mini' });

    const [asked, answered] = await Promise.all([
      session.events.find(question.eventId),
      session.events.find(eventId),
    ]);
    expect(asked?.billing).toBeNull();
    expect(asked?.tokenUsage?.estimatedCostUsd).toBeNull();
    expect(answered?.billing).toMatchObject({ origin: 'estimated', estimate: null });
    expect(answered?.billing?.usage.inputTokens).toBeGreaterThan(asked?.contentTokens ?? 0);
  });

  test('adds up without rounding, and equals the sum of the tenant', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    const usage = { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 };
    for (let call = 0; call < 100; call += 1) {
      // In order: it is one conversation.
      await session.aiResponds('', { model: 'gpt-4o-mini', provider: 'openai', usage });
    }

    // One hundred times $0.15 a million.
    expect((await session.getStats()).costUsd).toBe('0.000015');
    expect((await pagefold.tenantUsage()).costUsd).toBe('0.000015');
  });

  test('W-45: C-46: counts calls of unknown models as unpriced and never guesses', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await session.aiResponds('a', { model: 'home-grown-7b' });
    await session.aiResponds('b');

    expect(await session.getStats()).toMatchObject({
      costUsd: '0',
      estimatedCost: 0,
      pricedCalls: 0,
      unpricedCalls: 2,
    });
  });

  test('W-45: C-46: finds the price of a model whatever the case of its name, and of dated names', async () => {
    const pagefold = await aPagefold();
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
    for (const model of ['gpt-4o-mini', 'GPT-4o-Mini', 'gpt-4o-mini-2024-07-18']) {
      const session = pagefold.session(model);
      await session.aiResponds('', { model, provider: 'openai', usage });
      expect((await session.getStats()).costUsd).toBe('0.15');
    }
  });

  test('takes the cost that the provider names, and prices of ones own', async () => {
    const prices = { 'home-grown-7b': { inputPerMillion: 1, outputPerMillion: '2.5' } };
    const pagefold = await aPagefold({ prices });
    const session = pagefold.session('s');
    const usage = { inputTokens: 1000, outputTokens: 400 };

    await session.aiResponds('a', { model: 'whatever', costUsd: '0.25' });
    await session.aiResponds('b', { model: 'gpt-4o', costUsd: 0.5, usage });
    await session.aiResponds('c', { model: 'home-grown-7b', usage });

    expect((await session.getStats()).costUsd).toBe('0.752');
  });
});

test('tenantUsage is the sum over the sessions of the tenant', async () => {
  const pagefold = await aPagefold({ store: aStore() });
  const sessions = ['a', 'b'].map((id) => pagefold.session(id, { tenant: 'acme' }));
  for (const session of sessions) {
    await talk(session, 2);
    await session.toolUsed({ toolName: 't', result: 'r' });
  }
  await talk(pagefold.session('c', { tenant: 'other' }), 5);

  const stats = await Promise.all(sessions.map((session) => session.getStats()));
  const usage = await pagefold.tenantUsage('acme');

  expect(usage).toMatchObject({
    events: 10,
    messages: 8,
    toolCalls: 2,
    tokens: stats.reduce((sum, { totalTokens }) => sum + totalTokens, 0),
  });
  expect(Number(usage.costUsd)).toBeCloseTo(
    stats.reduce((sum, { estimatedCost }) => sum + estimatedCost, 0),
    12,
  );
});
