import fc from 'fast-check';

/** What the rules for splitting text treat differently, and what has tripped other tokenizers. */
const FRAGMENTS = [
  ["'s", "'T", "'re", "'VE", "'ll", "'Ll", "'m", "'d", "'x", "'", '\u2019s', "'\u017f"],
  [
    ' ',
    '  ',
    '   ',
    '\t',
    '\n',
    '\r\n',
    '\r',
    '\v',
    '\u00a0',
    '\u0085',
    '\u2028',
    '\u3000',
    '\ufeff',
  ],
  [
    '/',
    '//',
    '!',
    '?!',
    '...',
    '"',
    '{"a":',
    '```',
    '=====',
    '-----',
    '\\n',
    '\x00',
    '\x7f',
    '\u200b',
  ],
  [
    'abc',
    'Abc',
    'ABC',
    'aBC',
    'ǅ',
    'ʰ',
    'é',
    'É',
    'ß',
    'ſ',
    'e\u0301',
    '\u0301',
    '\u0301\u0302',
    'ª',
    'ـ',
  ],
  [
    '日本',
    '天地玄黃',
    'かな',
    '한국',
    'ก',
    'ภาษา',
    'हिन्दी',
    'русский',
    'РУС',
    'שלום',
    'عربي',
    '𠀀',
    '𝒜',
  ],
  [
    '1',
    '123',
    '1234567',
    '١٢٣',
    '½',
    'Ⅷ',
    '😀',
    '👨‍👩‍👧',
    '🇩🇪',
    '👍🏽',
    '\u200d',
    '\ud83d',
    '\ude00',
    '\u{e0001}',
  ],
  [
    '<|endoftext|>',
    '<|im_start|>',
    '<|fim_prefix|>',
    '<|endofprompt|>',
    '__proto__',
    'constructor',
    'toString',
  ],
  [
    'function f(x) {\n    return x;\n}',
    'const fooBarBaz = snake_case_name;',
    'https://example.org/a/b?c=1',
  ],
].flat();

const fragment = fc.constantFrom(...FRAGMENTS);
const run = fc
  .tuple(fragment, fc.integer({ min: 2, max: 40 }))
  .map(([text, times]) => text.repeat(times));
const codePoint = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 12 });

/** Text made of what tokenizers find hard, lone surrogates included. */
export const hardTexts: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 6, arbitrary: fragment }, run, codePoint, ascii), { maxLength: 16 })
  .map((parts) => parts.join(''));

/** The same without long runs, whose oracle takes time in the square of their length. */
export const shortTexts: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 3, arbitrary: fragment }, codePoint), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** Any UTF-16 text, well formed or not. */
export const anyTexts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
    .map((units) => String.fromCharCode(...units)),
  hardTexts,
);
