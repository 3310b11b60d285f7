import { describe, expect, onTestFinished, test } from 'vitest';
import {
  closeDefaultRuntime,
  createTokenCounter,
  InfiniteConversationManager,
  type InfiniteConversationOptions,
  type Pagefold,
  SessionNotFound,
  type Store,
  SUMMARIZATION_STRATEGIES,
  type SummaryMessage,
} from '../../../src/index.ts';
import { promptTokens } from '../../../src/memory/message-tokens.ts';
import { summaryInstruction } from '../../../src/memory/summary-request.ts';
import { aPagefold, aStore, textOf } from './a-pagefold.ts';

interface Setting {
  readonly store: Store;
  readonly pagefold: Pagefold;
  readonly manager: InfiniteConversationManager;
}

/** A manager over a store in which the session `s` exists. */
async function aSetting(options: InfiniteConversationOptions = {}): Promise<Setting> {
  onTestFinished(() => closeDefaultRuntime());
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await pagefold.session('s').setState('made', true);
  return { store, pagefold, manager: new InfiniteConversationManager({ ...options, store }) };
}

async function exchange(
  manager: InfiniteConversationManager,
  number: number,
  llmCallback: ((messages: readonly SummaryMessage[]) => string) | null = null,
): Promise<string> {
  const id = await manager.processMessage({
    sessionId: 's',
    message: `question ${number}?`,
    source: 'user',
    llmCallback,
  });
  return manager.processMessage({
    sessionId: id,
    message: `answer ${number}`,
    source: 'llm',
    model: 'gpt-4o-mini',
    llmCallback,
  });
}

describe('InfiniteConversationManager', () => {
  test.each([undefined, { maxMessages: 2 }, { maxMessages: 1, includeSummaries: false }])(
    'W-48: an answer is billed for the context that was built for it: %o',
    async (context) => {
      const { manager, pagefold } = await aSetting({ maxTurnsPerSegment: 14 });
      for (const n of Array.from({ length: 10 }, (_, at) => at)) await exchange(manager, n);
      const asked = { sessionId: 's', message: 'a < b & c?', source: 'user' } as const;
      await manager.processMessage(asked);
      const sent = await manager.buildContextForLlm('s', context);
      const answer = { sessionId: 's', message: 'yes', source: 'llm', model: 'gpt-4o' } as const;
      await manager.processMessage({ ...answer, context });

      const { events } = await pagefold.session('s').getSession();
      const counting = { counter: createTokenCounter(), model: 'gpt-4o' };
      expect(events.at(-1)?.billing?.usage.inputTokens).toBe(promptTokens(sent, counting));
    },
  );

  test('C-129: W-28: records messages and returns the id for the next one, which stays the same', async () => {
    const { manager, pagefold } = await aSetting({ maxTurnsPerSegment: 2 });

    const ids = [
      await exchange(manager, 1),
      await exchange(manager, 2),
      await exchange(manager, 3),
    ];

    expect(ids).toEqual(['s', 's', 's']);
    expect(await pagefold.session('s').getStats()).toMatchObject({
      userMessages: 3,
      aiMessages: 3,
      sessionSegments: 3,
    });
  });

  test('C-134: fails for a session that is not there, in every method, and creates nothing', async () => {
    const { manager, pagefold } = await aSetting();

    for (const call of [
      () => manager.processMessage({ sessionId: 'nonexistent', message: 'x', source: 'user' }),
      () => manager.buildContextForLlm('nonexistent'),
      () => manager.getSessionChain('nonexistent'),
      () => manager.getFullConversationHistory('nonexistent'),
    ]) {
      await expect(call()).rejects.toThrow(SessionNotFound);
      await expect(call()).rejects.toThrow('Session not found: nonexistent');
    }
    expect((await pagefold.listSessions()).heads).toHaveLength(1);
  });

  test('W-24: C-131: builds a context of the summaries, oldest first, and the last messages', async () => {
    const { manager } = await aSetting({ maxTurnsPerSegment: 4 });
    for (let number = 1; number <= 9; number += 1) await exchange(manager, number);
    await exchange(manager, 10);

    const [background, ...messages] = await manager.buildContextForLlm('s', { maxMessages: 3 });

    const text = textOf(background);
    const places = ['answer 2', 'answer 4', 'answer 6', 'answer 8'].map((part) =>
      text.indexOf(part),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(messages.map(({ content }) => content)).toEqual([
      'answer 9',
      'question 10?',
      'answer 10',
    ]);
  });

  test('W-24: C-131: shows no message for maxMessages 0, and no summary when they are not wanted', async () => {
    const { manager } = await aSetting({ maxTurnsPerSegment: 2 });
    for (let number = 1; number <= 3; number += 1) await exchange(manager, number);

    const summariesOnly = await manager.buildContextForLlm('s', { maxMessages: 0 });
    const messagesOnly = await manager.buildContextForLlm('s', { includeSummaries: false });

    expect(summariesOnly.map(({ role }) => role)).toEqual(['system']);
    expect(messagesOnly.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  test('C-132: tells the chain of segments, first to last', async () => {
    const { manager } = await aSetting({ maxTurnsPerSegment: 2 });
    for (let number = 1; number <= 3; number += 1) await exchange(manager, number);

    expect(await manager.getSessionChain('s')).toEqual([
      {
        id: 's/1',
        sessionId: 's',
        number: 1,
        messages: 2,
        summary: 'Conversation with 1 user messages and 1 responses. Latest answer: answer 1',
      },
      expect.objectContaining({ id: 's/2', messages: 2 }),
      { id: 's/3', sessionId: 's', number: 3, messages: 2, summary: null },
    ]);
  });

  test('C-133: tells the whole history as role, source and content', async () => {
    const { manager } = await aSetting({ maxTurnsPerSegment: 2 });
    await exchange(manager, 1);
    await manager.processMessage({ sessionId: 's', message: { note: 1 }, source: 'system' });
    await exchange(manager, 2);

    expect(await manager.getFullConversationHistory('s')).toEqual([
      ['user', 'user', 'question 1?'],
      ['assistant', 'llm', 'answer 1'],
      ['system', 'system', { note: 1 }],
      ['user', 'user', 'question 2?'],
      ['assistant', 'llm', 'answer 2'],
    ]);
  });

  test('W-09: C-135: a repeated call with the same key records the message once', async () => {
    const { manager } = await aSetting();
    const message = {
      sessionId: 's',
      message: 'hello',
      source: 'user',
      idempotencyKey: 'request-1',
    } as const;

    await Promise.all([manager.processMessage(message), manager.processMessage(message)]);
    await manager.processMessage(message);

    expect(await manager.getFullConversationHistory('s')).toHaveLength(1);
  });

  test.each(SUMMARIZATION_STRATEGIES)(
    'C-4: C-130: asks the callback for a summary by the strategy %s',
    async (summarizationStrategy) => {
      const { manager } = await aSetting({ maxTurnsPerSegment: 2, summarizationStrategy });
      const requests: (readonly SummaryMessage[])[] = [];
      const callback = (messages: readonly SummaryMessage[]): string => {
        requests.push(messages);
        return 'brief';
      };

      await exchange(manager, 1, callback);
      await exchange(manager, 2, callback);
      await manager.flush();

      const [instruction] = requests[0] ?? [];
      expect(instruction?.content).toContain(summaryInstruction(summarizationStrategy));
      expect(requests).toEqual([
        [
          {
            role: 'system',
            content: expect.stringMatching(/ Use at most \d+ tokens\.$/) as string,
          },
          { role: 'user', content: 'question 1?' },
          { role: 'assistant', content: 'answer 1' },
        ],
      ]);
    },
  );

  test('C-130: has an instruction of its own for each strategy, and a plain one for any other', () => {
    const instructions = [...SUMMARIZATION_STRATEGIES, 'unheard of'].map(summaryInstruction);

    expect(new Set(instructions).size).toBe(5);
    expect(instructions[0]).toMatch(/concise summary/i);
    expect(instructions[1]).toMatch(/key points/i);
    expect(instructions[2]).toMatch(/topics/i);
    expect(instructions[3]).toMatch(/questions/i);
    expect(instructions[4]).toMatch(/summary/i);
    expect(
      () => new InfiniteConversationManager({ summarizationStrategy: 'unheard of' as never }),
    ).toThrow('options.summarizationStrategy: ');
  });

  test('C-125: a callback that fails loses nothing', async () => {
    const { manager } = await aSetting({ maxTurnsPerSegment: 2 });
    const callback = (): string => {
      throw new Error('no model');
    };

    for (let number = 1; number <= 3; number += 1) await exchange(manager, number, callback);

    expect(await manager.getFullConversationHistory('s')).toHaveLength(6);
    expect((await manager.buildContextForLlm('s'))[0]?.content).toContain(
      'Latest answer: answer 2',
    );
  });

  test('C-121: closes segments at 3000 tokens when nothing else is said', async () => {
    const { manager } = await aSetting();
    await manager.processMessage({ sessionId: 's', message: 'word '.repeat(3100), source: 'user' });
    await manager.processMessage({ sessionId: 's', message: 'more', source: 'user' });

    expect(await manager.getSessionChain('s')).toHaveLength(2);
  });

  test('W-02: uses the store it was given, for its tenant', async () => {
    onTestFinished(() => closeDefaultRuntime());
    const store = aStore();
    const pagefold = await aPagefold({ store });
    await pagefold.session('s', { tenant: 'acme' }).setState('made', true);
    const manager = new InfiniteConversationManager({ store, tenant: 'acme' });

    await manager.processMessage({ sessionId: 's', message: 'hi', source: 'user' });

    expect(await pagefold.session('s', { tenant: 'acme' }).getConversation()).toHaveLength(1);
    await expect(new InfiniteConversationManager({ store }).getSessionChain('s')).rejects.toThrow(
      SessionNotFound,
    );
  });

  test.each([
    [{ sessionId: '', message: 'x', source: 'user' }, 'params.sessionId'],
    [{ sessionId: 's', message: 'x', source: 'robot' }, 'params.source'],
    [{ sessionId: 's', message: () => 1, source: 'user' }, 'message'],
    [{ sessionId: 's', message: 'x', source: 'user', llmCallback: 'gpt' }, 'params.llmCallback'],
  ])('names the field that is wrong in %o', async (params, field) => {
    const { manager } = await aSetting();

    await expect(manager.processMessage(params as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
  });
});
