import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeLine, safeText } from '../../../src/cli/text/safe-text.ts';

describe('safeText', () => {
  test('shows an escape sequence instead of obeying it', () => {
    expect(safeText('a\u001b[31mred\u001b]0;title\u0007')).toBe('a␛[31mred␛]0;title␇');
  });

  test('keeps line breaks and widens tabs', () => {
    expect(safeText('one\r\ntwo\n\tthree')).toBe('one\ntwo\n  three');
  });

  test('shows a lone carriage return, a delete and the second block of control characters', () => {
    expect(safeText('a\rb\u007fc\u009b31m')).toBe('a␍b␡c<U+009B>31m');
  });

  test('shows direction overrides and invisible characters', () => {
    expect(safeText('user\u202Egnp.exe\u200B')).toBe('user<U+202E>gnp.exe<U+200B>');
  });

  test('keeps emoji sequences, Persian joiners and Arabic number signs', () => {
    for (const text of ['👩‍🚀', 'می‌خواهم', '\u0600١٢']) expect(safeText(text)).toBe(text);
  });

  test('replaces half of a surrogate pair', () => {
    expect(safeText('x\ud800y')).toBe('x\uFFFDy');
  });

  test('leaves no control character but the line break in any text', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        expect(safeText(text).replaceAll('\n', '')).not.toMatch(
          /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u,
        );
      }),
    );
  });
});

describe('safeLine', () => {
  test('shows line breaks too', () => {
    expect(safeLine('a\nb')).toBe('a␊b');
  });
});
