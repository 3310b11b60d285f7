/** What a medium is called in words. */
export type MediumName = 'image' | 'audio' | 'file';

/** The data of the smallest pictures have some 90 characters; shorter texts are no data, and cost nothing as they are. */
const MIN_LENGTH = 64;
/** With line breaks, as tools write it that divide it into lines, of which the first is long then. */
const BASE64 = /^[A-Za-z0-9+/_\r\n-]+(?:=[=\r\n]{0,4})?$/;
const FIRST_LINE = /^[A-Za-z0-9+/_-]{60}/;
/** The longest digests in use have 128; no data are as regular. */
const DIGEST = /^(?:[0-9a-f]{64,128}|[0-9A-F]{64,128})$/;
// Bounded, as without a comma an unbounded pattern would take time in the square of megabytes of base64.
const DATA_URL = /^data:([^;,]{0,100})(?:;[^;,]{0,100}){0,5};base64,[A-Za-z0-9+/_=%\r\n-]*$/i;
/** The beginning of one tells its type, without a look at the megabytes behind it. */
const DATA_URL_TYPE = /^data:([^;,]{0,100})/i;
/** How the data of pictures begin. */
const IMAGE_TYPES: readonly (readonly [string, string])[] = [
  ['/9j/', 'image/jpeg'],
  ['R0lG', 'image/gif'],
  ['UklGR', 'image/webp'],
];
const ADDRESS = /^[a-z][a-z0-9+.-]{1,20}:\/\//i;

/** Whether a text is data as interfaces write it: a data URL, or base64 from beginning to end. */
export function isDataText(text: string): boolean {
  if (isDataUrl(text)) return true;
  if (text.length < MIN_LENGTH || DIGEST.test(text)) return false;
  return FIRST_LINE.test(text) && BASE64.test(text);
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
  return text === null ? '' : (DATA_URL_TYPE.exec(text)?.[1] ?? '');
}

/** The type of a picture whose data are base64: the declared one, else as it begins. */
export function imageTypeOf(data: string, declared: string): string {
  if (/^image\/[a-z0-9.+-]+$/i.test(declared)) return declared;
  return IMAGE_TYPES.find(([start]) => data.startsWith(start))?.[1] ?? 'image/png';
}

/** What media of that type are called. */
export function nameOfType(mediaType: string): MediumName {
  if (/^image\//i.test(mediaType)) return 'image';
  return /^audio\//i.test(mediaType) ? 'audio' : 'file';
}
