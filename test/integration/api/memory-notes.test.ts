import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';
import { openPagefold } from '../../../src/api/pagefold.ts';
import { aPagefold, talk } from './a-pagefold.ts';

describe('memory.write', () => {
  test('keeps a pinned note in every context, also in another process', async () => {
    const store = createMemoryStore();
    {
      await using pagefold = await openPagefold({ store });
      const session = pagefold.session('s', { memory: { maxTokens: 800 } });
      await talk(session, 3);
      const pageId = await session.memory.write({
        content: 'The door code is 4711.',
        isPinned: true,
      });
      expect(pageId).toBe('note_1');
    }
    await using pagefold = await openPagefold({ store });
    const session = pagefold.session('s', { memory: { maxTokens: 800 } });
    await talk(session, 60);
    await session.userSays('Go on.');
    const { messages, tokens } = await session.memory.buildContext();
    expect(JSON.stringify(messages)).toContain('The door code is 4711.');
    expect(tokens).toBeLessThanOrEqual(800);
    await store.close();
  });

  test('finds notes and writes them anew, but never over a message', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 2);
    const pageId = await session.memory.write({ content: { port: 5432, host: 'db' } });
    await session.memory.write({ pageId, content: { port: 5433, host: 'db' } });
    const [found] = await session.memory.search('5433');
    expect(found?.pageId).toBe(pageId);
    expect(await session.memory.search('5432')).toEqual([]);
    const message = (await session.memory.pages())[0]?.pageId ?? '';
    await expect(session.memory.write({ pageId: message, content: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(session.memory.write({ pageId: 'note_99', content: 'x' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  test('refuses a note that is none and changes nothing', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 1);
    const before = await session.memory.pages();
    const wrong = { content: 'x', importance: 2 };
    await expect(session.memory.write(wrong)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await session.memory.pages()).toEqual(before);
  });
});

describe('memory.forTool', () => {
  test('tells what a tool read, made and changed, and where its pages come from', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 2);
    const [source] = await session.memory.search('question');
    const tool = session.memory.forTool('planner');
    await tool.getPage(source?.pageId ?? '');
    const pageId = await tool.createPage({ content: 'Two questions were asked.' });
    await session.memory.forTool('planner').updatePage(pageId, { content: 'Two were asked.' });
    expect(tool.report()).toEqual({
      toolName: 'planner',
      pagesRead: [source?.pageId],
      pagesCreated: [pageId],
      pagesModified: [],
    });
    const outcome = await session.memory.fault(pageId);
    expect(outcome).toMatchObject({
      kind: 'loaded',
      page: { toolName: 'planner', content: 'Two were asked.' },
    });
  });
});
