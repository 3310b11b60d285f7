import { describe, expect, test, vi } from 'vitest';
import {
  createOpenAiSummarizer,
  type RuntimeWarning,
  type SessionManager,
  type Summarize,
} from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from '../api/a-pagefold.ts';
import { aModelServer, openAiAnswer, sendJson } from './model-server.ts';

// What users of other libraries were bitten by, each as a test by the name of the complaint.

const OPTIONS = { infiniteContext: true, maxTurnsPerSegment: 4 };

describe('a model that writes summaries', () => {
  test('history lost when the model fails: every message stays, and the extractive summary stands in', async () => {
    const server = await aModelServer((response) => sendJson(response, 401, {}));
    const warnings: RuntimeWarning[] = [];
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    const pagefold = await aPagefold({ summarize, onWarning: (one) => warnings.push(one) });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect(await session.getConversation()).toHaveLength(6);
    const { segments } = await session.getSession();
    expect(segments[0]?.summary).toMatchObject({ origin: 'extractive', revision: 0 });
    expect(server.asked).toHaveLength(1);
    expect(warnings).toMatchObject([
      { code: 'SUMMARY_FAILED', message: expect.stringContaining('status 401') as string },
    ]);
  });

  test.each([
    'Error generating summary: 429 rate limit exceeded',
    'openai.RateLimitError: Error code: 429',
    'Traceback (most recent call last): File "x.py"',
    '{"error": {"message": "overloaded"}}',
  ])('error text stored as the summary: refused: %s', async (text) => {
    const pagefold = await aPagefold({ summarize: () => text });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect((await session.getSession()).segments[0]?.summary?.origin).toBe('extractive');
  });

  test('a summary that tells of errors is one', async () => {
    const text = 'Error handling was discussed.';
    const pagefold = await aPagefold({ summarize: () => text });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect((await session.getSession()).segments[0]?.summary?.text).toBe(text);
  });

  test('empty summaries: refused, asked for again, and never stored', async () => {
    const server = await aModelServer((response, _asked, count) =>
      openAiAnswer(response, count === 1 ? null : 'They talked.'),
    );
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    const session = (await aPagefold({ summarize })).session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect((await session.getSession()).segments[0]?.summary?.text).toBe('They talked.');
    expect(server.asked).toHaveLength(2);
  });

  test('half a summary: one that was cut off is asked for again, told of, paid for and never stored', async () => {
    const server = await aModelServer((response) =>
      openAiAnswer(response, 'What must never be done is', { finish_reason: 'length' }),
    );
    const warnings: RuntimeWarning[] = [];
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    const pagefold = await aPagefold({ summarize, onWarning: (one) => warnings.push(one) });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    const { segments } = await session.getSession();
    expect(segments[0]?.summary).toMatchObject({ origin: 'extractive', revision: 0 });
    expect(server.asked).toHaveLength(3);
    expect(await collect(session.events.list({ types: ['reference'] }))).toHaveLength(3);
    expect(warnings).toMatchObject([
      { code: 'SUMMARY_FAILED', message: expect.stringContaining('unfinished answer') as string },
    ]);
  });

  test('summary input larger than the model: a segment over its window is summarised part by part, and whole', async () => {
    const windowTokens = 2000;
    const lengths: number[] = [];
    const server = await aModelServer((response, { body }, count) => {
      const { length } = JSON.stringify(body['messages']);
      lengths.push(length);
      // Of this text a token is about five characters; a server counts on its own, and refuses for good what is too long.
      if (length > windowTokens * 6) sendJson(response, 400, { error: 'context_length_exceeded' });
      else openAiAnswer(response, `Part ${count}.`);
    });
    const summarize = createOpenAiSummarizer({
      model: 'm',
      baseUrl: server.url,
      apiKey: 'k',
      contextTokens: windowTokens,
    });
    const session = (await aPagefold({ summarize })).session('s', OPTIONS);
    await session.userSays('Where do we begin? '.repeat(1000));
    await session.aiResponds('At the beginning, I think. '.repeat(1000), { model: 'm' });
    await talk(session, 2);
    await session.flush();

    const { segments } = await session.getSession();
    expect(segments[0]?.summary).toMatchObject({
      origin: 'model',
      text: `Part ${server.asked.length}.`,
    });
    expect(server.asked.length).toBeGreaterThan(5);
    expect(Math.max(...lengths)).toBeLessThan(windowTokens * 6);
  });

  test('summary input larger than the model: a model that says so leaves a session that goes on', async () => {
    const server = await aModelServer((response) =>
      sendJson(response, 400, { error: { code: 'context_length_exceeded' } }),
    );
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    const session = (await aPagefold({ summarize })).session('s', OPTIONS);
    await talk(session, 7);
    await session.flush();

    const { segments } = await session.getSession();
    expect(segments.map(({ summary }) => summary?.origin)).toEqual([
      'extractive',
      'extractive',
      'extractive',
      undefined,
    ]);
    // It is not asked again for what it refused for good.
    expect(server.asked).toHaveLength(3);
    expect(await session.getConversation()).toHaveLength(14);
  });

  test('summariser on the request path: answers come while the model hangs', async () => {
    const server = await aModelServer(() => undefined);
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    const pagefold = await aPagefold({ summarize });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 7);
    await vi.waitFor(() => expect(server.asked.length).toBeGreaterThan(0));

    await talk(session, 1, 8);
    expect(await session.getConversation()).toHaveLength(16);
    expect(await session.getMessagesForLlm()).not.toHaveLength(0);
  });

  test('trigger that fires twice: a segment is summarised once, however often work is waited for', async () => {
    let calls = 0;
    const summarize = async (): Promise<string> => {
      calls += 1;
      return `version ${calls}`;
    };
    const session = (await aPagefold({ summarize })).session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();
    await session.flush();

    expect((await session.getSession()).segments[0]?.summary).toMatchObject({
      revision: 1,
      text: 'version 1',
    });
    expect(calls).toBe(1);
  });

  test('trigger that never fires: one message above the threshold closes the segment', async () => {
    const pagefold = await aPagefold({ summarize: () => 'One long message.' });
    const session = pagefold.session('s', { infiniteContext: true, tokenThreshold: 200 });
    await session.userSays('a very long message '.repeat(200));
    await session.userSays('and another one');
    await session.flush();

    expect((await session.getSession()).segments[0]?.summary?.text).toBe('One long message.');
  });

  test('summary lost on restart: the next process shows it', async () => {
    const store = aStore();
    const first = await aPagefold({ store, summarize: () => 'They talked.' });
    await talk(first.session('s', OPTIONS), 3);
    await first.flush();
    await first.close();

    const second = (await aPagefold({ store })).session('s', OPTIONS);
    expect(JSON.stringify(await second.getMessagesForLlm())).toContain('They talked.');
  });

  test('stale background write: what is said while a summary is written is kept', async () => {
    let open: () => void = () => undefined;
    const summarize = async (): Promise<string> => {
      await new Promise<void>((resolve) => {
        open = resolve;
      });
      return 'Late.';
    };
    const pagefold = await aPagefold({ summarize });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.userSays('said meanwhile');
    open();
    await session.flush();

    const turns = await session.getConversation();
    expect(turns.at(-1)?.content).toBe('said meanwhile');
    expect((await session.getSession()).segments[0]?.summary?.text).toBe('Late.');
  });

  test('tool pair split: a call and its result are in one segment, whatever closes', async () => {
    const seen: string[] = [];
    const pagefold = await aPagefold({
      summarize: (messages) => {
        seen.push(messages.map(({ role }) => role).join(' '));
        return 'short';
      },
    });
    const session = pagefold.session('s', { ...OPTIONS, maxTurnsPerSegment: 2 });
    await session.userSays('add');
    await session.aiResponds('adding', { model: 'm' });
    await session.toolUsed({ toolName: 'add', result: 8 });
    await session.userSays('and now?');
    await session.flush();

    expect(seen).toEqual(['user assistant tool']);
  });
});

describe('the cost of summaries', () => {
  test('is charged to the session, also of answers that were refused', async () => {
    const server = await aModelServer((response, _asked, count) =>
      openAiAnswer(response, count === 1 ? '' : 'They talked.'),
    );
    const summarize = createOpenAiSummarizer({
      model: 'gpt-4o-mini',
      baseUrl: server.url,
      apiKey: 'k',
    });
    const pagefold = await aPagefold({ summarize });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    const before = await session.getStats();
    await session.flush();
    const after = await session.getStats();

    // Twice 1,000 tokens in at 0.15 and 100 out at 0.60 US dollars a million.
    expect(Number(after.costUsd) - Number(before.costUsd)).toBeCloseTo(2 * 0.00021, 8);
    expect(after.totalTokens).toBe(before.totalTokens);
    const usage = await pagefold.tenantUsage();
    expect(usage.costUsd).toBe(after.costUsd);
    expect(JSON.stringify(await session.getMessagesForLlm())).not.toContain('"call"');
  });

  test('a usage that cannot be read is told of, and the summary is kept', async () => {
    const warnings: RuntimeWarning[] = [];
    const summarize = () => ({
      text: 'They talked.',
      usage: [{ model: 'm', provider: null, usage: 'much' }],
    });
    const pagefold = await aPagefold({ summarize, onWarning: (one) => warnings.push(one) });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect(warnings).toMatchObject([{ code: 'SUMMARY_NOT_CHARGED', sessionId: 's' }]);
    expect((await session.getSession()).segments[0]?.summary?.text).toBe('They talked.');
  });

  const CALL = { model: 'gpt-4o-mini', usage: { prompt_tokens: 1000, completion_tokens: 100 } };
  /** 1,000 tokens in at 0.15 and 100 out at 0.60 US dollars a million, in pico-dollars. */
  const PRICE = '210000000';

  async function pricesOfCalls(session: SessionManager): Promise<readonly unknown[]> {
    const events = await collect(session.events.list({ types: ['reference'] }));
    return events.map(({ billing }) => billing?.costPico);
  }

  test.each([
    ['one call without a list', CALL, 1],
    ['a call whose provider is not named', [CALL], 1],
    ['no call at all', null, 0],
  ])('is charged for %s', async (_name, usage, calls) => {
    const warnings: RuntimeWarning[] = [];
    const summarize = () => ({ text: 'They talked.', usage });
    const pagefold = await aPagefold({ summarize, onWarning: (one) => warnings.push(one) });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect(await pricesOfCalls(session)).toEqual(Array.from({ length: calls }, () => PRICE));
    expect(warnings).toEqual([]);
    expect((await session.getSession()).segments[0]?.summary?.text).toBe('They talked.');
  });

  test.each([
    ['usage', 'usage: expected an object', 5],
    ['usage.model', 'usage.model: expected a string', CALL.usage],
    ['usage[1].model', 'usage[1].model: expected a string', [CALL, { usage: CALL.usage }]],
    ['usage[0]', 'usage[0]: expected an object', ['much', CALL]],
  ])('leaves the summary and what else it tells where %s is wrong', async (...given) => {
    const [, message, usage] = given;
    const warnings: RuntimeWarning[] = [];
    let calls = 0;
    const summarize = (() => {
      calls += 1;
      return { text: 'They talked.', usage };
    }) as unknown as Summarize;
    const pagefold = await aPagefold({ summarize, onWarning: (one) => warnings.push(one) });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect(warnings).toMatchObject([{ code: 'SUMMARY_NOT_CHARGED', message, sessionId: 's' }]);
    expect((await session.getSession()).segments[0]?.summary?.text).toBe('They talked.');
    expect(calls).toBe(1);
    expect(await pricesOfCalls(session)).toEqual(Array.isArray(usage) ? [PRICE] : []);
  });

  test('what `charge` is told and cannot be read does not fail the summary', async () => {
    const warnings: RuntimeWarning[] = [];
    const summarize: Summarize = (_messages, { charge }) => {
      charge(CALL.usage as never);
      return 'They talked.';
    };
    const pagefold = await aPagefold({ summarize, onWarning: (one) => warnings.push(one) });
    const session = pagefold.session('s', OPTIONS);
    await talk(session, 3);
    await session.flush();

    expect(warnings).toMatchObject([
      { code: 'SUMMARY_NOT_CHARGED', message: 'usage.model: expected a string' },
    ]);
    expect((await session.getSession()).segments[0]?.summary?.text).toBe('They talked.');
  });
});
