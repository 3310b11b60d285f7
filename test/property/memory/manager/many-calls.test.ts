import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPagefold, type ChatMessage, type SessionManager } from '../../../../src/index.ts';
import { MISSING_RESULT } from '../../../../src/memory/chat-message.ts';

/** An answer with this many calls; how many words each result has, and what happens around it. */
interface Work {
  readonly calls: number;
  readonly words: number;
  readonly hasIds: boolean;
  /** The last result comes after the next question. */
  readonly isLate: boolean;
  readonly isPinned: boolean;
}

const works: fc.Arbitrary<Work> = fc.record({
  calls: fc.integer({ min: 1, max: 100 }),
  words: fc.constantFrom(1, 5, 40, 400),
  hasIds: fc.boolean(),
  isLate: fc.boolean(),
  isPinned: fc.boolean(),
});

const resultOf = (at: number, words: number): string =>
  Array.from({ length: words }, (_, word) => `item${at} part${word}`).join(' ');

async function record(session: SessionManager, work: Work, round: number): Promise<void> {
  const { calls, words, hasIds, isLate, isPinned } = work;
  await session.userSays(`Look at all orders of round ${round}, please.`);
  const ids = Array.from({ length: calls }, (_, at) => (hasIds ? { id: `c${round}_${at}` } : {}));
  const asked = ids.map((id, at) => {
    const made = { name: 'get_order', arguments: JSON.stringify({ id: at }) };
    return { ...id, type: 'function', function: made };
  });
  await session.aiResponds('', { toolCalls: asked });
  for (const [at, { id }] of ids.entries()) {
    // In order, as the log has them.
    if (isLate && at === calls - 1) await session.userSays('And be quick.');
    const callId = id === undefined ? {} : { callId: id };
    const use = { toolName: 'get_order', arguments: { id: at }, result: resultOf(at, words) };
    await session.toolUsed({ ...use, ...callId });
    const page = isPinned && at === 0 ? (await session.memory.pages()).at(-1) : undefined;
    if (page !== undefined) await session.memory.pin(page.pageId);
  }
}

/** What of a prompt a provider would refuse: a call without its result right behind it, or a result without its call. */
function faultsIn(messages: readonly ChatMessage[]): readonly string[] {
  const faults: string[] = [];
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (open.shift() !== message.tool_call_id) faults.push(`result of ${message.tool_call_id}`);
      continue;
    }
    faults.push(...open.map((id) => `call ${id}`));
    open = message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [];
  }
  return [...faults, ...open.map((id) => `call ${id}`)];
}

test('answers with many calls are shown as far as there is room, each with its arguments and its result', async () => {
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(works, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1_000, max: 5_000 }),
      async (rounds, maxTokens) => {
        await using pagefold = await openPagefold({ tokens: 'estimate' });
        const session = pagefold.session('s', { memory: { maxTokens } });
        for (const [round, work] of rounds.entries()) {
          // In order: a conversation.
          await record(session, work, round);
          const { messages, tokens } = await session.memory.buildContext();
          expect(tokens).toBeLessThanOrEqual(maxTokens);
          expect(faultsIn(messages)).toEqual([]);
          const calls = messages.flatMap((message) =>
            message.role === 'assistant' ? (message.tool_calls ?? []) : [],
          );
          const given = calls.filter(({ function: { name } }) => name === 'get_order');
          for (const call of given) expect(call.function.arguments).toMatch(/^\{"id":\d+\}$/);
          expect(work.isLate || given.length > 0).toBe(true);
          shown += given.length;
          const again = await session.memory.buildContext();
          expect(again.messages).toEqual(messages);
          expect(again.receipt.changePosition).toBeNull();
        }
      },
    ),
    { numRuns: 20, endOnFailure: true },
  );
  expect(shown).toBeGreaterThan(100);
});

/** An answer whose results come in two batches, with a context after each; what of them never comes is asked about then. */
interface PartlyDone {
  readonly calls: number;
  readonly batches: readonly [number, number];
  readonly words: number;
  readonly says: string;
  /** Whether the results come in the order of the calls. */
  readonly isInOrder: boolean;
  readonly maxTokens: number;
}

const partlyDone: fc.Arbitrary<PartlyDone> = fc.record({
  calls: fc.integer({ min: 1, max: 300 }),
  batches: fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 })),
  words: fc.constantFrom(1, 5, 40),
  says: fc.constantFrom('', 'I look at all of them.'),
  isInOrder: fc.boolean(),
  maxTokens: fc.integer({ min: 1_000, max: 6_000 }),
});

/** What a call takes with its result at most where both are short, and what stands around all of them. */
const SHORT_CALL_TOKENS = 56;
const AROUND_TOKENS = 700;

/** The calls that are shown, and those of them whose results are. */
function shownCalls(messages: readonly ChatMessage[]): Record<'asked' | 'answered', string[]> {
  const asked = messages.flatMap((message) =>
    message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [],
  );
  const answered = messages.flatMap((message) =>
    message.role === 'tool' && message.content !== MISSING_RESULT ? [message.tool_call_id] : [],
  );
  return { asked, answered };
}

test('results that came before others are shown as far as there is room, and the same as long as nothing is new', async () => {
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(partlyDone, async ({ calls, batches, words, says, isInOrder, maxTokens }) => {
      await using pagefold = await openPagefold({ tokens: 'estimate' });
      const session = pagefold.session('s', { memory: { maxTokens } });
      await session.userSays('Look at all orders, please.');
      const ids = Array.from({ length: calls }, (_, at) => `c${at}`);
      const toolCalls = ids.map((id, at) => {
        const made = { name: 'get_order', arguments: JSON.stringify({ id: at }) };
        return { id, type: 'function', function: made };
      });
      await session.aiResponds(says, { toolCalls });
      const waiting = isInOrder ? ids : ids.toReversed();
      const room = Math.floor((maxTokens - AROUND_TOKENS) / 2 / SHORT_CALL_TOKENS);
      let done = 0;
      const check = async (): Promise<void> => {
        const { messages, tokens } = await session.memory.buildContext();
        expect(tokens).toBeLessThanOrEqual(maxTokens);
        expect(faultsIn(messages)).toEqual([]);
        const { asked, answered } = shownCalls(messages);
        expect(new Set(asked).size).toBe(asked.length);
        expect(answered.length).toBeGreaterThanOrEqual(Math.min(done, room));
        shown += answered.length;
        const again = await session.memory.buildContext();
        expect(again.messages).toEqual(messages);
        expect(again.receipt.changePosition).toBeNull();
      };
      for (const count of batches) {
        const batch = waiting.slice(done, done + count);
        for (const callId of batch) {
          // In order, as the log has them.
          const result = resultOf(Number(callId.slice(1)), words);
          await session.toolUsed({ toolName: 'get_order', callId, result });
        }
        done += batch.length;
        await check();
      }
      await session.userSays('And now?');
      await check();
    }),
    { numRuns: 25, endOnFailure: true },
  );
  expect(shown).toBeGreaterThan(100);
});
