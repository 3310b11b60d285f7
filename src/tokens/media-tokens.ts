/** Side of the square that OpenAI first fits an image into, in pixels; larger images are scaled down. */
const MAX_IMAGE_SIDE = 2048;
/** Then the shorter side is scaled down to this. */
const MAX_SHORT_SIDE = 768;
const TILE_SIDE = 512;
const BASE_TOKENS = 85;
const TOKENS_PER_TILE = 170;
/** An image of unknown size is taken for 1024 × 1024: four tiles. */
const DEFAULT_SIDE = 1024;

/** OpenAI's realtime models take a token for each 100 ms of what a user says. */
const AUDIO_TOKENS_PER_SECOND = 10;
/** 24 kHz, 16 bit, one channel: the raw audio of OpenAI's and Google's interfaces. */
const RAW_AUDIO_BYTES_PER_SECOND = 48_000;
/** 128 kbit/s, the usual rate of MP3; speech is often packed tighter, then this counts too few seconds. */
const PACKED_AUDIO_BYTES_PER_SECOND = 16_000;
/** Audio of unknown length is taken for half a minute. */
const DEFAULT_AUDIO_SECONDS = 30;
const RAW_AUDIO = /wav|pcm|l16/;

/** English text and code take about four bytes a token in either encoding. */
const TEXT_BYTES_PER_TOKEN = 4;
/** A page of a PDF is taken for 60 kB; as text and picture together it is about 2,300 tokens (measured for Claude, 2026-10). */
const DOCUMENT_BYTES_PER_TOKEN = 26;
/** A file of unknown size is taken for one page. */
const DEFAULT_FILE_TOKENS = 2_300;
const TEXT_FILE = /^text\/|json|xml|csv|markdown|javascript|yaml/;

/** What is known of an image. */
export interface ImageFacts {
  /** Pixels; null when unknown. */
  readonly width: number | null;
  readonly height: number | null;
  /** As OpenAI names it: `low` is one flat price, anything else the full one. */
  readonly detail: string | null;
}

/** What is known of an audio clip or a file. */
export interface FileFacts {
  /** Size when unpacked from base64, in bytes; null when unknown. */
  readonly bytes: number | null;
  /** Media type or format name (`audio/wav`, `wav`), lower-case; empty when unknown. */
  readonly mediaType: string;
  /** Playing time in seconds; null when unknown or not audio. */
  readonly seconds: number | null;
}

/**
 * Estimates an image by the tiles OpenAI documents for GPT-4o: 85 tokens, and at full detail 170 for each tile of 512 pixels
 * after scaling down. Other models take from 70 to 1,600 for the same image, so this is never exact.
 */
export function imageTokens({ width, height, detail }: ImageFacts): number {
  if (detail === 'low') return BASE_TOKENS;
  const known = isSize(width) && isSize(height) ? [width, height] : [DEFAULT_SIDE, DEFAULT_SIDE];
  const long = Math.max(...known);
  const short = Math.min(...known);
  const scale = Math.min(1, MAX_IMAGE_SIDE / long, MAX_SHORT_SIDE / short);
  const tiles = Math.ceil((long * scale) / TILE_SIDE) * Math.ceil((short * scale) / TILE_SIDE);
  return BASE_TOKENS + TOKENS_PER_TILE * tiles;
}

/** Longer audio than a day is no single part of a message. */
const MAX_AUDIO_SECONDS = 86_400;

/** Estimates audio by its playing time, told or guessed from its size; a time that cannot be is passed over. */
export function audioTokens({ bytes, mediaType, seconds }: FileFacts): number {
  const rate = RAW_AUDIO.test(mediaType)
    ? RAW_AUDIO_BYTES_PER_SECOND
    : PACKED_AUDIO_BYTES_PER_SECOND;
  const guessed = bytes === null ? DEFAULT_AUDIO_SECONDS : bytes / rate;
  const isTold = seconds !== null && seconds > 0 && seconds <= MAX_AUDIO_SECONDS;
  return Math.ceil((isTold ? seconds : guessed) * AUDIO_TOKENS_PER_SECOND);
}

/** Estimates a file by its size: four bytes a token for text, a page of text and picture per 60 kB for anything else. */
export function fileTokens({ bytes, mediaType }: FileFacts): number {
  if (bytes === null) return DEFAULT_FILE_TOKENS;
  const bytesPerToken = TEXT_FILE.test(mediaType) ? TEXT_BYTES_PER_TOKEN : DOCUMENT_BYTES_PER_TOKEN;
  return Math.ceil(bytes / bytesPerToken);
}

function isSize(side: number | null): side is number {
  return side !== null && side > 0;
}
