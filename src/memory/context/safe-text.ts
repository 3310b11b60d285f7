import { withoutInlineData } from './inline-data.ts';

/** The beginning of a delimiter of ours, open or closed, however it is spelt. */
const DELIMITER = /<(?=\s{0,8}\/?\s{0,8}VM\s{0,8}:)/gi;
const MAY_HOLD_DELIMITER = /VM\s{0,8}:/i;
/** What some readers take for the end of a line although JSON lets it stand. */
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;
/** Neither quotes nor brackets, no comma or colon, nothing that ends a line or cannot be seen, no space at an end. */
const PLAIN =
  /^[^\s"\\[\](){}<>,:\p{C}\p{Z}](?:[^"\\[\](){}<>,:\p{C}\p{Zl}\p{Zp}]{0,118}[^\s"\\[\](){}<>,:\p{C}\p{Z}])?$/u;
/** Ids are written back by models, so they have no spaces. */
const PLAIN_ID = /^[^\s"\\()<>,\p{C}\p{Z}]{1,200}$/u;

/** A text as a JSON string on one line, in which no delimiter of a block can stand and data is named instead of shown. */
export function quoted(text: string): string {
  return safeJson(JSON.stringify(withoutInlineData(text)));
}

/** A short text as it is where nothing in it could be taken for anything else; {@link quoted} otherwise. */
export function plainOrQuoted(text: string): string {
  return PLAIN.test(text) ? text : quoted(text);
}

/** The id of a page as it is where it is one word; {@link quoted} otherwise. */
export function idText(pageId: string): string {
  return PLAIN_ID.test(pageId) ? pageId : safeJson(JSON.stringify(pageId));
}

/** JSON text on one line in which no delimiter of a block can stand; it still means the same. */
export function safeJson(json: string): string {
  return json.replaceAll(LINE_BREAKS, escapeOf).replaceAll(DELIMITER, '\\u003c');
}

/**
 * Text that is shown as it is, with the delimiters of our blocks spelt `&lt;VM:`, so that no message can look like one of them.
 */
export function withoutDelimiters(text: string): string {
  return MAY_HOLD_DELIMITER.test(text) ? text.replaceAll(DELIMITER, '&lt;') : text;
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
