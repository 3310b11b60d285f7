import { describe, expect, test } from 'vitest';
import { MAX_TERM_LENGTH, searchTerms } from '../../../../src/memory/search/search-terms.ts';

describe('searchTerms', () => {
  test('folds case, width and inflection and drops stop words', () => {
    expect(searchTerms('The Painters were PAINTING ｆｕｌｌ ﬁgures')).toEqual([
      'painter',
      'paint',
      'full',
      'figur',
    ]);
  });

  test('a word has the same terms however many came between, and whatever callers do with theirs', () => {
    const first = searchTerms('running don’t parseUrl 東京都');
    (first as string[]).fill('changed');
    const words = Array.from({ length: 20_000 }, (_, index) => {
      return String.fromCharCode(...[0, 5, 10].map((bits) => 0x61 + ((index >> bits) & 15)));
    });
    searchTerms(words.join(' '));

    expect(searchTerms('running don’t parseUrl 東京都')).toEqual([
      'run',
      'parseurl',
      'pars',
      'url',
      '東京',
      '京都',
    ]);
  });

  test('keeps identifiers whole and splits them', () => {
    expect(searchTerms('parseHttpUrl')).toEqual(['parsehttpurl', 'pars', 'http', 'url']);
    expect(searchTerms('user_session_id')).toEqual(['user_session_id', 'user', 'session', 'id']);
    expect(searchTerms('src/auth-flow.ts')).toEqual([
      'src/auth-flow.ts',
      'src',
      'auth',
      'flow',
      'ts',
    ]);
    expect(searchTerms('XMLParser')).toEqual(['xmlparser', 'xml', 'parser']);
  });

  test('keeps numbers, versions and dates', () => {
    expect(searchTerms('2024-03-15 3.5 v0.6.2 http2 42')).toEqual([
      '2024-03-15',
      '2024',
      '3.5',
      'v0.6.2',
      'v0',
      'http2',
      '42',
    ]);
  });

  test('takes contractions and possessives apart', () => {
    expect(searchTerms("Caroline's friends don’t say I'm late")).toEqual([
      'carolin',
      'friend',
      'say',
      'late',
    ]);
  });

  test('gives pairs of characters for scripts without spaces', () => {
    expect(searchTerms('東京都')).toEqual(['東京', '京都']);
    expect(searchTerms('猫')).toEqual(['猫']);
    expect(searchTerms('สวัสดี')[0]).toBe('สว');
    expect(searchTerms('Redisの設定')).toEqual(['redis', 'の設', '設定']);
    expect(searchTerms('設定redis')).toEqual(['設定', 'redis']);
  });

  test('knows words of other scripts with spaces', () => {
    expect(searchTerms('Привет, МИР! Žluťoučký kůň')).toEqual([
      'привет',
      'мир',
      'žluťoučký',
      'kůň',
    ]);
  });

  test('cuts huge words between characters', () => {
    const [term = ''] = searchTerms(`${'x'.repeat(MAX_TERM_LENGTH - 1)}${'\u{10428}'.repeat(9)}`);

    expect(term).toBe('x'.repeat(MAX_TERM_LENGTH - 1));
    expect(searchTerms('я'.repeat(100_000))).toEqual(['я'.repeat(MAX_TERM_LENGTH)]);
  });

  test('gives nothing for nothing', () => {
    expect(searchTerms('')).toEqual([]);
    expect(searchTerms('the of and — … !!! \uD800')).toEqual([]);
  });
});
