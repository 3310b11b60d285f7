import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/runtime/memory-store.ts';
import { openPagefold } from '../../../src/api/pagefold.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aWatchedStore } from './a-watched-store.ts';

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

  test('leaves a note what it was where nothing else is said', async () => {
    const session = (await aPagefold()).session('s');
    await talk(session, 1);
    const source = (await session.memory.pages())[0]?.pageId ?? '';
    const about = { pageType: 'procedure', importance: 0.9, hint: 'deploying' } as const;
    const first = { content: 'How to deploy', provenance: [source], isPinned: true, ...about };
    const pageId = await session.memory.write(first);
    const plainId = await session.memory.write({ content: 'The first words' });

    await session.memory.write({ pageId, content: 'How to deploy, second edition' });
    await session.memory.write({ pageId: plainId, content: 'Other words' });

    const pages = await session.memory.pages();
    expect(pages.find((page) => page.pageId === pageId)).toMatchObject({
      ...about,
      isPinned: true,
    });
    const page = { provenance: [source], content: 'How to deploy, second edition' };
    expect(await session.memory.forTool('t').getPage(pageId)).toMatchObject({ page });
    expect(pages.find(({ hint }) => hint === '[note] Other words')?.pageId).toBe(plainId);
    await session.memory.write({ pageId, content: 'x', pageType: 'artifact', importance: 0.1 });
    const changed = (await session.memory.pages()).find((one) => one.pageId === pageId);
    expect(changed).toMatchObject({ pageType: 'artifact', importance: 0.1 });
  });

  test('writes one note under a key, however often and wherever the call is repeated', async () => {
    const store = aStore();
    const sessions = [
      (await aPagefold({ store })).session('s'),
      (await aPagefold({ store })).session('s'),
    ] as const;
    await talk(sessions[0], 1);
    const note = { content: 'The door code is 4711.', isPinned: true, idempotencyKey: 'request-1' };

    const ids = await Promise.all(
      [0, 1, 0, 1].map((at) => sessions[at === 0 ? 0 : 1].memory.write(note)),
    );
    const [pageId = ''] = ids;
    await sessions[0].memory.write({ pageId, content: 'The door code is 4712.' });
    const again = await sessions[1].memory.write(note);

    expect(new Set([...ids, again]).size).toBe(1);
    const notes = (await sessions[1].memory.pages()).filter(({ hint }) =>
      hint.startsWith('[note]'),
    );
    expect(notes).toMatchObject([{ pageId, hint: '[note] The door code is 4712.' }]);
    const kinds = (await collect(sessions[0].memory.history.list())).map(
      ({ change }) => change.kind,
    );
    expect(kinds).toEqual(['written', 'pinned', 'written']);
    await expect(
      sessions[0].memory.write({ ...note, content: 'Something else' }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', data: { pageId } });
    await expect(sessions[0].memory.write({ ...note, pageId })).rejects.toMatchObject({
      field: 'note.idempotencyKey',
    });
    const other = await sessions[0].memory.write({ ...note, idempotencyKey: 'request-2' });
    expect(other).not.toBe(pageId);
  });

  test('writes nothing twice when the outcome of the first call is unknown', async () => {
    const inner = aStore();
    let isLost = false;
    const store = aWatchedStore(inner, async ({ name, run }) => {
      const result = await run();
      if (name === 'append' && isLost) throw new Error('the answer was lost');
      return result;
    });
    const session = (await aPagefold({ store })).session('s');
    await talk(session, 1);
    const note = { content: 'Once', idempotencyKey: 'request-1' };

    isLost = true;
    await expect(session.memory.write(note)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    isLost = false;
    const pageId = await session.memory.write(note);

    const notes = (await session.memory.pages()).filter(({ hint }) => hint === '[note] Once');
    expect(notes.map((page) => page.pageId)).toEqual([pageId]);
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

  test('gives all of a page that the context shows already', async () => {
    const session = (await aPagefold()).session('s');
    await session.userSays('My number is 4711.');
    const pageId = (await session.memory.pages())[0]?.pageId ?? '';

    const outcome = await session.memory.forTool('calc').getPage(pageId);

    expect(outcome).toMatchObject({
      kind: 'loaded',
      page: { pageId },
      text: 'My number is 4711.',
      level: 0,
      isPromoted: false,
    });
    expect(await session.memory.fault(pageId)).toMatchObject({ kind: 'already_mapped' });
    expect(await collect(session.memory.history.list())).toEqual([]);
  });

  test('lets a tool write that read more pages than a note can name: the latest are named', async () => {
    const session = (await aPagefold()).session('s');
    await talk(session, 40);
    const ids = (await session.memory.pages()).map(({ pageId }) => pageId);
    const tool = session.memory.forTool('reader');
    for (const pageId of [...ids, ids[0] ?? '']) await tool.getPage(pageId);

    const pageId = await tool.createPage({ content: 'A summary of all of it.' });

    const provenance = [...ids.slice(-63), ids[0]];
    const summary = await tool.getPage(pageId);
    expect(summary).toMatchObject({ page: { provenance } });
    expect(tool.report().pagesRead).toHaveLength(81);
  });
});
