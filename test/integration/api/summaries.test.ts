import { describe, expect, test } from 'vitest';
import {
  openPagefold,
  type RuntimeWarning,
  type SessionManager,
  type SummaryMessage,
} from '../../../src/index.ts';
import { aPagefold, aStore, talk } from './a-pagefold.ts';

const OPTIONS = { infiniteContext: true, maxTurnsPerSegment: 4 };

async function summaryTexts(session: SessionManager): Promise<readonly (string | undefined)[]> {
  const { segments } = await session.getSession();
  return segments.map((segment) => segment.summary?.text);
}

/** A promise that the test settles. */
function deferred<T>(): { readonly promise: Promise<T>; resolve(value: T): void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle(value) };
}

describe('a summary callback', () => {
  test.each([
    ['at once', () => 'We spoke.'],
    ['later', async () => 'We spoke.'],
  ])('W-30: C-115: may answer %s', async (_when, summarize) => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', OPTIONS);
    session.setSummaryCallback(summarize);

    await talk(session, 3);
    await session.flush();

    expect(await summaryTexts(session)).toEqual(['We spoke.', undefined]);
    const event = await session.events.find('s/1#summary');
    expect(event).toMatchObject({
      message: 'We spoke.',
      metadata: { origin: 'model', revision: 1 },
    });
    expect(JSON.stringify(await session.getMessagesForLlm())).toContain('We spoke.');
  });

  test('gets the messages and tool calls of the segment that closed, and a signal', async () => {
    const pagefold = await aPagefold();
    const seen: (readonly SummaryMessage[])[] = [];
    const session = pagefold.session('s', {
      ...OPTIONS,
      summarize: (messages, { signal }) => {
        seen.push(messages);
        return signal.aborted ? '' : 'short';
      },
    });

    await talk(session, 1);
    await session.toolUsed({ toolName: 'add', result: 8 });
    await talk(session, 2, 2);
    await session.flush();

    expect(seen).toEqual([
      [
        { role: 'user', content: 'question 1' },
        { role: 'assistant', content: 'answer 1' },
        { role: 'tool', content: expect.stringContaining('"tool":"add"') as string },
        { role: 'user', content: 'question 2' },
        { role: 'assistant', content: 'answer 2' },
      ],
    ]);
  });

  test('W-07: C-125: that fails loses nothing, blocks nothing and leaves the extractive summary', async () => {
    const warnings: RuntimeWarning[] = [];
    const pagefold = await aPagefold({ onWarning: (warning) => warnings.push(warning) });
    let calls = 0;
    const session = pagefold.session('s', {
      ...OPTIONS,
      summarize: () => {
        calls += 1;
        throw new RangeError('no model today, said somebody');
      },
    });

    await talk(session, 3);
    const beforeFlush = await session.getConversation();
    await session.flush();

    expect(beforeFlush).toHaveLength(6);
    expect(calls).toBe(3);
    expect((await summaryTexts(session))[0]).toMatch(/^Conversation with 2 user messages/);
    expect(warnings).toEqual([
      {
        code: 'SUMMARY_FAILED',
        tenant: 'default',
        sessionId: 's',
        message: 'segment 1 keeps its extractive summary: RangeError',
      },
    ]);
    expect((await pagefold.stats()).store.outboxEntries).toBe(0);
  });

  test('is tried again when it failed, and used when it works then', async () => {
    const pagefold = await aPagefold();
    let calls = 0;
    const session = pagefold.session('s', {
      ...OPTIONS,
      summarize: async () => {
        calls += 1;
        if (calls === 1) throw new Error('busy');
        return 'second try';
      },
    });

    await talk(session, 3);
    await session.flush();

    expect((await summaryTexts(session))[0]).toBe('second try');
  });

  test.each([
    ['blank', '   '],
    ['no text', 5 as unknown as string],
    ['longer than what it stands for', 'blah '.repeat(300)],
  ])('is refused when it answers something %s', async (_name, answer) => {
    const warnings: string[] = [];
    const pagefold = await aPagefold({ onWarning: ({ code }) => warnings.push(code) });
    const session = pagefold.session('s', { ...OPTIONS, summarize: () => answer });

    await talk(session, 3);
    await session.flush();

    expect((await summaryTexts(session))[0]).toMatch(/^Conversation with/);
    expect(warnings).toEqual(['SUMMARY_FAILED']);
  });

  test('is refused when its summary would not fit the share of the prompt that summaries have', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', {
      ...OPTIONS,
      tokenThreshold: 400,
      summarize: () => 'word '.repeat(150),
    });

    await session.userSays('word '.repeat(200));
    await talk(session, 3);
    await session.flush();

    expect((await summaryTexts(session))[0]).toMatch(/^Conversation with/);
    expect(JSON.stringify(await session.getMessagesForLlm())).toContain('Conversation with');
  });

  test('that is slow holds nothing up: the extractive summary stands in until it is done', async () => {
    const pagefold = await aPagefold();
    const answer = deferred<string>();
    const session = pagefold.session('s', { ...OPTIONS, summarize: () => answer.promise });

    await talk(session, 3);
    const meanwhile = await summaryTexts(session);
    answer.resolve('At last.');
    await session.flush();

    expect(meanwhile[0]).toMatch(/^Conversation with/);
    expect((await summaryTexts(session))[0]).toBe('At last.');
  });

  test.each([
    ['while it is written', 1],
    ['before anybody began it', 0],
  ])('is not of another session that took the id %s', async (_when, isBegun) => {
    const pagefold = await aPagefold();
    const answer = deferred<string>();
    const seen: string[] = [];
    const summarize = (messages: readonly SummaryMessage[]): Promise<string> => {
      seen.push(messages[0]?.content ?? '');
      return answer.promise;
    };
    // So many at once keep the next one waiting.
    for (let busy = 0; busy < (isBegun === 1 ? 0 : 4); busy += 1)
      await talk(pagefold.session(`busy-${busy}`, { ...OPTIONS, summarize }), 3);
    const anns = pagefold.session('s', { ...OPTIONS, userId: 'ann', summarize });
    await anns.userSays('I am Ann');
    await talk(anns, 3);
    await expect.poll(() => seen.filter((text) => text === 'I am Ann')).toHaveLength(isBegun);
    await anns.delete();
    const bobs = pagefold.session('s', { ...OPTIONS, userId: 'bob' });
    await bobs.userSays('I am Bob');
    await talk(bobs, 3);

    answer.resolve('Ann spoke.');
    await pagefold.flush();

    expect(JSON.stringify(await bobs.getMessagesForLlm())).not.toContain('Ann spoke');
    expect((await summaryTexts(bobs))[0]).toMatch(/^Conversation with|^User discussed/);
    expect(seen).not.toContain('I am Bob');
  });

  test('that never answers does not keep the pagefold from closing, and its segment stays due', async () => {
    const store = aStore();
    const pagefold = await openPagefold({ store, tokens: 'estimate' });
    const signals: AbortSignal[] = [];
    const session = pagefold.session('s', {
      ...OPTIONS,
      summarize: (_messages, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => undefined);
      },
    });
    await talk(session, 3);
    const messages = await session.getConversation();

    await pagefold.close();

    expect(messages).toHaveLength(6);
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
    const due = await store.dueOutbox({ dueBeforeMs: Date.now() + 60_000, limit: 10 });
    expect(due).toMatchObject([{ key: { sessionId: 's' }, id: 'summarise/1' }]);
  });

  test('belongs to the manager, else to the pagefold', async () => {
    const pagefold = await aPagefold({ summarize: () => 'from pagefold' });
    const own = pagefold.session('own', { ...OPTIONS, summarize: () => 'own' });
    const shared = pagefold.session('shared', OPTIONS);

    await Promise.all([talk(own, 3), talk(shared, 3)]);
    await pagefold.flush();

    expect((await summaryTexts(own))[0]).toBe('own');
    expect((await summaryTexts(shared))[0]).toBe('from pagefold');
  });

  test('is refused at once when it is no function', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', OPTIONS);

    expect(() => session.setSummaryCallback('gpt' as never)).toThrow('summarize: ');
  });
});
