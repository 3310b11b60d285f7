import { isJsonObject, type JsonValue } from '../../../domain/json.ts';
import { type ContentPart, partText } from '../../../domain/message-content.ts';
import { typeOfAddress, typeOfFile } from './file-type.ts';

/** Where the data of a medium is: at an address, in the part itself as base64, or with a provider. */
export type DataSource =
  /** Addresses say nothing of what they lead to, so its type is taken from names, or else what is usual. */
  | { readonly kind: 'url'; readonly url: string; readonly mediaType: string }
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string };

/** A part of a message, told apart by what it is. */
export type PartContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'image'; readonly source: DataSource; readonly detail: string | null }
  | { readonly kind: 'audio'; readonly data: string; readonly format: string }
  | {
      readonly kind: 'file';
      readonly source: DataSource | null;
      readonly fileId: string | null;
      readonly filename: string | null;
    }
  | { readonly kind: 'other'; readonly name: string };

/** `data:`, a type and parameters, of which the last may be `base64`; a parameter in quotes may hold a comma. */
const BASE64_URL =
  /^data:([^;,]{0,100}?)\s*(?:;[^;,"]{0,1000}|;[^;"]{0,100}"[^"]{0,1000}"\s*){0,6};\s*base64\s*,/i;
const PLAIN_URL = /^data:([^;,]{0,100}?)\s*(?:;[^;,]{0,1000}){0,6},/i;
const ADDRESS = /^https?:\/\//i;

const PERCENT = 0x25;
/** Each digit in its place, and again in capitals 16 places behind. */
const DIGITS = Buffer.from('0123456789abcdef0123456789ABCDEF');

/** What a part of a message is, with its fields in one form. */
export function partContent(part: ContentPart): PartContent {
  const text = partText(part);
  if (text !== null) return { kind: 'text', text };
  switch (part.type) {
    case 'text':
      return { kind: 'text', text: '' };
    case 'refusal':
      return { kind: 'refusal', text: textAt(part, 'refusal') ?? '' };
    case 'image_url':
      return imagePart(part);
    case 'input_audio':
      return audioPart(part);
    case 'file':
      return filePart(part);
    default:
      return { kind: 'other', name: part.type };
  }
}

/** A part in words, for a format that has no place for it. */
export function partWords(part: PartContent): string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text;
    case 'file':
      return part.filename === null ? '[file]' : `[file ${part.filename}]`;
    case 'other':
      return `[${part.name}]`;
    default:
      return `[${part.kind}]`;
  }
}

/** The address or the data that a URL stands for; null for one that no provider can follow. */
function sourceOf(given: string, defaultType: string): DataSource | null {
  const url = given.trimStart();
  if (ADDRESS.test(url)) return { kind: 'url', url, mediaType: defaultType };
  const base64 = BASE64_URL.exec(url);
  // Without base64 it is written as text, and is text unless it says otherwise.
  const [head, unsaidType] =
    base64 === null ? [PLAIN_URL.exec(url), 'text/plain'] : [base64, defaultType];
  if (head === null) return null;
  const [{ length }, type = ''] = head;
  const data = url.slice(length);
  return {
    kind: 'base64',
    mediaType: type === '' ? unsaidType : type.toLowerCase(),
    data: base64 === null ? withoutCodes(data).toString('base64') : withoutSpelling(data),
  };
}

/** Base64 of which some characters may be written as percent codes. */
function withoutSpelling(base64: string): string {
  return base64.includes('%') ? withoutCodes(base64).toString('latin1') : base64;
}

/** The bytes of data in which some are written as percent codes, whatever characters they are or are not. */
function withoutCodes(data: string): Buffer {
  const bytes = Buffer.from(data);
  let end = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const code = byte === PERCENT ? codeAt(bytes, at + 1) : null;
    bytes[end] = code ?? byte;
    end += 1;
    if (code !== null) at += 2;
  }
  return bytes.subarray(0, end);
}

/** The byte that two hexadecimal digits stand for; null where none stand. */
function codeAt(bytes: Buffer, at: number): number | null {
  const [high, low] = [DIGITS.indexOf(bytes[at] ?? 0), DIGITS.indexOf(bytes[at + 1] ?? 0)];
  return high === -1 || low === -1 ? null : ((high & 15) << 4) | (low & 15);
}

function imagePart(part: ContentPart): PartContent {
  const image = part['image_url'];
  const url = typeof image === 'string' ? image : textAt(image, 'url');
  if (url === null) return { kind: 'other', name: part.type };
  const source = sourceOf(url, 'image/png');
  if (source === null) return { kind: 'other', name: 'image' };
  return { kind: 'image', source, detail: textAt(image, 'detail') };
}

function audioPart(part: ContentPart): PartContent {
  const given = textAt(part['input_audio'], 'data');
  const format = textAt(part['input_audio'], 'format');
  if (given === null || format === null) return { kind: 'other', name: part.type };
  const data = isUrl(given) ? dataOf(sourceOf(given, '')) : given;
  return data === null ? { kind: 'other', name: 'audio' } : { kind: 'audio', data, format };
}

function dataOf(source: DataSource | null): string | null {
  return source?.kind === 'base64' ? source.data : null;
}

function filePart(part: ContentPart): PartContent {
  const file = part['file'];
  const data = textAt(file, 'file_data');
  const filename = textAt(file, 'filename');
  const source = data === null ? null : fileSource(data, filename);
  return { kind: 'file', source, fileId: textAt(file, 'file_id'), filename };
}

/** File data is a URL, or base64 without one. */
function fileSource(data: string, filename: string | null): DataSource | null {
  const mediaType = filename === null ? typeOfAddress(data) : typeOfFile(filename);
  return isUrl(data) ? sourceOf(data, mediaType) : { kind: 'base64', mediaType, data };
}

/** Base64 has no colon. */
function isUrl(data: string): boolean {
  return /^\s*[a-z][\w+.-]{0,20}:/i.test(data);
}

function textAt(value: JsonValue | undefined, key: string): string | null {
  const field = isJsonObject(value) ? value[key] : undefined;
  return typeof field === 'string' ? field : null;
}
