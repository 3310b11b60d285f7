/** The longest beginning of a text that has at most so many UTF-16 units and ends between two characters. */
export function unitsHead(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const last = text.charCodeAt(maxUnits - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? maxUnits - 1 : maxUnits);
}

/** The first so many characters (code points) of a text. */
export function textHead(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  let units = 0;
  for (let count = 0; count < maxCharacters && units < text.length; count += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, units);
}

/** As {@link textHead}, ending in `...` when something is missing. */
export function excerptOf(text: string, maxCharacters: number): string {
  const head = textHead(text, maxCharacters);
  return head.length < text.length ? `${head}...` : text;
}
