import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../../../src/domain/session-event.ts';
import { toPageContent } from '../../../../src/memory/manager/page-contents.ts';
import { searchWords } from '../../../../src/memory/manager/searched-page.ts';
import { pageOfEvent } from '../../../../src/memory/manager/session-page.ts';

const CALLS = ['search_pages', 'page_fault', 'look_up'];

/** What a message of a model is found by that asks for these tools. */
function wordsOfAnswer(said: string | null, ...names: readonly string[]): string | null {
  const argumentsText = '{\n  "query": "roses"\n}';
  const tool_calls = names.map((name) => ({
    id: name,
    function: { name, arguments: argumentsText },
  }));
  const message = { role: 'assistant', content: said, tool_calls };
  return wordsOf({ message, source: 'llm', type: 'message' });
}

function wordsOfTool(tool: string, result: string): string | null {
  return wordsOf({ message: { tool, arguments: {}, result }, source: 'system', type: 'tool_call' });
}

function wordsOf(event: Pick<SessionEvent, 'message' | 'source' | 'type'>): string | null {
  const page = pageOfEvent({ ...event, metadata: {}, timestampMs: 0 }, 1);
  if (page === null) throw new TypeError('No page.');
  return searchWords(toPageContent(page, { id: 'e', ...event }));
}

describe('searchWords', () => {
  test('leaves out the calls by which a model looks into its memory, however they are written', () => {
    expect(
      wordsOfAnswer('I will look.', ...CALLS)
        ?.replaceAll(/\s+/g, ' ')
        .trim(),
    ).toBe('I will look. look_up({ "query": "roses" })');
    expect(wordsOfAnswer(null, 'page_fault')).toBeNull();
  });

  test('leaves out what those calls gave, and not what a tool of the same name gives', () => {
    expect(wordsOfTool('search_pages', '{"results":[],"total_available":0}')).toBeNull();
    expect(wordsOfTool('page_fault', '{"effects":{"promoted_to_working_set":true}}')).toBeNull();
    const wiki = '{"results":[{"page_id":"88213","title":"Boats"}]}';
    expect(wordsOfTool('search_pages', wiki)).toBe(`search_pages({}) -> ${wiki}`);
    expect(wordsOfTool('look_up', '"page_id":')).toContain('page_id');
  });

  test('keeps what is only about them', () => {
    const about = 'page_fault({"page_id": "msg_1"}) loads the giraffe page';

    expect(wordsOfAnswer(about)).toBe(about);
    expect(wordsOf({ message: about, source: 'user', type: 'message' })).toBe(about);
  });
});
