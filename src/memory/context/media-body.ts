import type { MemoryPage } from '../../domain/memory-page.ts';
import { durationText } from '../folding/media-text.ts';
import { isInlineData } from './inline-data.ts';
import { plainOrQuoted, quoted } from './safe-text.ts';
import { excerptOf } from './text-head.ts';

/** A page that is a medium. */
export type MediumPage = Pick<
  MemoryPage,
  'content' | 'caption' | 'dimensions' | 'durationSeconds' | 'transcript' | 'scenes' | 'metadata'
>;

/** An image in brackets: `[IMAGE: caption, 1200x800]`. */
export function imageBody(page: MediumPage): string {
  const { caption, dimensions } = page;
  const about = nonEmpty(caption) ?? contentText(page);
  return bracketed('IMAGE', [
    about === null ? null : plainOrQuoted(about),
    dimensions === null ? null : dimensions.join('x'),
  ]);
}

/** Sound in brackets: `[AUDIO: 5:42 duration, transcript: "So ..."]`. */
export function audioBody(page: MediumPage, maxTranscriptLength: number): string {
  const transcript = nonEmpty(page.transcript) ?? contentText(page);
  return bracketed('AUDIO', [durationPart(page), transcriptPart(transcript, maxTranscriptLength)]);
}

/** A film in brackets: `[VIDEO: 12:30 duration, 8 scenes, topic: "demo", transcript: "So ..."]`. */
export function videoBody(page: MediumPage, maxTranscriptLength: number): string {
  const topic = metadataText(page, 'topic') ?? nonEmpty(page.caption);
  return bracketed('VIDEO', [
    durationPart(page),
    scenesPart(page),
    topic === null ? null : `topic: ${quoted(topic)}`,
    transcriptPart(nonEmpty(page.transcript), maxTranscriptLength),
  ]);
}

function bracketed(name: string, parts: readonly (string | null)[]): string {
  const there = parts.filter((part) => part !== null);
  return there.length === 0 ? `[${name}:]` : `[${name}: ${there.join(', ')}]`;
}

function durationPart({ durationSeconds }: MediumPage): string | null {
  if (durationSeconds === null || !(durationSeconds > 0)) return null;
  return `${durationText(Math.trunc(durationSeconds))} duration`;
}

function scenesPart({ scenes, metadata }: MediumPage): string | null {
  const declared = metadata['scene_count'];
  const count = typeof declared === 'number' && declared > 0 ? Math.trunc(declared) : scenes.length;
  if (count === 0) return null;
  return `${count} ${count === 1 ? 'scene' : 'scenes'}`;
}

function transcriptPart(transcript: string | null, maxLength: number): string | null {
  return transcript === null ? null : `transcript: ${quoted(excerptOf(transcript, maxLength))}`;
}

/** What stands for the medium when that is text and not the medium itself. */
function contentText({ content }: MediumPage): string | null {
  if (typeof content !== 'string' || isInlineData(content)) return null;
  return nonEmpty(content);
}

function metadataText({ metadata }: MediumPage, key: string): string | null {
  const value = metadata[key];
  return typeof value === 'string' ? nonEmpty(value) : null;
}

function nonEmpty(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}
