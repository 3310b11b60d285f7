import { describe, expect, test } from 'vitest';
import type { SessionContext, SessionManager } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const FACT = '7391-K';
const QUESTION = 'What was the key code of my boat shed?';

/** A session whose log is far longer than its context, which is full after the question. */
async function askedSession(maxTokens = 4_000): Promise<SessionManager> {
  const session = (await aPagefold()).session('sailing', { memory: { maxTokens } });
  for (let matter = 0; matter < 150; matter += 1) {
    const said = `Sailing matter ${matter}: the wind turned near buoy ${matter * 7} and we reefed.`;
    // In order: an answer follows its question.
    await session.userSays(matter === 2 ? `The key code of my boat shed is ${FACT}.` : said);
    await session.aiResponds(`Noted: matter ${matter} about reefing and buoys.`);
  }
  await session.userSays(QUESTION);
  return session;
}

function shows({ messages }: SessionContext, text: string): boolean {
  return JSON.stringify(messages).includes(text);
}

function pagesOf({ receipt }: SessionContext): ReadonlySet<string> {
  return new Set(receipt.entries.flatMap(({ pageIds }) => pageIds));
}

async function fault(session: SessionManager, pageId: string): Promise<unknown> {
  const request = { name: 'page_fault', arguments: { page_id: pageId } };
  return JSON.parse(await session.memory.callTool(request));
}

/** Whether a context is the one before, for which nothing had to be recorded. */
function isUnchanged({ receipt }: SessionContext): boolean {
  return receipt.changePosition === null;
}

const LONG = 'The tide was high and the harbour was full of boats. '.repeat(12);
const CALL = { id: 'call_1', type: 'function', function: { name: 'look_up', arguments: '{}' } };

describe('the open turn of a full context', () => {
  test('keeps what the model loads, and what was found for the question', async () => {
    const session = await askedSession();
    const asked = await session.memory.buildContext();
    const present = pagesOf(asked);
    const left = (await session.memory.pages()).map(({ pageId }) => pageId);
    const wanted = left.filter((id) => !present.has(id)).slice(0, 3);

    for (const pageId of wanted) {
      // In order, as a model does it: one call, one context.
      expect(await fault(session, pageId)).toMatchObject({
        effects: { promoted_to_working_set: true },
      });
      const next = await session.memory.buildContext();
      expect(pagesOf(next)).toContain(pageId);
    }
    const last = await session.memory.buildContext();

    expect(asked.tokens).toBeGreaterThan(3_900);
    expect([...pagesOf(last)]).toEqual(expect.arrayContaining(wanted));
    expect(shows(last, FACT)).toBe(true);
  });

  test('is recorded once: contexts in which nothing is new change nothing', async () => {
    const session = await askedSession();
    await session.memory.buildContext();
    const again = await session.memory.buildContext();
    const left = (await session.memory.pages()).find(({ pageId }) => !pagesOf(again).has(pageId));
    await fault(session, left!.pageId);
    const loaded = await session.memory.buildContext();

    const later = [await session.memory.buildContext(), await session.memory.buildContext()];

    expect([again, ...later].map(isUnchanged)).toEqual([true, true, true]);
    expect(later.map(({ messages }) => messages)).toEqual([loaded.messages, loaded.messages]);
    expect(pagesOf(loaded)).toContain(left!.pageId);
  });

  test('makes room a second time with room to spare, so that further results do not', async () => {
    const session = await askedSession();
    await session.memory.buildContext();
    await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
    await session.toolUsed({ callId: 'call_1', toolName: 'look_up', arguments: {}, result: LONG });
    const second = await session.memory.buildContext();
    await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
    await session.toolUsed({ callId: 'call_1', toolName: 'look_up', arguments: {}, result: 'TWO' });
    const third = await session.memory.buildContext();

    expect([second, third].map(isUnchanged)).toEqual([false, true]);
    expect(second.tokens).toBeLessThan(3_400);
    expect(shows(second, FACT) && shows(third, FACT) && shows(third, 'TWO')).toBe(true);
  });

  test('is open as long as calls are: the question is not answered by asking for tools', async () => {
    const session = await askedSession(3_000);
    await session.memory.buildContext();
    const said = 'Let me look into my notes. '.repeat(60);
    await session.aiResponds({ role: 'assistant', content: said, tool_calls: [CALL] });

    const waiting = await session.memory.buildContext();
    await session.toolUsed({ callId: 'call_1', toolName: 'look_up', arguments: {}, result: 'ONE' });
    const answered = await session.memory.buildContext();

    expect([shows(waiting, FACT), shows(answered, FACT)]).toEqual([true, true]);
  });

  test('looks up what is asked in place of the open question, once', async () => {
    const session = await askedSession();
    await session.memory.buildContext();
    const question = 'Which buoy was sailing matter 77 near?';

    const other = await session.memory.buildContext({ question });
    const again = await session.memory.buildContext({ question });

    expect(shows(other, 'buoy 539 ')).toBe(true);
    expect(again.messages).toEqual(other.messages);
    expect([other, again].map(isUnchanged)).toEqual([false, true]);
  });

  test('gives pages that are too many for any context before the first is built', async () => {
    const session = await askedSession();

    const first = await fault(session, 'msg_5');

    expect(first).toMatchObject({ page: { page_id: 'msg_5', meta: { source_tier: 'L0' } } });
    expect(pagesOf(await session.memory.buildContext())).toContain('msg_5');
    expect(await fault(session, 'msg_5')).toMatchObject({ already_mapped: true });
  });
});

describe('what stays in a full context', () => {
  test('a page that the model is told is there, also one of the open turn that was folded', async () => {
    const session = await askedSession();
    const lines = Array.from({ length: 90 }, (_, at) => `Row ${at}: berth ${at * 3} is taken.`);
    await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
    await session.toolUsed({
      callId: 'call_1',
      toolName: 'look_up',
      arguments: {},
      result: lines.slice(0, 30).join('\n'),
    });
    const { receipt } = await session.memory.buildContext();
    const present = receipt.entries.flatMap(({ kind, pageIds }) =>
      kind === 'line' ? pageIds : [],
    );
    const [told = ''] = present;
    const toolPage = (await session.memory.pages()).findLast(
      ({ pageType }) => pageType === 'artifact',
    );

    expect(await fault(session, told)).toMatchObject({ already_mapped: true });
    await fault(session, toolPage!.pageId);
    for (let step = 0; step < 6; step += 1) {
      await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
      await session.toolUsed({
        callId: 'call_1',
        toolName: 'look_up',
        arguments: {},
        result: `${LONG} ${step}`,
      });
      const next = await session.memory.buildContext();
      expect([...pagesOf(next)]).toEqual(expect.arrayContaining([told, toolPage!.pageId]));
      expect(shows(next, 'Row 29: berth 87')).toBe(true);
    }
  });

  test('pins, whatever the model loads beside them', async () => {
    const session = await askedSession();
    const pages = await session.memory.pages();
    const pinned = pages.slice(40, 45).map(({ pageId }) => pageId);
    for (const pageId of pinned) await session.memory.pin(pageId);
    await session.memory.buildContext();
    for (const { pageId } of pages.slice(60, 63)) await fault(session, pageId);

    for (let step = 0; step < 8; step += 1) {
      await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
      const result = `${LONG} ${step}`;
      await session.toolUsed({ callId: 'call_1', toolName: 'look_up', arguments: {}, result });
      await session.memory.buildContext();
    }
    const last = await session.memory.buildContext();

    expect([...pagesOf(last)]).toEqual(expect.arrayContaining(pinned));
    expect(shows(last, FACT)).toBe(true);
  });

  test('what was found for the question, when something else is pinned', async () => {
    const session = await askedSession(1_500);
    const before = await session.memory.buildContext();
    for (const pageId of ['msg_81', 'msg_93', 'msg_107']) {
      await session.memory.pin(pageId);
      const after = await session.memory.buildContext();
      expect([...pagesOf(after)]).toContain(pageId);
      expect(shows(after, FACT)).toBe(true);
    }

    expect(shows(before, FACT)).toBe(true);
  });

  test('a long question as it was, after a context that was smaller', async () => {
    const session = (await aPagefold()).session('long', { memory: { maxTokens: 4_000 } });
    const items = Array.from({ length: 1_200 }, (_, at) => `Item ${at} was ${at % 90} euros.`);
    await session.userSays(`${items.join('\n')}\nWhat is the total?`);
    const first = await session.memory.buildContext();
    await session.memory.buildContext({ maxTokens: 300 });

    const again = await session.memory.buildContext();
    const third = await session.memory.buildContext();

    expect(again.tokens).toBeGreaterThan(first.tokens * 0.9);
    expect(isUnchanged(third)).toBe(true);
  });
});

describe('a context that is built twice', () => {
  test('with pictures is the same, and weighs what is shown', async () => {
    const session = (await aPagefold()).session('photos', { memory: { maxTokens: 4_000 } });
    for (let photo = 0; photo < 80; photo += 1) {
      const image_url = { url: 'data:image/png;base64,iVBORw0KGgo=' };
      await session.userSays([
        { type: 'text', text: `Photo ${photo} shows boat ${photo * 7} in the harbour.` },
        { type: 'image_url', image_url },
      ]);
      await session.aiResponds(`I see photo ${photo} with a boat.`);
    }
    await session.userSays('What was in photo 5 of the boat?');

    const first = await session.memory.buildContext();
    const again = await session.memory.buildContext();
    const { contextTokens } = await session.memory.stats();

    expect([isUnchanged(first), isUnchanged(again)]).toEqual([false, true]);
    expect(again.messages).toEqual(first.messages);
    expect(contextTokens).toBeLessThan(6_000);
  });

  test('for a message that asks nothing is recorded once', async () => {
    const session = await askedSession(9_000);
    await session.memory.buildContext({ maxTokens: 6_000 });
    const question = 'Please write about reefing and the wind near a buoy.';
    await session.memory.buildContext({ question });

    const later = [];
    for (let time = 0; time < 3; time += 1)
      later.push(isUnchanged(await session.memory.buildContext({ question })));

    expect(later).toEqual([true, true, true]);
  });

  test('names the pages of results, and how deep they are shown', async () => {
    const session = await askedSession(2_000);
    await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
    const result = JSON.stringify(
      Array.from({ length: 400 }, (_, at) => ({ row: at, berth: at * 3 })),
    );
    await session.toolUsed({ callId: 'call_1', toolName: 'look_up', arguments: {}, result });

    const context = await session.memory.buildContext();
    const turn = context.receipt.entries.findLast(({ kind }) => kind === 'turn');

    expect(turn).toMatchObject({ level: 1, pageIds: ['msg_303', 'tool_304'] });
    expect(shows(context, String.raw`\"row\":36,`)).toBe(true);
  });
});

describe('search_pages', () => {
  test('finds neither its own call nor what an earlier one gave', async () => {
    const session = await askedSession();
    const search = { name: 'search_pages', arguments: '{"query":"boat shed key code"}' };
    const tool_calls = [{ id: 'call_1', type: 'function', function: search }];
    await session.aiResponds({ role: 'assistant', content: 'One moment.', tool_calls });
    const result = await session.memory.callTool(search);
    await session.toolUsed({
      callId: 'call_1',
      toolName: search.name,
      arguments: search.arguments,
      result,
    });

    const found = JSON.parse(await session.memory.callTool(search)) as {
      readonly results: readonly { readonly page_id: string; readonly levels: readonly number[] }[];
    };

    expect(found.results.map(({ page_id, levels }) => [page_id, levels])).toEqual([['msg_6', [0]]]);
    expect(await session.memory.search('One moment')).toHaveLength(1);
  });
});

describe('a question that takes most of the room', () => {
  test('leaves some of it to what the model loaded, and to the latest results', async () => {
    const session = await askedSession();
    const items = Array.from({ length: 220 }, (_, at) => `Rewrite item ${at} of the plan now.`);
    await session.userSays(items.join(' '));
    await session.memory.buildContext();
    await fault(session, 'msg_21');

    for (let step = 0; step < 10; step += 1) {
      await session.aiResponds({ role: 'assistant', content: null, tool_calls: [CALL] });
      const result = `RESULT ${step}: ${LONG}`;
      await session.toolUsed({ callId: 'call_1', toolName: 'look_up', arguments: {}, result });
      const next = await session.memory.buildContext();
      expect([...pagesOf(next)]).toContain('msg_21');
      expect(shows(next, `RESULT ${step}:`)).toBe(true);
    }
  });
});
