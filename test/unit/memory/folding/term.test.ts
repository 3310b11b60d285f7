import { describe, expect, test } from 'vitest';
import { stemOf, termsIn } from '../../../../src/memory/folding/term.ts';

describe('termsIn', () => {
  test('tells names, numbers and identifiers from words, and leaves out what says nothing', () => {
    const kinds = termsIn(
      'The user Melanie paid 250 via getUser and user_id for the HTTP service.',
    );

    expect(kinds.map(({ key, kind }) => `${kind}:${key}`)).toEqual([
      'word:user',
      'name:melanie',
      'word:paid',
      'number:250',
      'word:via',
      'identifier:getuser',
      'identifier:user_id',
      'name:http',
      'word:service',
    ]);
  });

  test('takes no name from a capital that begins a sentence', () => {
    expect(termsIn('Painting helps.')[0]?.kind).toBe('word');
    expect(termsIn('NASA helps.')[0]?.kind).toBe('name');
  });

  test('pairs signs of scripts without spaces', () => {
    expect(termsIn('我们决定').map(({ key }) => key)).toEqual(['我们', '们决', '决定']);
    expect(termsIn('𠮷野家').map(({ at }) => at)).toEqual([0, 2]);
  });

  test('passes over runs that are data', () => {
    expect(termsIn('a'.repeat(65))).toEqual([]);
  });
});

describe('stemOf', () => {
  test.each([
    ['caching', 'cached'],
    ['running', 'run'],
    ['deployments', 'deployment'],
    ['policies', 'policy'],
    ['configured', 'configures'],
  ])('makes %s and %s one', (one, other) => {
    expect(stemOf(one)).toBe(stemOf(other));
  });

  test('leaves short words alone', () => {
    expect(stemOf('is')).toBe('is');
    expect(stemOf('bed')).toBe('bed');
  });
});
