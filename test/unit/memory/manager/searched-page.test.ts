import { describe, expect, test } from 'vitest';
import { createMemoryPage } from '../../../../src/domain/memory-page.ts';
import type { PageRole } from '../../../../src/domain/page.ts';
import { toPageContent } from '../../../../src/memory/manager/page-contents.ts';
import { searchWords } from '../../../../src/memory/manager/searched-page.ts';

function words(role: PageRole, content: string, toolName: string | null = null): string | null {
  const page = createMemoryPage({
    pageId: 'p',
    pageType: 'transcript',
    role,
    content,
    importance: 0.5,
    createdAtMs: 0,
    hint: '',
  });
  return searchWords(toPageContent({ ...page, toolName }));
}

describe('searchWords', () => {
  test('leaves out the calls by which a model looks into its memory', () => {
    const said = 'I will look.\nsearch_pages({"query":"roses"})\nlook_up({"at":1})';

    expect(words('assistant', said)).toBe('I will look.\nlook_up({"at":1})');
    expect(words('assistant', 'page_fault({"page_id":"msg_1"})')).toBeNull();
  });

  test('leaves out what those calls gave', () => {
    expect(words('tool', 'search_pages({}) -> {"results":[]}', 'search_pages')).toBeNull();
    expect(words('tool', 'look_up({}) -> roses', 'look_up')).toBe('look_up({}) -> roses');
  });

  test('keeps what is only about them', () => {
    const about = 'Call search_pages("roses") for that.';

    expect([words('assistant', about), words('user', 'search_pages("roses")')]).toEqual([
      about,
      'search_pages("roses")',
    ]);
  });
});
