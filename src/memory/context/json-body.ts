import { withoutInlineData } from './inline-data.ts';
import { quoted, safeJson } from './safe-text.ts';

/** A line end of JSON that was written over several lines, and the indentation after it. */
const LAYOUT = /[\r\n\t]+ */g;

/**
 * What a page of data shows: its JSON on one line; text that is no JSON, as what a fold leaves, as a string. Digits stay as they
 * were written.
 */
export function jsonBody(text: string): string {
  if (text.trim() === '' || text === 'null') return '{}';
  if (!isJson(text)) return quoted(text);
  // In JSON raw line ends stand between values only, never in strings.
  return safeJson(withoutInlineData(text.trim().replaceAll(LAYOUT, '')));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Text that is no JSON is shown as a string.
  }
}
