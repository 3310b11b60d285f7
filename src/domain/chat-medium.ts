import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/**
 * A picture, sound or file in the form of OpenAI's chat interface, whichever interface's form it was recorded in; `null` as part
 * where that interface has no place for it, as for a file at an address.
 */
export interface ChatMedium {
  /** What it is called in words. */
  readonly name: 'image' | 'audio' | 'file';
  readonly part: MediumPart | null;
  /** Whether it carries its data, which as text would be base64. */
  readonly hasData: boolean;
}

/** A part that chat messages of a user may have. */
export interface MediumPart extends JsonObject {
  readonly type: string;
}

/** What is known of a medium, whichever interface's form it has. */
interface Facts {
  readonly name: ChatMedium['name'];
  /** An address, a data URL or base64; null when a provider has it. */
  readonly value: string | null;
  readonly fileId: string | null;
  readonly mediaType: string;
  readonly item: JsonObject;
}

/** Types of parts by what they are: OpenAI chat, responses and assistants, Anthropic, AI SDK, Model Context Protocol. */
const NAMES: ReadonlyMap<JsonValue | undefined, ChatMedium['name']> = new Map([
  ...[
    'image',
    'image_url',
    'input_image',
    'image_file',
    'image-data',
    'image-url',
    'image-file-id',
  ].map((type) => [type, 'image'] as const),
  ...['audio', 'input_audio'].map((type) => [type, 'audio'] as const),
  ...[
    'file',
    'input_file',
    'document',
    'media',
    'file-data',
    'file-url',
    'file-id',
    'resource',
  ].map((type) => [type, 'file'] as const),
]);

/** Fields of a part, and of an object in it, that hold where the data are, or the data. */
const HOLDERS = [
  'source',
  'image_url',
  'input_audio',
  'file',
  'resource',
  'inlineData',
  'inline_data',
  'fileData',
  'file_data',
];
const VALUES = [
  'data',
  'url',
  'image_url',
  'image',
  'file_data',
  'file_url',
  'blob',
  'fileUri',
  'file_uri',
];
const FILE_IDS = ['file_id', 'fileId'];
const MEDIA_TYPES = ['media_type', 'mediaType', 'mimeType', 'mime_type', 'format'];
const FILE_NAMES = ['filename', 'title', 'name'];

const DATA_URL = /^data:([^;,]{0,100})/i;
const ADDRESS = /^[a-z][a-z0-9+.-]{0,20}:\/\//i;
/** What begins with so many of its characters in a row is no prose. */
const BASE64 = /^[A-Za-z0-9+/_-]{64}/;
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ['wav', 'wav'],
  ['x-wav', 'wav'],
  ['wave', 'wav'],
  ['mp3', 'mp3'],
  ['mpeg', 'mp3'],
]);

/** Reads a part as a medium; null for any other part, and for one that only shares the type's name. */
export function chatMediumOf(item: JsonValue): ChatMedium | null {
  if (!isJsonObject(item)) return null;
  const facts = factsOf(item);
  if (facts === null) return null;
  const { name, value } = facts;
  const isAddress = value !== null && ADDRESS.test(value);
  return { name, part: partOf(facts, isAddress), hasData: value !== null && !isAddress };
}

function factsOf(item: JsonObject): Facts | null {
  const declared = NAMES.get(item['type']) ?? (item['type'] === undefined ? untyped(item) : null);
  if (declared === null) return null;
  const holders = [item, ...HOLDERS.map((key) => item[key])].filter(isJsonObject);
  const first = (keys: readonly string[]): string | null => firstText(holders, keys);
  const value = first(VALUES);
  const fileId = first(FILE_IDS) ?? firstText([item['image_file']].filter(isJsonObject), FILE_IDS);
  const mediaType = (first(MEDIA_TYPES) ?? DATA_URL.exec(value ?? '')?.[1] ?? '').toLowerCase();
  if (value === null ? fileId === null : !isData(value, mediaType)) return null;
  const name = declared === 'file' ? nameOfType(mediaType) : declared;
  return { name, value, fileId, mediaType, item };
}

/** A part of Gemini, which has no type. */
function untyped(item: JsonObject): ChatMedium['name'] | null {
  const keys = ['inlineData', 'inline_data', 'fileData'];
  return keys.some((key) => isJsonObject(item[key])) ? 'file' : null;
}

function nameOfType(mediaType: string): ChatMedium['name'] {
  if (mediaType.startsWith('image/')) return 'image';
  return mediaType.startsWith('audio/') ? 'audio' : 'file';
}

/** Whether a text is an address or data; what a file says, in words, is neither. */
function isData(value: string, mediaType: string): boolean {
  if (ADDRESS.test(value) || DATA_URL.test(value) || BASE64.test(value)) return true;
  return nameOfType(mediaType) !== 'file' || AUDIO_FORMATS.has(mediaType);
}

function partOf(facts: Facts, isAddress: boolean): MediumPart | null {
  // As it is: what OpenAI's chat interface takes already.
  if (isChatPart(facts.item)) return facts.item;
  switch (facts.name) {
    case 'image':
      return imagePart(facts, isAddress);
    case 'audio':
      return isAddress ? null : audioPart(facts);
    default:
      return isAddress ? null : filePart(facts);
  }
}

function isChatPart(item: JsonObject): item is MediumPart {
  const { type, image_url: image, input_audio: audio, file } = item;
  if (type === 'image_url') return isJsonObject(image);
  if (type === 'input_audio') return isJsonObject(audio);
  return type === 'file' && isJsonObject(file);
}

function imagePart({ value, mediaType, item }: Facts, isAddress: boolean): MediumPart | null {
  if (value === null) return null;
  const url = isAddress
    ? value
    : dataUrl(value, mediaType.startsWith('image/') ? mediaType : 'image/png');
  const { detail } = item;
  return { type: 'image_url', image_url: typeof detail === 'string' ? { url, detail } : { url } };
}

function audioPart({ value, mediaType }: Facts): MediumPart | null {
  const format = AUDIO_FORMATS.get(mediaType.replace(/^audio\//, ''));
  if (value === null || format === undefined) return null;
  return {
    type: 'input_audio',
    input_audio: { data: value.replace(/^data:[^,]{0,200},/i, ''), format },
  };
}

function filePart({ value, fileId, mediaType, item }: Facts): MediumPart | null {
  const filename = firstText([item], FILE_NAMES);
  const named = filename === null ? {} : { filename };
  if (value !== null)
    return {
      type: 'file',
      file: { ...named, file_data: dataUrl(value, mediaType || 'application/pdf') },
    };
  return fileId === null ? null : { type: 'file', file: { file_id: fileId } };
}

function dataUrl(value: string, mediaType: string): string {
  return DATA_URL.test(value) ? value : `data:${mediaType};base64,${value}`;
}

function firstText(holders: readonly JsonObject[], keys: readonly string[]): string | null {
  for (const holder of holders) {
    for (const key of keys) {
      const value = holder[key];
      if (typeof value === 'string' && value !== '') return value;
    }
  }
  return null;
}
