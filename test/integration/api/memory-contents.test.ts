import { describe, expect, test } from 'vitest';
import type { SessionManager } from '../../../src/index.ts';
import { aPagefold } from './a-pagefold.ts';

const BOUND = 100_000;
const MEMORY = { maxTokens: 1_200, maxContentBytes: BOUND };

function aLongText(about: string): string {
  return `${about}. ${'It was counted twice by two people. '.repeat(150)}`;
}

/** The text of all of a page, as a tool reads it. */
async function textOfPage(session: SessionManager, pageId: string): Promise<string | null> {
  const outcome = await session.memory.forTool('reader').getPage(pageId);
  return outcome.kind === 'loaded' ? outcome.text : null;
}

describe('contents of a memory in a process', () => {
  test('stay below a bound in bytes, notes among them, and are read from the log again', async () => {
    const session = (await aPagefold()).session('s', { memory: MEMORY });
    const notes: string[] = [];
    for (let turn = 1; turn <= 20; turn += 1) {
      // In order: a conversation is one thing after the other.
      await session.userSays(aLongText(`Question ${turn}`));
      notes.push(await session.memory.write({ content: aLongText(`Note ${turn}`) }));
    }
    await session.memory.buildContext();

    const { contentBytes, pages } = await session.memory.stats();
    expect(pages).toBeGreaterThanOrEqual(40);
    expect(contentBytes).toBeLessThanOrEqual(BOUND);

    for (const [at, note] of notes.entries()) {
      expect(await textOfPage(session, note)).toBe(aLongText(`Note ${at + 1}`));
    }
  });

  test('a note that left the process is written anew without losing what was not given', async () => {
    const session = (await aPagefold()).session('s', { memory: MEMORY });
    await session.userSays('Hello.');
    const note = await session.memory.write({
      content: aLongText('The first'),
      hint: 'about cranes',
      importance: 0.9,
    });
    for (let turn = 1; turn <= 20; turn += 1) await session.userSays(aLongText(`Question ${turn}`));
    await session.memory.buildContext();

    await session.memory.write({ pageId: note, content: 'short now' });

    const page = (await session.memory.pages()).find(({ pageId }) => pageId === note);
    expect(page).toMatchObject({ hint: 'about cranes', importance: 0.9 });
    expect(await textOfPage(session, note)).toBe('short now');
  });

  test('what the context shows stays however large it is', async () => {
    const memory = { maxTokens: 100_000, maxContentBytes: 1 };
    const session = (await aPagefold()).session('s', { memory });
    for (let turn = 1; turn <= 5; turn += 1) await session.userSays(aLongText(`Question ${turn}`));

    const { messages } = await session.memory.buildContext();

    expect(JSON.stringify(messages)).toContain(aLongText('Question 1'));
    const { contentBytes, pagesByTier } = await session.memory.stats();
    expect(contentBytes).toBe(5 * aLongText('Question 1').length);
    expect(pagesByTier.L0).toBe(5);
  });
});
