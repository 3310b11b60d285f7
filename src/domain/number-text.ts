const NUMBER = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/**
 * The number that a text is, blanks around it aside; null for anything else. Digits after a leading zero (`007`), separators
 * of thousands, hexadecimal digits and names such as `Infinity` are texts.
 */
export function parseNumberText(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed.length > 40 || !NUMBER.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}
