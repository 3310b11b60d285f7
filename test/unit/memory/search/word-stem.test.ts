import { describe, expect, test } from 'vitest';
import { stemWord } from '../../../../src/memory/search/word-stem.ts';

function stems(...words: readonly string[]): number {
  return new Set(words.map(stemWord)).size;
}

describe('stemWord', () => {
  test('brings inflected forms together', () => {
    expect(stems('paint', 'paints', 'painted', 'painting')).toBe(1);
    expect(stems('hike', 'hikes', 'hiked', 'hiking')).toBe(1);
    expect(stems('run', 'runs', 'running', 'ran')).toBe(1);
    expect(stems('plan', 'plans', 'planned', 'planning')).toBe(1);
    expect(stems('study', 'studies', 'studied', 'studying')).toBe(1);
    expect(stems('city', 'cities')).toBe(1);
    expect(stems('box', 'boxes')).toBe(1);
    expect(stems('class', 'classes')).toBe(1);
    expect(stems('bus', 'buses')).toBe(1);
    expect(stems('use', 'used', 'using')).toBe(1);
  });

  test('brings commonly derived words together', () => {
    expect(stems('implement', 'implemented', 'implementation')).toBe(1);
    expect(stems('organize', 'organization')).toBe(1);
    expect(stems('adopt', 'adoption', 'adopted')).toBe(1);
    expect(stems('create', 'creation', 'created')).toBe(1);
    expect(stems('secure', 'security')).toBe(1);
    expect(stems('happy', 'happily', 'happiness')).toBe(1);
  });

  test('knows irregular forms', () => {
    expect(stems('go', 'goes', 'went', 'gone', 'going')).toBe(1);
    expect(stems('buy', 'bought', 'buying')).toBe(1);
    expect(stems('child', 'children', 'kids')).toBe(1);
    expect(stems('make', 'made', 'makes', 'making')).toBe(1);
    expect(stems('mother', 'mothers', 'mom')).toBe(1);
  });

  test('keeps apart what only looks alike', () => {
    expect(stemWord('care')).not.toBe(stemWord('car'));
    expect(stemWord('new')).not.toBe(stemWord('news'));
    expect(stemWord('wed')).not.toBe(stemWord('wedding'));
    expect(stemWord('speed')).toBe('speed');
  });

  test('leaves other words as they are', () => {
    for (const word of ['', 'a', 'is', 'café', 'python3', 'v2', 'привет', 'bus'])
      expect(stemWord(word)).toBe(word);
  });
});
