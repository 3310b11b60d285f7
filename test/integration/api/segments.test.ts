import { describe, expect, test } from 'vitest';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

describe('a segment of an infinite context', () => {
  test('C-121: closes at 20 messages or 4000 tokens when nothing else is said', async () => {
    const pagefold = await aPagefold();
    const byTurns = pagefold.session('turns', { infiniteContext: true });
    const byTokens = pagefold.session('tokens', { infiniteContext: true });

    await talk(byTurns, 10);
    const before = await byTurns.getSessionChain();
    await byTurns.userSays('one more');
    await byTokens.userSays('word '.repeat(4100));
    await byTokens.aiResponds('I see.');
    await byTokens.userSays('one more');

    expect(before).toEqual(['turns/1']);
    expect(await byTurns.getSessionChain()).toEqual(['turns/1', 'turns/2']);
    expect(await byTokens.getSessionChain()).toEqual(['tokens/1', 'tokens/2']);
  });

  test('W-27: C-127: never tears a question and its answer apart; a turn is one message', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 3 });

    await talk(session, 5);

    const read = await session.getSession();
    const contents = new Map<number, unknown[]>();
    for (const event of read.events) {
      if (event.type === 'message')
        contents.set(event.segment, [...(contents.get(event.segment) ?? []), event.message]);
    }
    expect([...contents.values()]).toEqual([
      ['question 1', 'answer 1', 'question 2', 'answer 2'],
      ['question 3', 'answer 3', 'question 4', 'answer 4'],
      ['question 5', 'answer 5'],
    ]);
  });

  test('C-122: gets a summary event, counted and shown, in the same commit', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
    await talk(session, 2);

    const summaries = await collect(session.events.list({ types: ['summary'] }));

    expect(summaries).toMatchObject([
      {
        id: 's/1#summary',
        source: 'system',
        segment: 1,
        message: 'Conversation with 1 user messages and 1 responses. Latest answer: answer 1',
        metadata: { segment: 1, origin: 'extractive', revision: 0 },
      },
    ]);
    expect((await session.getStats()).summaries).toBe(1);
  });

  test('C-124: is summed up by its first three questions when nobody writes a better summary', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 10 });
    for (const topic of ['rivers', 'clouds', 'tides', 'winds', 'seasons']) {
      await session.userSays(`Hello. How do ${topic} work? Please explain.`);
      await session.aiResponds(`About ${topic}.`);
    }
    await session.userSays('Thanks');

    expect((await session.getSession()).segments[0]?.summary?.text).toBe(
      'User discussed: How do rivers work; How do clouds work; How do tides work and 2 other topics. ' +
        'Latest answer: About seasons.',
    );
  });

  test('W-06: C-126: rolls over exactly once under calls at once, in the order of the calls', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 });
    let summaries = 0;
    session.setSummaryCallback(async () => {
      summaries += 1;
      return 'sum';
    });
    await talk(session, 1);

    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => session.userSays(text)));
    await session.flush();

    const read = await session.getSession();
    expect(read.segments.map(({ messages }) => messages)).toEqual([2, 2, 2, 1]);
    expect(summaries).toBe(3);
    const contents = (await session.getConversation()).map((turn) => turn.content);
    expect(contents.slice(2)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('W-06: C-126: rolls over exactly once when two runtimes find it full at once', async () => {
    const store = aStore();
    const options = { infiniteContext: true, maxTurnsPerSegment: 4 };
    const [left, right] = await Promise.all([aPagefold({ store }), aPagefold({ store })]);
    const [first, second] = [left.session('s', options), right.session('s', options)];
    await talk(first, 2);
    await second.getStats();

    await Promise.all([first.userSays('from left'), second.userSays('from right')]);

    const read = await first.getSession();
    expect(read.segments.map(({ messages }) => messages)).toEqual([4, 2]);
    expect(read.events.filter((event) => event.type === 'summary')).toHaveLength(1);
  });

  test('C-128: counts tool output, so a large result makes the next question open a new segment', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true, tokenThreshold: 1000 });
    await session.userSays('Read it.');
    await session.toolUsed({ toolName: 'read', result: 'text '.repeat(2000) });
    await session.aiResponds('Done.');
    expect(await session.getSessionChain()).toHaveLength(1);

    await session.userSays('And?');

    expect(await session.getSessionChain()).toHaveLength(2);
  });

  test('W-23: a conversation of 60 segments keeps a small state and a bounded prompt', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', {
      infiniteContext: true,
      maxTurnsPerSegment: 2,
      tokenThreshold: 1000,
    });
    await talk(session, 60);

    const messages = await session.getMessagesForLlm();
    const { actors } = await pagefold.stats();

    expect(await session.getSessionChain()).toHaveLength(60);
    expect(await session.getConversation()).toHaveLength(120);
    expect(JSON.stringify(messages).length).toBeLessThan(8000);
    expect(actors.activationBytes).toBeLessThan(20_000);
  });

  test('can be closed on request, but not when it is empty or the context is not infinite', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { infiniteContext: true });
    await expect(session.closeSegment()).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    await talk(session, 1);

    await session.closeSegment();

    expect(await session.getSessionChain()).toEqual(['s/1', 's/2']);
    await expect(session.closeSegment()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      operation: 'closeSegment',
    });
    await expect(pagefold.session('s').closeSegment()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
      reason: 'the context is not infinite',
    });
  });

  test('a manager without segments of its own sends everything of a divided session', async () => {
    const pagefold = await aPagefold();
    await talk(pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 2 }), 4);

    const plain = pagefold.session('s');

    expect(await plain.getMessagesForLlm()).toHaveLength(8);
    expect(await plain.getStats()).toMatchObject({ sessionSegments: 4, infiniteContext: true });
  });
});
