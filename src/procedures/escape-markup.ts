const ESCAPES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '&': '&amp;',
  '"': '&quot;',
};

/** A text that can stand between tags or in an attribute: it ends neither. `>` stays, since by itself it ends nothing. */
export function escapeMarkup(text: string): string {
  return text.replace(/[<&"]/g, (character) => ESCAPES[character] ?? character);
}
