/** What a medium is called in words. */
export type MediumName = 'image' | 'audio' | 'file';

/** The data of the smallest pictures have some 90 characters; shorter texts are no data, and cost nothing as they are. */
const MIN_LENGTH = 64;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
// Bounded, as without a comma an unbounded pattern would take time in the square of megabytes of base64.
const DATA_URL = /^data:([^;,]{0,100})(?:;[^;,]{0,100}){0,5};base64,/i;
const ADDRESS = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;

/** Whether a text is data as interfaces write it: a data URL, or base64 from beginning to end. */
export function isDataText(text: string): boolean {
  return isDataUrl(text) || (text.length >= MIN_LENGTH && BASE64.test(text));
}

/** Whether a text is a URL that holds data itself. */
export function isDataUrl(text: string): boolean {
  return text.startsWith('data:') && DATA_URL.test(text);
}

/** Whether a text is an address of any kind, with a scheme and `://`. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** The media type that a data URL names; empty for other texts. */
export function mediaTypeIn(text: string | null): string {
  return text === null ? '' : (DATA_URL.exec(text)?.[1] ?? '');
}

/** What media of that type are called. */
export function nameOfType(mediaType: string): MediumName {
  if (/^image\//i.test(mediaType)) return 'image';
  return /^audio\//i.test(mediaType) ? 'audio' : 'file';
}
