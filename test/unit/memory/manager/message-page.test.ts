import { describe, expect, test } from 'vitest';
import { aMemory } from '../../../lib/memories.ts';

describe('createMessagePage', () => {
  test('V26: M-195: M-W07: names a page after its event, and knows who speaks', async () => {
    const memory = aMemory();
    const page = memory.createMessagePage('It is done.', 'assistant', {
      eventId: 'abcdef1234567890',
      importance: 0.75,
    });
    expect(page).toMatchObject({
      pageId: 'msg_abcdef12',
      pageType: 'transcript',
      role: 'assistant',
      importance: 0.75,
      content: 'It is done.',
      hint: '[assistant] It is done.',
      metadata: { eventId: 'abcdef1234567890' },
    });
    expect(memory.page('msg_abcdef12')?.tier).toBe('L1');
    await memory.addToWorkingSet(page);
    const { developerMessage } = await memory.buildContext({ mode: 'passive' });
    expect(developerMessage).toContain('A (msg_abcdef12): "It is done."');
  });

  test('M-195: M-W18: tells events apart whose ids begin alike, and takes each once', () => {
    const memory = aMemory();
    const create = (eventId: string): string =>
      memory.createMessagePage('x', 'user', { eventId }).pageId;
    expect(['abcdefgh-1', 'abcdefgh-2', 'short'].map(create)).toEqual([
      'msg_abcdefgh',
      'msg_abcdefgh-',
      'msg_short',
    ]);
    for (const again of ['abcdefgh-1', 'abcdefgh-2', 'short'])
      expect(() => create(again)).toThrow('options.pageId');
    expect(memory.getStats().pageTable?.totalPages).toBe(3);
  });

  test('M-195: M-W51: gives a long id to what no event recorded', () => {
    const { pageId } = aMemory().createMessagePage('x', 'user');
    expect(pageId).toMatch(/^msg_[0-9a-z]{12}$/);
  });

  test('M-195: M-W45: refuses what is no message, and options that do not exist', () => {
    const memory = aMemory();
    const refused = (...args: readonly unknown[]): (() => unknown) => {
      const [message, role, options] = args as Parameters<typeof memory.createMessagePage>;
      return () => memory.createMessagePage(message, role, options);
    };
    expect(refused(7, 'user')).toThrow('message');
    expect(refused('x', 'robot')).toThrow('options.role');
    expect(refused('x', 'user', { eventId: '' })).toThrow('options.eventId');
    expect(refused('x', 'user', { colour: 'red' })).toThrow('options.colour');
    expect(memory.getStats().pageTable?.totalPages).toBe(0);
  });
});

describe('searchPages by hints', () => {
  test('M-152: finds ids and hints as they stand, within filter and limit', async () => {
    const memory = aMemory();
    memory.createPage('redis everywhere', { pageId: 'a', hint: 'about cats' });
    memory.createPage('x', { pageId: 'b', hint: 'the Redis cache' });
    memory.createPage('x', { pageId: 'redis_page', pageType: 'claim' });
    memory.createPage('x', { pageId: 'c', hint: 'redis', modality: 'image' });
    await memory.addToWorkingSet('b');
    const found = async (options: object): Promise<readonly unknown[]> => {
      const { results, totalAvailable } = await memory.searchPages('redis', options);
      expect(totalAvailable).toBe(4);
      return results.map(({ pageId, relevance }) => [pageId, relevance]);
    };
    expect(await found({ by: 'hints' })).toEqual([
      ['redis_page', 1],
      ['b', 0.8],
      ['c', 0.8],
    ]);
    expect(await found({ by: 'hints', limit: 1 })).toEqual([['redis_page', 1]]);
    expect(await found({ by: 'hints', modality: 'image' })).toEqual([['c', 0.8]]);
    expect(await found({ by: 'hints', pageType: 'claim' })).toEqual([['redis_page', 1]]);
    expect(await found({ by: 'hints', tier: 'L0' })).toEqual([['b', 0.8]]);
    expect(await found({ by: 'words' })).toEqual(await found({}));
    expect((await found({})).flat()).toContain('a');
    for (const wrong of [{ by: 'ids' }, { by: 'hints', tier: 'L9' }, { by: 'hints', limit: 0 }])
      await expect(memory.searchPages('redis', wrong as object)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
  });
});
