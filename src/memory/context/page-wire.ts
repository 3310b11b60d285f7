import type { JsonValue } from '../../domain/json.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageLevel } from '../../domain/page.ts';

/** The content of a page as a tool result carries it; which form it has is told by the `modality` beside it. */
export type PageContentWire =
  | { readonly modality: 'text'; readonly content: { readonly text: string } }
  | {
      readonly modality: 'image';
      readonly content: {
        readonly caption: string | null;
        readonly url: string | null;
        readonly base64: string | null;
        readonly embedding: null;
      };
    }
  | {
      readonly modality: 'audio';
      readonly content: {
        readonly transcript: string | null;
        readonly timestamps: null;
        readonly duration_seconds: number | null;
      };
    }
  | {
      readonly modality: 'video';
      readonly content: {
        readonly scenes: readonly JsonValue[];
        readonly transcript: string | null;
        readonly duration_seconds: number | null;
      };
    }
  | {
      readonly modality: 'structured';
      readonly content: { readonly data: JsonValue; readonly schema_name: null };
    };

/** A page at a level. */
export interface LeveledPage {
  readonly page: MemoryPage;
  readonly level: PageLevel;
  /** What the page comes to at that level; all of it at level 0. */
  readonly text: string;
}

/** The content of a page in the form of its modality; what a level leaves of a medium is its words. */
export function pageContentWire({ page, level, text }: LeveledPage): PageContentWire {
  switch (page.modality) {
    case 'image':
      return { modality: 'image', content: imageContent({ page, level, text }) };
    case 'audio': {
      const transcript = level > 0 ? text : (page.transcript ?? stringOf(page.content));
      const content = { transcript, timestamps: null, duration_seconds: durationOf(page) };
      return { modality: 'audio', content };
    }
    case 'video': {
      const transcript = level > 0 ? text : page.transcript;
      const scenes = level > 0 ? [] : scenesOf(page);
      return {
        modality: 'video',
        content: { scenes, transcript, duration_seconds: durationOf(page) },
      };
    }
    case 'structured':
      return {
        modality: 'structured',
        content: { data: level > 0 ? dataIn(text) : dataOf(page.content), schema_name: null },
      };
    default:
      return { modality: 'text', content: { text } };
  }
}

type ImageContent = Extract<PageContentWire, { readonly modality: 'image' }>['content'];

function imageContent({ page, level, text }: LeveledPage): ImageContent {
  const empty = { caption: page.caption, url: null, base64: null, embedding: null };
  if (level > 0) return { ...empty, caption: text };
  const content = stringOf(page.content);
  if (content === null || content === '') return empty;
  if (/^https?:/i.test(content)) return { ...empty, url: content };
  if (/^data:/i.test(content)) return { ...empty, base64: content };
  return { ...empty, caption: content };
}

function dataOf(content: JsonValue): JsonValue {
  if (content === null) return {};
  return typeof content === 'string' ? dataIn(content) : content;
}

/** The value of a JSON text; the text itself where it is no JSON, as after a fold. */
function dataIn(text: string): JsonValue {
  try {
    // JSON gives nothing but JSON values.
    return JSON.parse(text) as JsonValue;
  } catch {
    return text; // A text is a value too.
  }
}

function scenesOf({ scenes, metadata }: MemoryPage): readonly JsonValue[] {
  if (scenes.length > 0)
    return scenes.map(({ atSeconds, description }) => ({ at_seconds: atSeconds, description }));
  const declared = metadata['scenes'];
  return Array.isArray(declared) ? declared : [];
}

function stringOf(content: JsonValue): string | null {
  return typeof content === 'string' ? content : null;
}

function durationOf({ durationSeconds }: MemoryPage): number | null {
  return durationSeconds !== null && durationSeconds > 0 ? durationSeconds : null;
}
