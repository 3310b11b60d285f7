import { describe, expect, test, vi } from 'vitest';
import {
  createAnthropicSummarizer,
  createOpenAiSummarizer,
  type ModelCallError,
  type SummaryAnswer,
  type SummaryMessage,
  type ModelUsage,
  type SummaryOptions,
} from '../../../src/index.ts';
import { aModelServer, openAiAnswer, sendJson } from './model-server.ts';

const MESSAGES: readonly SummaryMessage[] = [
  { role: 'user', content: 'Where is Oslo?' },
  { role: 'tool', content: '{"tool":"map"}' },
  { role: 'assistant', content: 'In Norway.' },
];

function options(changes: Partial<SummaryOptions> = {}): SummaryOptions {
  const signal = new AbortController().signal;
  const ids = { tenant: 't', sessionId: 's', segment: 1, fromSegment: 1 };
  return { signal, ...ids, maxTokens: 200, charge: () => undefined, ...changes };
}

async function failureOf(call: unknown): Promise<ModelCallError> {
  try {
    await call;
  } catch (error) {
    return error as ModelCallError;
  }
  throw new Error('it did not fail');
}

describe('createOpenAiSummarizer', () => {
  test('speaks the chat interface, and says what it used', async () => {
    const server = await aModelServer((response) => openAiAnswer(response, 'Oslo is in Norway.'));
    const summarize = createOpenAiSummarizer({
      model: 'gpt-4o-mini',
      baseUrl: `${server.url}/`,
      apiKey: 'sk-1',
    });

    const charged: ModelUsage[] = [];
    const charge = (used: ModelUsage): void => void charged.push(used);

    expect(await summarize(MESSAGES, options({ charge }))).toEqual({ text: 'Oslo is in Norway.' });
    const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
    expect(charged).toEqual([{ model: 'gpt-4o-mini', provider: 'openai', usage }]);
    expect(server.asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        headers: { authorization: 'Bearer sk-1', 'content-type': 'application/json' },
        body: {
          model: 'gpt-4o-mini',
          max_completion_tokens: 1200,
          messages: [{ role: 'system' }, { role: 'user' }],
        },
      },
    ]);
    expect(JSON.stringify(server.asked[0]?.body)).toContain('Where is Oslo?');
  });

  test.each([
    ['basic', 'concise summary'],
    ['key_points', 'key points'],
    ['topic_based', 'topics'],
    ['query_focused', 'questions'],
  ] as const)('C-130: asks by strategy: %s', async (strategy, words) => {
    const server = await aModelServer((response) => openAiAnswer(response, 'short'));
    const where = { model: 'm', baseUrl: server.url, apiKey: null };
    await createOpenAiSummarizer({ ...where, strategy })(MESSAGES, options());

    expect(server.asked[0]?.headers.authorization).toBeUndefined();
    expect(JSON.stringify(server.asked[0]?.body)).toContain(words);
  });

  test('takes key and address of the environment, and refuses to go without a key', async () => {
    const server = await aModelServer((response) => openAiAnswer(response, 'short'));
    vi.stubEnv('OPENAI_API_KEY', '');
    expect(() => createOpenAiSummarizer({ model: 'm' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: 'options.apiKey' }),
    );
    vi.stubEnv('OPENAI_API_KEY', 'sk-env');
    vi.stubEnv('OPENAI_BASE_URL', server.url);
    const summarize = createOpenAiSummarizer({ model: 'm' });
    vi.unstubAllEnvs();
    await summarize(MESSAGES, options());

    expect(server.asked[0]?.headers.authorization).toBe('Bearer sk-env');
  });

  test('summary input larger than the model: material is summarised in parts that all fit, then as one', async () => {
    const sizes: number[] = [];
    const server = await aModelServer((response, { body }, count) => {
      sizes.push(JSON.stringify(body['messages']).length);
      openAiAnswer(response, `part ${count}`);
    });
    const summarize = createOpenAiSummarizer({
      model: 'm',
      baseUrl: server.url,
      apiKey: null,
      contextTokens: 2000,
    });
    const messages = Array.from({ length: 40 }, (_, at): SummaryMessage => {
      return { role: at % 2 === 0 ? 'user' : 'assistant', content: `line ${at} `.repeat(60) };
    });
    let charged = 0;
    const charge = (): void => void (charged += 1);
    const answer = (await summarize(messages, options({ charge }))) as SummaryAnswer;

    expect(sizes.length).toBeGreaterThan(5);
    // A token of this text is never longer than 8 characters.
    expect(Math.max(...sizes)).toBeLessThan(2000 * 8);
    const last = server.asked.at(-1)!;
    expect(JSON.stringify(last.body)).toContain('part 1');
    expect(answer.text).toBe(`part ${server.asked.length}`);
    expect(charged).toBe(server.asked.length);
    const all = server.asked.map(({ body }) => JSON.stringify(body)).join('\n');
    for (let at = 0; at < 40; at += 1) expect(all).toContain(`line ${at} `);
  });

  test.each([400, 401, 403, 404, 422])('status %i is for good', async (status) => {
    const server = await aModelServer((response) =>
      sendJson(response, status, { error: 'secret' }),
    );
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    const error = await failureOf(summarize(MESSAGES, options()));

    expect(error).toMatchObject({ code: 'MODEL_CALL_REFUSED', status, retryable: false });
    expect(error.message).not.toContain('secret');
  });

  test.each([408, 409, 429, 500, 503])('status %i passes', async (status) => {
    const server = await aModelServer((response) => {
      response.setHeader('retry-after', '7');
      sendJson(response, status, {});
    });
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    expect(await failureOf(summarize(MESSAGES, options()))).toMatchObject({
      code: 'MODEL_CALL_FAILED',
      status,
      retryable: true,
      retryAfterMs: 7000,
    });
  });

  test('a date to try again after is read against the clock of the server', async () => {
    const server = await aModelServer((response) => {
      response.setHeader('date', 'Wed, 21 Oct 2015 07:28:00 GMT');
      response.setHeader('retry-after', 'Wed, 21 Oct 2015 07:28:30 GMT');
      sendJson(response, 429, {});
    });
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    expect(await failureOf(summarize(MESSAGES, options()))).toMatchObject({ retryAfterMs: 30_000 });
  });

  test('a date to try again after is read against our clock where the server shows none', async () => {
    const server = await aModelServer((response) => {
      response.sendDate = false;
      response.setHeader('retry-after', new Date(Date.now() + 120_000).toUTCString());
      sendJson(response, 429, {});
    });
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    const { retryAfterMs } = await failureOf(summarize(MESSAGES, options()));
    expect(retryAfterMs).toBeGreaterThan(100_000);
    expect(retryAfterMs).toBeLessThanOrEqual(120_000);
  });

  test.each([301, 302, 307, 308])(
    'a redirect with status %i is for good, and the key goes nowhere else',
    async (status) => {
      const other = await aModelServer((response) => openAiAnswer(response, 'short'));
      const server = await aModelServer((response) => {
        response.setHeader('location', `${other.url}/chat/completions`);
        sendJson(response, status, {});
      });
      const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

      const error = await failureOf(summarize(MESSAGES, options()));
      expect(error).toMatchObject({ code: 'MODEL_CALL_REFUSED', status });
      expect(error.message).toContain(`status ${status}`);
      expect(other.asked).toEqual([]);
    },
  );

  test.each(['says so', 'does not say so'])(
    'an answer that is far too long is not read to its end, whether the server %s',
    async (what) => {
      const piece = Buffer.alloc(1_000_000, ' ');
      const pieces = 400;
      let sent = 0;
      const server = await aModelServer((response) => {
        if (what === 'says so') response.setHeader('content-length', pieces * piece.length);
        const send = (): void => {
          while (sent < pieces) {
            sent += 1;
            if (!response.write(piece)) {
              response.once('drain', send);
              return;
            }
          }
          response.end();
        };
        send();
      });
      const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

      expect(await failureOf(summarize(MESSAGES, options()))).toMatchObject({
        code: 'MODEL_CALL_FAILED',
        message: expect.stringContaining('its answer is longer than 4000000 bytes') as string,
      });
      // What lies in the buffers between the two was sent, too.
      expect(sent).toBeLessThan(pieces / 2);
    },
  );

  test('an answer that comes in pieces is read whole, also where they part a character', async () => {
    const text = 'Blåbær 🫐 '.repeat(50);
    const bytes = Buffer.from(JSON.stringify({ choices: [{ message: { content: text } }] }));
    const server = await aModelServer((response) => {
      for (const byte of bytes) response.write(Buffer.of(byte));
      response.end();
    });
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    expect(await summarize(MESSAGES, options())).toEqual({ text });
  });

  test.each([
    ['no JSON', 'hello'],
    ['another shape', '{"choices":"none"}'],
    ['nothing', ''],
  ])('an answer that is %s is none', async (_what, body) => {
    const server = await aModelServer((response) => response.end(body));
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    expect(await failureOf(summarize(MESSAGES, options()))).toMatchObject({
      code: 'MODEL_CALL_FAILED',
    });
  });

  test.each([
    ['length', 'unfinished'],
    ['model_length', 'unfinished'],
    ['content_filter', 'declined'],
  ])('an answer that ended with %s is no summary, and is paid for', async (end, flaw) => {
    const server = await aModelServer((response) =>
      openAiAnswer(response, 'The guest must never be served', { finish_reason: end }),
    );
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    let charged = 0;
    const charge = (): void => void (charged += 1);

    const error = await failureOf(summarize(MESSAGES, options({ charge })));
    expect(error).toMatchObject({ code: 'MODEL_CALL_FAILED', retryable: true, flaw });
    expect(error.message).not.toContain('guest');
    expect(charged).toBe(1);
  });

  test('words with which a model declines are no summary', async () => {
    const server = await aModelServer((response) =>
      openAiAnswer(response, null, { refusal: "I'm sorry, I can't help with that." }),
    );
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    expect(await failureOf(summarize(MESSAGES, options()))).toMatchObject({ flaw: 'declined' });
  });

  test.each(['stop', 'eos_token', null])('an answer that ended with %s is one', async (end) => {
    const server = await aModelServer((response) =>
      openAiAnswer(response, 'Oslo is in Norway.', { finish_reason: end }),
    );
    const summarize = createOpenAiSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });

    expect(await summarize(MESSAGES, options())).toEqual({ text: 'Oslo is in Norway.' });
  });

  test('an answer has room beyond what a summary may have, less of it in a small window', async () => {
    const server = await aModelServer((response) => openAiAnswer(response, 'short'));
    const where = { model: 'm', baseUrl: server.url, apiKey: 'k' };
    await createOpenAiSummarizer({ ...where, contextTokens: 1000 })(MESSAGES, options());
    await createOpenAiSummarizer(where)(MESSAGES, options());

    expect(server.asked.map(({ body }) => body['max_completion_tokens'])).toEqual([300, 1200]);
    expect(JSON.stringify(server.asked[0]?.body)).toContain('Write at most 100 words.');
  });

  test('does not wait for ever, does not follow elsewhere, and stops when told to', async () => {
    const silent = await aModelServer(() => undefined);
    const moved = await aModelServer((response) => {
      response.writeHead(307, { location: silent.url });
      response.end();
    });
    const where = { model: 'm', apiKey: 'k' };
    const slow = createOpenAiSummarizer({ ...where, baseUrl: silent.url, timeoutMs: 50 });
    const elsewhere = createOpenAiSummarizer({ ...where, baseUrl: moved.url });
    const stopped = createOpenAiSummarizer({ ...where, baseUrl: silent.url });
    const stop = new AbortController();
    const call = failureOf(stopped(MESSAGES, options({ signal: stop.signal })));
    stop.abort(new RangeError('enough'));

    expect(await failureOf(slow(MESSAGES, options()))).toMatchObject({ code: 'MODEL_CALL_FAILED' });
    expect(await failureOf(elsewhere(MESSAGES, options()))).toMatchObject({
      code: 'MODEL_CALL_REFUSED',
      status: 307,
    });
    expect(await call).toMatchObject({ message: 'enough' });
  });
});

describe('createAnthropicSummarizer', () => {
  test('speaks the messages interface', async () => {
    const usage = { input_tokens: 900, output_tokens: 80 };
    const server = await aModelServer((response) =>
      sendJson(response, 200, {
        type: 'message',
        content: [
          { type: 'thinking', thinking: '…' },
          { type: 'text', text: 'Oslo ' },
          { type: 'text', text: 'is there.' },
        ],
        usage,
      }),
    );
    const summarize = createAnthropicSummarizer({
      model: 'claude-haiku-4-5',
      baseUrl: server.url.replace('/v1', ''),
      apiKey: 'key-1',
    });

    const charged: ModelUsage[] = [];
    const charge = (used: ModelUsage): void => void charged.push(used);

    expect(await summarize(MESSAGES, options({ charge }))).toEqual({ text: 'Oslo is there.' });
    expect(charged).toEqual([{ model: 'claude-haiku-4-5', provider: 'anthropic', usage }]);
    expect(server.asked).toMatchObject([
      {
        path: '/v1/messages',
        headers: { 'x-api-key': 'key-1', 'anthropic-version': '2023-06-01' },
        body: { max_tokens: 1200, messages: [{ role: 'user' }] },
      },
    ]);
    expect(server.asked[0]?.body['system']).toContain('concise summary');
  });

  test.each([
    ['max_tokens', 'unfinished'],
    ['model_context_window_exceeded', 'unfinished'],
    ['pause_turn', 'unfinished'],
    ['refusal', 'declined'],
  ])('an answer that stopped for %s is no summary, and is paid for', async (stop_reason, flaw) => {
    const server = await aModelServer((response) =>
      sendJson(response, 200, {
        content: [{ type: 'text', text: 'The guest must never be served' }],
        stop_reason,
        usage: { input_tokens: 900, output_tokens: 80 },
      }),
    );
    const summarize = createAnthropicSummarizer({ model: 'm', baseUrl: server.url, apiKey: 'k' });
    let charged = 0;
    const charge = (): void => void (charged += 1);

    const error = await failureOf(summarize(MESSAGES, options({ charge })));
    expect(error).toMatchObject({ code: 'MODEL_CALL_FAILED', retryable: true, flaw });
    expect(charged).toBe(1);
  });
});
