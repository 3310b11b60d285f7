// Format characters that are drawn (Arabic number signs) or that join letters and emoji, so text needs them.
const HARMLESS_FORMAT = /[\u0600-\u0605\u06DD\u070F\u08E2\u200C\u200D]/;

const UNSAFE = /[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu;

/** Where the pictures of the control characters begin: U+2400 shows U+0000. */
const CONTROL_PICTURES = 0x2400;
const DELETE = 0x7f;
const DELETE_PICTURE = '\u2421';

/**
 * Text that a terminal only prints: control characters, direction overrides and invisible format characters are shown
 * instead of obeyed. Line breaks stay, a tab becomes two spaces.
 */
export function safeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\t', '  ').replace(UNSAFE, visible);
}

/** As {@link safeText}, on one line. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll('\n', picture(0x0a));
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n' || HARMLESS_FORMAT.test(character)) return character;
  if (code < 0x20) return picture(code);
  if (code === DELETE) return DELETE_PICTURE;
  if (code >= 0xd800 && code <= 0xdfff) return '\uFFFD';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

function picture(code: number): string {
  return String.fromCharCode(CONTROL_PICTURES + code);
}
