import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import {
  imageTypeOf,
  isAddress,
  isDataText,
  isDataUrl,
  mediaTypeIn,
  type MediumName,
  nameOfType,
} from './media-data.ts';

/**
 * A picture, sound or file in the form of OpenAI's chat interface, whichever interface's form it was recorded in; `null` as part
 * where that interface has no place for it, as for a file at an address.
 */
export interface ChatMedium {
  /** What it is called in words. */
  readonly name: MediumName;
  readonly part: MediumPart | null;
  /** Where it is; null when the part has its data, or a provider has it. */
  readonly address: string | null;
  /** What it is titled, or its file is named. */
  readonly title: string | null;
  /** Whether words stand beside it in fields that no interface has. */
  readonly hasMore: boolean;
}

/** A part that chat messages of a user may have. */
export interface MediumPart extends JsonObject {
  readonly type: string;
}

/** What is known of a medium, whichever interface's form it has. */
interface Facts extends Pick<ChatMedium, 'name' | 'address' | 'title'> {
  /** A data URL or base64. */
  readonly data: string | null;
  readonly fileId: string | null;
  readonly mediaType: string;
  readonly detail: string | null;
}

const IMAGES = [
  'image',
  'image_url',
  'input_image',
  'image_file',
  'image-data',
  'image-url',
  'image-file-id',
];
const SOUNDS = ['audio', 'input_audio'];
const FILES = [
  'file',
  'input_file',
  'document',
  'media',
  'file-data',
  'file-url',
  'file-id',
  'resource',
];

/** Types of parts by what they are: OpenAI chat, responses and assistants, Anthropic, AI SDK, Model Context Protocol. */
const NAMES: ReadonlyMap<JsonValue | undefined, MediumName> = new Map<string, MediumName>([
  ...IMAGES.map((type): [string, MediumName] => [type, 'image']),
  ...SOUNDS.map((type): [string, MediumName] => [type, 'audio']),
  ...FILES.map((type): [string, MediumName] => [type, 'file']),
]);

/** Objects in a part that say more of it; Gemini's parts have no type, and are known by theirs. */
const GEMINI_HOLDERS = ['inlineData', 'inline_data', 'fileData'];
const HOLDERS = [
  'source',
  'image_url',
  'input_audio',
  'image_file',
  'file',
  'resource',
  ...GEMINI_HOLDERS,
];
const DATA_KEYS = ['data', 'blob', 'file_data', 'image'];
const ADDRESS_KEYS = ['url', 'image_url', 'file_url', 'fileUri', 'image', 'data', 'uri'];
const FILE_ID_KEYS = ['file_id', 'fileId'];
const MEDIA_TYPE_KEYS = ['media_type', 'mediaType', 'mimeType', 'mime_type', 'format'];
const TITLE_KEYS = ['filename', 'title', 'name'];
const OTHER_KEYS = [
  'type',
  'detail',
  'context',
  'cache_control',
  'citations',
  'annotations',
  '_meta',
  'providerOptions',
  'providerMetadata',
  'source_type',
  'mediaResolution',
  'thoughtSignature',
  'thought_signature',
  'id',
];
/** Fields that interfaces have; words in others are the caller's own. */
const KNOWN_KEYS: ReadonlySet<string> = new Set([
  ...HOLDERS,
  ...DATA_KEYS,
  ...ADDRESS_KEYS,
  ...FILE_ID_KEYS,
  ...MEDIA_TYPE_KEYS,
  ...TITLE_KEYS,
  ...OTHER_KEYS,
]);

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
  const name = NAMES.get(item['type']) ?? (isOfGemini(item) ? 'file' : null);
  if (name === null) return null;
  const facts = factsOf(item, name);
  const { name: called, address, title } = facts;
  // As it is: what OpenAI's chat interface takes already.
  if (isChatPart(item)) return { name: called, part: item, address, title, hasMore: false };
  if ((facts.data ?? address ?? facts.fileId) === null) return null;
  const hasMore = Object.keys(item).some((key) => isWord(item[key]) && !KNOWN_KEYS.has(key));
  return { name: called, part: partOf(facts), address, title, hasMore };
}

function isWord(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function isOfGemini(item: JsonObject): boolean {
  return item['type'] === undefined && GEMINI_HOLDERS.some((key) => isJsonObject(item[key]));
}

function isChatPart(item: JsonObject): item is MediumPart {
  const { type, image_url: image, input_audio: audio, file } = item;
  if (type === 'image_url') return isJsonObject(image) && isWord(image['url']);
  if (type === 'input_audio') return isJsonObject(audio) && isWord(audio['data']);
  if (type !== 'file' || !isJsonObject(file)) return false;
  return isWord(file['file_data']) || isWord(file['file_id']);
}

function factsOf(item: JsonObject, declared: MediumName): Facts {
  const holders = [item, ...HOLDERS.map((key) => item[key])].filter(isJsonObject);
  const first = (keys: readonly string[], isMeant: (text: string) => boolean): string | null =>
    firstText(holders, keys, isMeant);
  const data = first(DATA_KEYS, isDataText) ?? first(ADDRESS_KEYS, isDataUrl);
  const mediaType = first(MEDIA_TYPE_KEYS, isAny) ?? mediaTypeIn(data);
  return {
    name: declared === 'file' ? nameOfType(mediaType) : declared,
    data,
    address: data === null ? first(ADDRESS_KEYS, isAddress) : null,
    fileId: first(FILE_ID_KEYS, isAny),
    mediaType: mediaType.toLowerCase(),
    title: first(TITLE_KEYS, isAny),
    detail: firstText([item], ['detail'], isAny),
  };
}

function partOf(facts: Facts): MediumPart | null {
  switch (facts.name) {
    case 'image':
      return imagePart(facts);
    case 'audio':
      return audioPart(facts);
    default:
      return filePart(facts);
  }
}

function imagePart({ data, address, mediaType, detail }: Facts): MediumPart | null {
  const url = data === null ? webAddress(address) : dataUrl(data, imageTypeOf(data, mediaType));
  if (url === null) return null;
  return { type: 'image_url', image_url: detail === null ? { url } : { url, detail } };
}

/** Providers fetch pictures from the web, and from nowhere else. */
function webAddress(address: string | null): string | null {
  return address !== null && /^https?:/i.test(address) ? address : null;
}

function audioPart({ data, mediaType }: Facts): MediumPart | null {
  const format = AUDIO_FORMATS.get(mediaType.replace(/^audio\//, ''));
  if (data === null || format === undefined) return null;
  const bare = dataUrl(data, mediaType).replace(/^[^,]*,/, '');
  return { type: 'input_audio', input_audio: { data: bare, format } };
}

function filePart({ data, fileId, mediaType, title }: Facts): MediumPart | null {
  const named = title === null ? {} : { filename: title };
  const type = mediaType === '' ? 'application/pdf' : mediaType;
  if (data !== null) return { type: 'file', file: { ...named, file_data: dataUrl(data, type) } };
  return fileId === null ? null : { type: 'file', file: { file_id: fileId } };
}

/** Of data that are a data URL or base64 already, so that the beginning tells which. */
function dataUrl(data: string, mediaType: string): string {
  const hasLines = data.includes('\n') || data.includes('\r');
  const inOneLine = hasLines ? data.replaceAll(/[\r\n]/g, '') : data;
  return inOneLine.startsWith('data:') ? inOneLine : `data:${mediaType};base64,${inOneLine}`;
}

function isAny(): boolean {
  return true;
}

function firstText(
  holders: readonly JsonObject[],
  keys: readonly string[],
  isMeant: (text: string) => boolean,
): string | null {
  for (const holder of holders) {
    for (const key of keys) {
      const value = holder[key];
      if (typeof value === 'string' && value !== '' && isMeant(value)) return value;
    }
  }
  return null;
}
