import { isJsonObject, type JsonValue } from '../../../domain/json.ts';
import type { ContentPart } from '../../../domain/message-content.ts';

/** Where the data of a medium is: at an address, in the part itself as base64, or with a provider. */
export type DataSource =
  | { readonly kind: 'url'; readonly url: string }
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

const DATA_URL = /^data:([^;,]{0,100})(?:;[^;,]{0,100}){0,5};base64,/i;
const DEFAULT_FILE_TYPE = 'application/pdf';

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

/** The address or the data that a URL stands for. */
function sourceOf(url: string, defaultType: string): DataSource {
  const head = DATA_URL.exec(url);
  if (head === null) return { kind: 'url', url };
  const mediaType = head[1] === undefined || head[1] === '' ? defaultType : head[1].toLowerCase();
  return { kind: 'base64', mediaType, data: url.slice(head[0].length) };
}

function imagePart(part: ContentPart): PartContent {
  const image = part['image_url'];
  const url = typeof image === 'string' ? image : textAt(image, 'url');
  if (url === null) return { kind: 'other', name: part.type };
  return { kind: 'image', source: sourceOf(url, 'image/png'), detail: textAt(image, 'detail') };
}

function audioPart(part: ContentPart): PartContent {
  const data = textAt(part['input_audio'], 'data');
  const format = textAt(part['input_audio'], 'format');
  if (data === null || format === null) return { kind: 'other', name: part.type };
  return { kind: 'audio', data, format };
}

function filePart(part: ContentPart): PartContent {
  const file = part['file'];
  const data = textAt(file, 'file_data');
  const source = data === null ? null : fileSource(data);
  return {
    kind: 'file',
    source,
    fileId: textAt(file, 'file_id'),
    filename: textAt(file, 'filename'),
  };
}

/** File data is a data URL, or base64 without one. */
function fileSource(data: string): DataSource {
  const source = sourceOf(data, DEFAULT_FILE_TYPE);
  const isBare = source.kind === 'url' && !/^https?:/i.test(data);
  return isBare ? { kind: 'base64', mediaType: DEFAULT_FILE_TYPE, data } : source;
}

function textAt(value: JsonValue | undefined, key: string): string | null {
  const field = isJsonObject(value) ? value[key] : undefined;
  return typeof field === 'string' ? field : null;
}
