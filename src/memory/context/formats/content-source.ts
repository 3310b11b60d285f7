import { isJsonObject, type JsonValue } from '../../../domain/json.ts';
import type { ContentPart } from '../../../domain/message-content.ts';
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

const DATA_URL = /^data:([^;,]{0,100})((?:;[^;,]{0,100}){0,6}),/i;
const ADDRESS = /^https?:\/\//i;
const PERCENT_CODE = /%([\da-f]{2})/i;

/** What a part of a message is, with its fields in one form. */
export function partContent(part: ContentPart): PartContent {
  switch (part.type) {
    case 'text':
      return { kind: 'text', text: textAt(part, 'text') ?? '' };
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
function sourceOf(url: string, defaultType: string): DataSource | null {
  if (ADDRESS.test(url)) return { kind: 'url', url, mediaType: defaultType };
  const head = DATA_URL.exec(url);
  if (head === null) return null;
  const [{ length }, type = '', parameters = ''] = head;
  const data = url.slice(length);
  const isBase64 = /;base64$/i.test(parameters);
  // Without base64 it is written as text, and is text unless it says otherwise.
  const unsaidType = isBase64 ? defaultType : 'text/plain';
  return {
    kind: 'base64',
    mediaType: type === '' ? unsaidType : type.toLowerCase(),
    data: isBase64 && !data.includes('%') ? data : toBase64(data, isBase64),
  };
}

/** Data of a URL, in which bytes may be written as percent codes, whatever characters they are or are not. */
function toBase64(data: string, isBase64: boolean): string {
  // Every other piece is what stood behind a percent sign.
  const pieces = data.split(PERCENT_CODE);
  const bytes = pieces.map((piece, at) => Buffer.from(piece, at % 2 === 0 ? 'utf8' : 'hex'));
  const decoded = Buffer.concat(bytes);
  return isBase64 ? decoded.toString('latin1') : decoded.toString('base64');
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
  return /^[a-z][\w+.-]{0,20}:/i.test(data);
}

function textAt(value: JsonValue | undefined, key: string): string | null {
  const field = isJsonObject(value) ? value[key] : undefined;
  return typeof field === 'string' ? field : null;
}
