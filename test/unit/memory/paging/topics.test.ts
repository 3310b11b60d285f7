import { describe, expect, test } from 'vitest';
import { topicsOf, withoutLabel } from '../../../../src/memory/paging/topics.ts';

describe('topicsOf', () => {
  test('M-158: M-W55: keeps what a message is about', () => {
    expect(topicsOf('What did we decide about the DB?')).toEqual(['db']);
    expect(topicsOf('Remind me what you said about this plan')).toEqual(['plan']);
    expect(topicsOf('Tell the user about Redis caching, the redis cache')).toEqual([
      'redis',
      'cach',
    ]);
    expect(topicsOf('')).toEqual([]);
  });

  test.each([
    ['as we speak', ['speak']],
    ['basics', ['basic']],
    ['last week was we', ['last', 'week']],
    ['Easy as weather', ['easi', 'weather']],
    ['How do I sort a list?', ['sort', 'list']],
    ['You  said (two spaces)', ['two', 'spac']],
    ['that plan', ['plan']],
  ])('V18: the topics of "%s", without their inflection', (message, topics) => {
    expect(topicsOf(message)).toEqual(topics);
  });

  test('M-158: splits identifiers and keeps versions', () => {
    expect(topicsOf('auth-flow in python3')).toEqual(['auth-flow', 'auth', 'flow', 'python3']);
  });

  test('M-W55: labels of roles are no topics', () => {
    expect(withoutLabel('[user] [tool] hello [1]')).toBe('hello [1]');
    expect(topicsOf('[user] redis')).toEqual(['redis']);
  });
});
