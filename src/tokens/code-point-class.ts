import { classesOf } from '../kernel/code-point-classes.ts';
import type { CodePointClasses } from '../kernel/code-point-classes.ts';

/** A stretch of text as UTF-8, cut where a piece surely ends, so that it can be split on its own, and what splitting goes by. */
export interface TextWindow {
  readonly bytes: Uint8Array;
  /** Bytes in use. */
  readonly end: number;
  readonly classes: CodePointClasses;
  /** Whether `'ſ` is a contraction as `'s` is. */
  readonly foldsLongS: boolean;
}

/** The classes of the code point at a byte of the window, as bits; 0 is punctuation, a symbol or unassigned. */
export function classAt({ bytes, classes }: TextWindow, at: number): number {
  const lead = bytes[at] ?? 0;
  return classesOf(classes, lead < 0x80 ? lead : decodeWide(bytes, at));
}

/** How many bytes the code point with this first byte takes. */
export function widthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function decodeWide(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const second = (bytes[at + 1] ?? 0) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = (bytes[at + 2] ?? 0) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] ?? 0) & 0x3f);
}
