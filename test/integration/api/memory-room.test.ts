import { describe, expect, test } from 'vitest';
import type { SessionManager } from '../../../src/index.ts';
import { InvalidInput } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const WORDS = 'granite harbour lantern meadow orchard pebble quarry river saddle timber'.split(' ');

function text(words: number, from: number): string {
  return Array.from({ length: words }, (_, at) => WORDS[(from + at * 3) % WORDS.length]).join(' ');
}

/** Turns of a conversation, each of some tokens. */
async function say(session: SessionManager, turns: number, words: number = 40): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await session.recordUser(`Entry ${turn}: ${text(words, turn)}.`);
    await session.recordAnswer(`Noted ${turn}: ${text(words, turn + 5)}.`);
  }
}

async function contextIds(session: SessionManager): Promise<readonly string[]> {
  return (await session.memory.pages())
    .filter(({ tier }) => tier === 'L0')
    .map((page) => page.pageId);
}

async function changeCount(session: SessionManager): Promise<number> {
  let count = 0;
  for await (const _ of session.memory.history.list()) count += 1;
  return count;
}

describe('the room of a context', () => {
  test('a result too long to join the context is shown shortened', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 4_000 } });
    await session.userSays('Read the file.');
    await session.toolUsed({ toolName: 'read', arguments: {}, result: text(40_000, 1) });

    const { messages, tokens } = await session.memory.buildContext();

    expect(tokens).toBeLessThanOrEqual(4_000);
    expect(JSON.stringify(messages)).toContain('granite');
  });

  test('a note beside the context is shown, named, or in reach of tools', async () => {
    const session = (await aPagefold()).session('s');
    await session.userSays('Hello');
    const pageId = await session.memory.write({ content: 'The customer code is ZEBRA-42.' });

    const { messages, tools } = await session.memory.buildContext();

    expect(JSON.stringify(messages).includes(pageId) || tools.length > 0).toBe(true);
  });

  test('a context that took several tries is the same when it is built again, and recorded once', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 4_000 } });
    await session.userSays('Write the file, then run the tests.');
    const called = { name: 'write_file', arguments: JSON.stringify({ content: text(6_000, 1) }) };
    const calls = [{ id: 'call_1', type: 'function', function: called }];
    await session.aiResponds({ role: 'assistant', content: 'I write it.', tool_calls: calls });
    await session.toolUsed({ toolName: 'write_file', callId: 'call_1', result: 'ok, written' });

    const first = await session.memory.buildContext();
    const again = await session.memory.buildContext();

    expect(again.receipt.changePosition).toBeNull();
    expect(again.messages).toEqual(first.messages);
  });

  test('a context for a smaller limit does not empty those that follow', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 16_000 } });
    await say(session, 60);
    await session.memory.buildContext();
    const before = (await contextIds(session)).length;

    await session.memory.buildContext({ maxTokens: 1_500, question: null });
    const small = (await contextIds(session)).length;
    await session.memory.buildContext();

    expect(small).toBeLessThan(before / 2);
    expect((await contextIds(session)).length).toBeGreaterThan(before * 0.8);
  });

  test('a question after a context for a smaller limit changes the context once', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 32_000 } });
    await session.recordUser('Our roses grow by the north wall.');
    await say(session, 60);
    await session.memory.buildContext({ maxTokens: 1_000, question: null });
    await session.userSays('Where do our roses grow?');

    const first = await session.memory.buildContext();
    const again = await session.memory.buildContext();

    expect(JSON.stringify(first.messages)).toContain('north wall');
    expect(again.messages).toEqual(first.messages);
    expect(again.receipt.changePosition).toBeNull();
  });

  test('a question after a context for a smaller limit leaves the conversation where there is room for it', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 64_000 } });
    await session.recordUser('Our roses grow by the north wall.');
    await say(session, 150);
    await session.memory.buildContext();
    const before = (await contextIds(session)).length;
    await session.memory.buildContext({ maxTokens: 1_000, question: null });
    await session.userSays('Where do our roses grow?');

    const { messages } = await session.memory.buildContext();

    expect(JSON.stringify(messages)).toContain('north wall');
    expect((await contextIds(session)).length).toBeGreaterThan(before * 0.8);
  });

  test('a limit above the one of the session is refused', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 2_000 } });
    await session.userSays('Hello');

    await expect(session.memory.buildContext({ maxTokens: 2_001 })).rejects.toThrow(InvalidInput);
  });

  test('what a question needs is loaded beside what is there, when there is room', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 40_000 } });
    await session.recordUser('The secret word of the vault is xylophone.');
    await session.recordAnswer('I will remember.');
    await say(session, 420);
    await session.memory.buildContext();
    const before = await contextIds(session);
    await session.userSays('What is the secret word of the vault?');

    const { messages } = await session.memory.buildContext();
    const after = new Set(await contextIds(session));

    expect(JSON.stringify(messages)).toContain('xylophone');
    expect(before.every((pageId) => after.has(pageId))).toBe(true);
  });

  test('pins that find no room are not tried again with every call', async () => {
    const session = (await aPagefold()).session('s', { memory: { maxTokens: 2_500 } });
    await say(session, 40);
    for (const { pageId } of (await session.memory.pages()).slice(0, 20))
      await session.memory.pin(pageId);
    await session.userSays('Go on.');
    await session.memory.buildContext();
    await session.memory.buildContext();
    const before = await changeCount(session);

    for (let call = 0; call < 4; call += 1) await session.memory.buildContext();

    expect(await changeCount(session)).toBe(before);
  });

  test('the question that is asked is no hit of a search for it', async () => {
    const session = (await aPagefold()).session('s');
    await session.userSays('My roses grow by the north wall.');
    await session.aiResponds('Good.');
    await session.userSays('Where do my roses grow?');

    const found = await session.memory.callTool({
      name: 'search_pages',
      arguments: '{"query":"where do my roses grow","limit":1}',
    });

    expect(found).toContain('msg_2');
    expect(found).not.toContain('msg_4');
  });
});
