import { fieldAt, firstNumber, firstString, hasAny } from './content-field.ts';
import { audioTokens, fileTokens, imageTokens } from './media-tokens.ts';
import type { FileFacts } from './media-tokens.ts';
import { sumOf } from './part-measure.ts';
import type { FieldMeasurer, Measure, PartRule } from './part-measure.ts';

// Where the formats keep the same facts: OpenAI chat and responses, Anthropic, AI SDK, Model Context Protocol, Gemini.
const MEDIA_FIELDS = [
  'image_url',
  'image',
  'image_file',
  'source',
  'url',
  'data',
  'audio',
  'input_audio',
  'blob',
  'file',
  'file_id',
  'fileId',
  'file_url',
  'file_data',
  'resource',
  'inlineData',
  'inline_data',
  'fileData',
];
const WIDTHS = ['width', 'image_url.width', 'source.width', 'image.width'];
const HEIGHTS = ['height', 'image_url.height', 'source.height', 'image.height'];
const DETAILS = [
  'detail',
  'image_url.detail',
  'image_file.detail',
  'providerOptions.openai.imageDetail',
];
const DURATIONS = ['durationSeconds', 'duration', 'audio.duration', 'input_audio.duration'];
const MEDIA_TYPES = [
  'mediaType',
  'mimeType',
  'media_type',
  'format',
  'source.media_type',
  'resource.mimeType',
  'input_audio.format',
  'inlineData.mimeType',
  'inline_data.mime_type',
  'fileData.mimeType',
];
const DATA_FIELDS = [
  'data',
  'file_data',
  'file.file_data',
  'source.data',
  'input_audio.data',
  'audio.data',
  'blob',
  'resource.blob',
  'inlineData.data',
  'inline_data.data',
];

// Bounded, as without a comma an unbounded pattern would take time in the square of megabytes of base64.
const DATA_URL = /^data:([^;,]{0,100})[^,]{0,200},/;
const WEB_URL = /^[a-z][a-z0-9+.-]{0,20}:\/\//i;

/** A picture, by its size and detail. */
export const image: PartRule = orJson((part) =>
  estimate(
    imageTokens({
      width: firstNumber(part, WIDTHS),
      height: firstNumber(part, HEIGHTS),
      detail: firstString(part, DETAILS),
    }),
  ),
);

/** Sound, by its playing time or size. */
export const audio: PartRule = orJson((part) => estimate(audioTokens(fileFacts(part))));

/** A file, which may be a picture or sound. */
export const file: PartRule = orJson((part, measurer) => {
  const facts = fileFacts(part);
  if (facts.mediaType.startsWith('image/')) return image(part, measurer);
  return estimate(facts.mediaType.startsWith('audio/') ? audioTokens(facts) : fileTokens(facts));
});

/** Reasoning that only its provider can read: text, so about as long as text of that size. */
export const sealedReasoning: PartRule = orJson((part) =>
  estimate(fileTokens({ ...fileFacts(part), mediaType: 'text/plain' })),
);

/** A document of Anthropic, whose source may be plain text or content of its own. */
export const document: PartRule = orJson((part, measurer) => {
  const about = [measurer.text(fieldAt(part, 'title')), measurer.text(fieldAt(part, 'context'))];
  return sumOf([...about, documentSource(part, measurer)]);
});

/** A resource of the Model Context Protocol: text, or a file. */
export const resource: PartRule = orJson((part, measurer) => {
  const text = fieldAt(part, 'resource.text');
  return typeof text === 'string' ? measurer.text(text) : file(part, measurer);
});

/** Bytes without any wrapping. */
export function binaryMeasure(bytes: number): Measure {
  return estimate(fileTokens({ bytes, mediaType: '', seconds: null }));
}

/** Size of a buffer in bytes, or null for anything else. */
export function binaryLength(value: unknown): number | null {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? value.byteLength : null;
}

/** Something that only shares the type's name, an event of the user's own say, counts by its JSON text. */
function orJson(rule: PartRule): PartRule {
  return (part, measurer) =>
    hasAny(part, MEDIA_FIELDS) ? rule(part, measurer) : measurer.text(part);
}

function documentSource(part: object, measurer: FieldMeasurer): Measure {
  const source = fieldAt(part, 'source');
  switch (fieldAt(source, 'type')) {
    case 'text':
      return measurer.text(fieldAt(source, 'data'));
    case 'content':
      return measurer.content(fieldAt(source, 'content'));
    default:
      return file(part, measurer);
  }
}

function fileFacts(part: object): FileFacts {
  const data = DATA_FIELDS.map((path) => fieldAt(part, path)).find(
    (value) => dataLength(value) !== null,
  );
  const declared = firstString(part, MEDIA_TYPES) ?? '';
  const inUrl = typeof data === 'string' ? (DATA_URL.exec(data)?.[1] ?? '') : '';
  return {
    bytes: dataLength(data),
    mediaType: (declared === '' ? inUrl : declared).toLowerCase(),
    seconds: firstNumber(part, DURATIONS),
  };
}

/** Bytes that a buffer, a data URL or bare base64 holds; null for anything else, such as a link. */
function dataLength(value: unknown): number | null {
  if (typeof value !== 'string') return binaryLength(value);
  if (WEB_URL.test(value)) return null;
  const header = DATA_URL.exec(value)?.[0].length ?? 0;
  return Math.floor(((value.length - header) * 3) / 4);
}

function estimate(tokens: number): Measure {
  return { tokens, isText: false };
}
