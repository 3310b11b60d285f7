/** Texts of which tokenizers that work in the square of a piece's length take minutes. */
export const PATHOLOGICAL: readonly (readonly [name: string, pattern: string])[] = [
  ['one letter', 'a'],
  ['capitals', 'A'],
  ['spaces', ' '],
  ['line ends', '\n'],
  ['spaces and line ends', '   \n'],
  ['dashes', '-'],
  ['two signs', '=*'],
  ['a short pattern', 'xyzzy'],
  ['base64', 'QUJDREVGRw'],
  ['Chinese', '天地玄黃宇宙洪荒'],
  ['Chinese and capitals', '日A'],
  ['Thai', 'ภาษาไทย'],
  ['accents', '\u0301'],
  ['emoji joined', '👩\u200d'],
  ['lone surrogates', '\ud83d'],
  ['full-width spaces', '\u3000'],
];

/** The pattern again and again, up to a length in UTF-16 units. */
export function repeatTo(pattern: string, length: number): string {
  return pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
}
