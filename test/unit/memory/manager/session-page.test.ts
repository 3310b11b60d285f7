import { describe, expect, test } from 'vitest';
import {
  hintOf,
  pageOfEvent,
  positionOfPage,
  summaryPage,
  type PageEvent,
} from '../../../../src/memory/manager/session-page.ts';

function anEvent(changes: Partial<PageEvent>): PageEvent {
  return {
    message: 'Hi',
    source: 'user',
    type: 'message',
    metadata: {},
    timestampMs: 7,
    ...changes,
  };
}

describe('pageOfEvent', () => {
  test.each([
    ['user', 'user', 0.6],
    ['llm', 'assistant', 0.5],
    ['system', 'system', 0.5],
  ] as const)('M-197: what the %s says is a message of the %s', (source, role, importance) => {
    expect(pageOfEvent(anEvent({ source }), 3)).toMatchObject({
      pageId: 'msg_3',
      pageType: 'transcript',
      role,
      importance,
      content: 'Hi',
      hint: `[${role}] Hi`,
      createdAtMs: 7,
      toolName: null,
    });
  });

  test('M-197: M-W69: a tool call is a page with its result, and can be found by its name', () => {
    const message = { tool: 'get_weather', arguments: { city: 'Oslo' }, result: 'rain' };
    const event = anEvent({ type: 'tool_call', source: 'system', message });
    expect(pageOfEvent(event, 4)).toMatchObject({
      pageId: 'tool_4',
      pageType: 'artifact',
      role: 'tool',
      importance: 0.4,
      toolName: 'get_weather',
      content: 'get_weather({"city":"Oslo"}) -> rain',
      hint: '[tool] get_weather rain',
    });
  });

  test('M-197: a speaker with a name keeps it, and what no prompt shows is no page', () => {
    expect(pageOfEvent(anEvent({ metadata: { speaker: 'Ann' } }), 0)?.speaker).toBe('Ann');
    expect(pageOfEvent(anEvent({ metadata: { speaker: '' } }), 0)?.speaker).toBeNull();
    expect(pageOfEvent(anEvent({ type: 'summary' }), 0)).toBeNull();
  });
});

describe('summaryPage', () => {
  test('M-197: a closed segment is a page by its summary', () => {
    const summary = { text: 'They chose PostgreSQL.' } as Parameters<
      typeof summaryPage
    >[1]['summary'];
    expect(summaryPage(2, { summary, atMs: 9 })).toMatchObject({
      pageId: 'sum_2',
      pageType: 'summary',
      role: null,
      importance: 0.9,
      content: 'They chose PostgreSQL.',
      hint: '[summary] They chose PostgreSQL.',
      createdAtMs: 9,
    });
  });
});

describe('positionOfPage', () => {
  test('reads the place in the log from the ids of messages and tools, and from no other', () => {
    expect(['msg_3', 'tool_12'].map(positionOfPage)).toEqual([3, 12]);
    expect(['sum_1', 'msg_', 'msg_1x', 'my_msg_1'].map(positionOfPage)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('hintOf', () => {
  test('begins a hint with the first words of a text, however much space is around them', () => {
    const words = 'word '.repeat(30).trim();
    const hint = `[tag] ${words.slice(0, 120).trimEnd()}`;

    for (const space of [' ', '\n', ' '.repeat(50), '\t\n '.repeat(200)])
      expect(hintOf('[tag]', `${space}${words.replaceAll(' ', space)}`)).toBe(hint);
  });
});
