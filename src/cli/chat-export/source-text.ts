import { basename } from 'node:path';
import { InvalidInput } from '../../domain/errors.ts';
import { tenantSchema } from '../../domain/ids.ts';
import { findJsonSyntaxError } from './json-syntax.ts';

/** The text of a file, and what it is called. */
export interface SourceText {
  /** As the user named it. */
  readonly name: string;
  /** Names sessions and tenants that have no name of their own; null when the file's name cannot. */
  readonly stem: string | null;
  readonly text: string;
}

/** One line of a file that has something on it. */
export interface SourceLine {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The text of a file.
 * @throws INVALID_INPUT when it is not UTF-8.
 */
export function decodeSource(name: string, bytes: Uint8Array): SourceText {
  return { name, stem: stemOf(name), text: decodeText(name, bytes) };
}

/** The lines that are not blank. */
export function linesOf(text: string): readonly SourceLine[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line }))
    .filter((line) => line.text.trim() !== '');
}

/** The value of a JSON text; not ok when it is none. */
export function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    // The parser's message quotes the text; whoever wants to know the place asks for it.
    return { ok: false };
  }
}

/** The error for a text that is not JSON, naming line, column and byte. */
export function brokenJson(
  source: { readonly name: string; readonly line: number | null },
  text: string,
): InvalidInput {
  const error = findJsonSyntaxError(text);
  const before = text.slice(0, error?.offset ?? 0);
  const line = source.line ?? before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  const byte = Buffer.byteLength(before);
  const place = source.line === null ? `column ${column}, byte ${byte}` : `column ${column}`;
  const expected = error?.expected ?? 'JSON';
  return new InvalidInput({ field: `${source.name}:${line}: ${place}`, expected });
}

function decodeText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InvalidInput({ field: name, expected: 'text in UTF-8', cause });
  }
}

function stemOf(name: string): string | null {
  const stem = basename(name).replace(/\.[^.]*$/, '');
  return name !== '-' && tenantSchema.safeParse(stem).success ? stem : null;
}
