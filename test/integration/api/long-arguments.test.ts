import { describe, expect, test } from 'vitest';
import type { ChatMessage, SessionContext, SessionManager } from '../../../src/index.ts';
import { aPagefold, aStore } from './a-pagefold.ts';

const FILE = Array.from({ length: 3_500 }, (_, at) => `const value${at} = ${at};`).join('\n');

interface Call {
  readonly name: string;
  readonly given: string;
  readonly result: string;
}

const WRITE = {
  name: 'write_file',
  given: JSON.stringify({ path: 'src/a.ts', content: FILE }),
  result: 'ok, written',
};
const TEST = { name: 'run_tests', given: '{}', result: '12 tests passed' };

async function aSession({ maxTokens = 4_000 } = {}): Promise<SessionManager> {
  const session = (await aPagefold()).session('work', { memory: { maxTokens } });
  await session.userSays('Write the file src/a.ts, then run the tests and tell me.');
  return session;
}

/** An answer that asks for tools, and what came of it. */
async function work(
  session: SessionManager,
  calls: readonly Call[],
  said: string | null = 'I write it.',
): Promise<void> {
  const asked = calls.map(({ name, given }, at) => {
    return { id: `call_${at}`, type: 'function', function: { name, arguments: given } };
  });
  await session.aiResponds({ role: 'assistant', content: said, tool_calls: asked });
  for (const [at, { name, result }] of calls.entries()) {
    // In order, as the log has it.
    await session.toolUsed({ toolName: name, callId: `call_${at}`, result });
  }
}

function answersOf({
  messages,
}: SessionContext): readonly Extract<ChatMessage, { role: 'assistant' }>[] {
  return messages.filter((message) => message.role === 'assistant');
}

function resultsOf({ messages }: SessionContext): readonly string[] {
  return messages.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
}

function argumentsOf(context: SessionContext): readonly unknown[] {
  return answersOf(context)
    .flatMap((answer) => answer.tool_calls ?? [])
    .map((call): unknown => JSON.parse(call.function.arguments));
}

describe('a call with arguments longer than its context', () => {
  test('is shown with short ones, what was said with it, and its result', async () => {
    const session = await aSession();
    await work(session, [WRITE]);

    const context = await session.memory.buildContext();

    expect(answersOf(context).map(({ content }) => content)).toEqual(['I write it.']);
    expect(argumentsOf(context)).toEqual([
      {
        path: 'src/a.ts',
        content: expect.stringMatching(/^const value0 = 0;.* more characters$/s),
      },
    ]);
    expect(resultsOf(context)).toEqual(['ok, written']);
    expect(context.tokens).toBeGreaterThan(2_000);
    expect(context.tokens).toBeLessThanOrEqual(4_000);
  });

  test('leaves the calls beside it with their results', async () => {
    const session = await aSession();
    await work(session, [WRITE, TEST]);

    const context = await session.memory.buildContext();

    expect(argumentsOf(context)).toMatchObject([{ path: 'src/a.ts' }, {}]);
    expect(resultsOf(context)).toEqual(['ok, written', '12 tests passed']);
  });

  test('is shown in all rounds of work, and the same until the context is put together anew', async () => {
    const session = await aSession();
    await work(session, [WRITE]);
    const first = await session.memory.buildContext();
    await work(session, [TEST], null);
    const second = await session.memory.buildContext();
    for (let round = 0; round < 3; round += 1) await work(session, [WRITE, TEST], null);
    const last = await session.memory.buildContext();

    expect(second.receipt.changePosition).toBeNull();
    expect(second.messages.slice(0, first.messages.length)).toEqual(first.messages);
    expect(resultsOf(last)).toHaveLength(8);
    expect(last.tokens).toBeLessThanOrEqual(4_000);
  });

  test('is shown beside a result that is long as well', async () => {
    const session = await aSession();
    await work(session, [{ ...WRITE, result: `The compiler said much. ${FILE}` }]);

    const context = await session.memory.buildContext();

    expect(argumentsOf(context)).toMatchObject([{ path: 'src/a.ts' }]);
    expect(resultsOf(context)).toEqual([expect.stringContaining('The compiler said much.')]);
    expect(context.tokens).toBeGreaterThan(2_000);
  });

  test('may have many items, or none that can be read', async () => {
    const session = await aSession();
    const rows = JSON.stringify({ rows: Array.from({ length: 5_000 }, (_, id) => ({ id })) });
    await work(session, [
      { ...WRITE, given: rows },
      { ...WRITE, given: FILE },
    ]);

    const [many, raw] = argumentsOf(await session.memory.buildContext());

    expect(many).toMatchObject({ rows: expect.arrayContaining([{ id: 0 }]) });
    expect(raw).toMatchObject({ raw: expect.stringContaining('const value0 = 0;') });
  });

  test('stays in a turn that is over', async () => {
    const session = await aSession();
    await work(session, [WRITE]);
    await session.aiResponds('It is written.');
    await session.userSays('What did you write?');

    const context = await session.memory.buildContext();

    expect(argumentsOf(context)).toMatchObject([{ path: 'src/a.ts' }]);
    expect(resultsOf(context)).toEqual(['ok, written']);
  });

  test.each(['call_0', null])(
    'leaves those of a result that came after the next question (id %s)',
    async (id) => {
      const session = await aSession({ maxTokens: 2_000 });
      const given = { month: 'March', year: 2024 };
      const asked = { ...(id === null ? {} : { id }), type: 'function' };
      const read = { name: 'read_report', arguments: JSON.stringify(given) };
      const calls = [{ ...asked, function: read }];
      await session.aiResponds({ role: 'assistant', content: null, tool_calls: calls });
      await session.userSays('And meanwhile: what is the capital of France?');
      await session.toolUsed({
        toolName: 'read_report',
        callId: id ?? undefined,
        arguments: given,
        result: FILE,
      });

      const context = await session.memory.buildContext();

      expect(argumentsOf(context)).toEqual([given]);
      expect(resultsOf(context)).toEqual([expect.stringContaining('const value')]);
    },
  );

  test('leaves those of a pinned result that no answer asked for', async () => {
    const session = await aSession({ maxTokens: 2_000 });
    const given = { month: 'March', year: 2024 };
    await session.toolUsed({
      toolName: 'read_report',
      callId: 'c1',
      arguments: given,
      result: FILE,
    });
    const result = (await session.memory.pages()).at(-1);
    await session.memory.pin(result?.pageId ?? '');

    const context = await session.memory.buildContext();

    expect(argumentsOf(context)).toEqual([given]);
    expect(resultsOf(context)).toEqual([expect.stringContaining('const value')]);
  });

  test('is the same for a process that opens the session later', async () => {
    const store = aStore();
    const options = { memory: { maxTokens: 4_000 } };
    const session = (await aPagefold({ store })).session('work', options);
    await session.userSays('Write it.');
    await work(session, [WRITE, TEST]);
    const context = await session.memory.buildContext();

    const other = (await aPagefold({ store })).session('work', options);
    const again = await other.memory.buildContext();

    expect(again.messages).toEqual(context.messages);
    expect(again.receipt.changePosition).toBeNull();
  });
});

describe('an answer with more calls than its context has room for', () => {
  const orders = (count: number): readonly Call[] =>
    Array.from({ length: count }, (_, id) => {
      const result = `Order ${id} is shipped to Berlin. It is paid, and waits for the customer there.`;
      return { name: 'get_order', given: JSON.stringify({ id }), result };
    });

  test.each([40, 200])(
    'shows the latest of %i with their results and what was said',
    async (count) => {
      const session = await aSession({ maxTokens: 1_000 });
      await work(session, orders(5));
      await work(session, orders(count), 'I look them up.');

      const context = await session.memory.buildContext();
      const again = await session.memory.buildContext();

      const shown = resultsOf(context).length;
      const ids = Array.from({ length: shown }, (_, at) => ({ id: count - shown + at }));
      expect(shown).toBeGreaterThan(10);
      expect(argumentsOf(context)).toEqual(ids);
      expect(resultsOf(context).at(-1)).toContain(`Order ${count - 1}`);
      expect(answersOf(context).map(({ content }) => content)).toEqual(['I look them up.']);
      expect(context.tokens).toBeLessThanOrEqual(1_000);
      expect(again.messages).toEqual(context.messages);
      expect(again.receipt.changePosition).toBeNull();
    },
  );

  test('shows none of them without its result', async () => {
    const session = await aSession({ maxTokens: 1_000 });
    const given = JSON.stringify({ path: 'src/a.ts', content: FILE.slice(0, 4_000) });
    const long = orders(60).map((call) => ({ ...call, given }));
    await work(session, long);

    const context = await session.memory.buildContext();

    expect(resultsOf(context).length).toBeGreaterThan(5);
    expect(argumentsOf(context)).toHaveLength(resultsOf(context).length);
    expect(context.tokens).toBeLessThanOrEqual(1_000);
  });
});

test('a long turn of short rounds leaves half of its context to those that come next', async () => {
  const session = await aSession({ maxTokens: 2_000 });
  const rounds = Array.from({ length: 60 }, (_, round) => {
    return { ...TEST, result: `Run ${round} passed. ${'It took some seconds. '.repeat(8)}` };
  });
  const compacted: number[] = [];
  for (const round of rounds) {
    await work(session, [round, round], null);
    const { receipt, tokens } = await session.memory.buildContext();
    if (receipt.changePosition !== null) compacted.push(tokens);
  }

  expect(compacted.length).toBeGreaterThan(1);
  expect(compacted.at(-1)).toBeLessThan(800);
});
