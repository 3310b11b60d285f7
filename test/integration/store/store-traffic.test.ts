import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryStore, openPagefold, type Pagefold, type Store } from '../../../src/index.ts';

type Call = readonly [method: string, params: unknown];

/** A pagefold over a store that keeps the calls it gets. */
async function aWatchedPagefold(): Promise<{
  readonly pagefold: Pagefold;
  readonly calls: Call[];
}> {
  const calls: Call[] = [];
  const store = createMemoryStore();
  const watched: Store = new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (params: unknown): unknown => {
        calls.push([String(name), params]);
        return Reflect.apply(value, target, [params]);
      };
    },
  });
  const pagefold = await openPagefold({ store: watched, tokens: 'estimate' });
  onTestFinished(async () => {
    await pagefold.close();
    await store.close();
  });
  return { pagefold, calls };
}

function appendsOf(calls: readonly Call[]): readonly { readonly records: readonly string[] }[] {
  return calls
    .filter(([method]) => method === 'append')
    .map(([, params]) => params as { readonly records: readonly string[] });
}

describe('what a call costs the store', () => {
  test('W-50: C-71: a message is one append of one record, however long the session is', async () => {
    const { pagefold, calls } = await aWatchedPagefold();
    const session = pagefold.session('s', { infiniteContext: true, maxTurnsPerSegment: 1000 });
    const sizes: number[] = [];
    for (let message = 1; message <= 400; message += 1) {
      calls.length = 0;
      // In order: each call is looked at alone.
      await session.userSays(`message number ${message}`);
      if (message === 1) continue;
      const written = calls.filter(([method]) => method !== 'saveSnapshot');
      expect(written.map(([method]) => method)).toEqual(['append']);
      sizes.push(appendsOf(calls)[0]!.records.join('').length);
    }

    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(10);
  });

  test('W-54: a tool call and an answer cost the same', async () => {
    const { pagefold, calls } = await aWatchedPagefold();
    const session = pagefold.session('s');
    await session.userSays('hello');
    calls.length = 0;

    await session.toolUsed({ toolName: 't', result: 1 });
    await session.aiResponds('hi', { model: 'gpt-4o-mini' });

    expect(calls.map(([method]) => method)).toEqual(['append', 'append']);
  });

  test('W-52: a record is JSON once, with the message in it as it is', async () => {
    const { pagefold, calls } = await aWatchedPagefold();
    const message = { content: 'say "hi"', parts: ['a\nb'] };

    await pagefold.session('s').userSays(message);

    const record = appendsOf(calls)[0]!.records.at(-1)!;
    expect(record).toMatch(/^1\{/);
    expect(JSON.parse(record.slice(1))).toMatchObject({
      type: 'event-recorded',
      event: { message },
    });
    expect(record).toContain(JSON.stringify(message));
  });

  test('W-53: reading writes nothing', async () => {
    const { pagefold, calls } = await aWatchedPagefold();
    await pagefold.session('s').userSays('hello');
    const session = pagefold.session('s', { systemPrompt: 'Other.' });
    calls.length = 0;

    await session.exists();
    await session.getStats();
    await session.getConversation();
    await session.getMessagesForLlm({ maxTokens: 1000 });
    await session.getSession();
    await session.getProperties();
    await session.family.descendants();
    await pagefold.listSessions();
    await pagefold.tenantUsage();

    const written = calls.filter(([method]) => /append|save|set|remove|erase/i.test(method));
    expect(written).toEqual([]);
  });

  test('many calls at once share an append', async () => {
    const { pagefold, calls } = await aWatchedPagefold();
    const session = pagefold.session('s');
    await session.userSays('hello');
    calls.length = 0;

    await Promise.all(Array.from({ length: 50 }, (_, index) => session.userSays(`m ${index}`)));

    expect(appendsOf(calls).map(({ records }) => records.length)).toEqual([50]);
  });

  test('W-33: figures and lists of a family are told without reading any log', async () => {
    const { pagefold, calls } = await aWatchedPagefold();
    await pagefold.session('root').userSays('hello');
    for (const id of ['a', 'b']) await pagefold.session(id, { parentId: 'root' }).userSays('hello');
    calls.length = 0;

    await pagefold.session('root').family.descendants();
    await pagefold.session('root').getStats();

    expect(calls.filter(([method]) => method === 'read')).toEqual([]);
  });

  test.each([2, 40])(
    'a prompt under a limit is read in one stretch: messages of %i words',
    async (words) => {
      const { pagefold, calls } = await aWatchedPagefold();
      const session = pagefold.session('s');
      for (let message = 0; message < 300; message += 1) {
        // In order: it is one conversation.
        await session.userSays(`${message} ${'word '.repeat(words)}`);
      }
      calls.length = 0;

      const messages = await session.getMessagesForLlm({ maxTokens: 600 });

      const stretches = calls
        .filter(([method]) => method === 'read')
        .map(([, params]) => params as { readonly fromPosition: number; readonly limit: number })
        .filter(({ fromPosition }) => fromPosition > 1);
      expect(stretches).toHaveLength(1);
      expect(stretches[0]!.limit).toBeGreaterThan(messages.length);
      expect(stretches[0]!.limit).toBeLessThan(300);
      expect(messages.at(-1)?.content).toMatch(/^299 /);
    },
  );
});
