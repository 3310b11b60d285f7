import { PagefoldError } from '../domain/errors.ts';
import type { ToolFixRelation } from './tool-fix-relation.ts';
import type { ToolLogEntry } from './tool-log-entry.ts';
import { TOOL_OUTCOMES } from './tool-outcome.ts';
import type { ToolPattern } from './tool-pattern.ts';

/** What a memory holds. */
export interface ToolMemoryContent {
  readonly nextNumber: number;
  readonly entries: readonly ToolLogEntry[];
  readonly patterns: readonly ToolPattern[];
  readonly fixes: readonly ToolFixRelation[];
}

/** A memory as plain data. */
export interface ToolMemoryState extends ToolMemoryContent {
  readonly version: 1;
}

const VERSION = 1;

/** The content with its version. */
export function encodeToolMemory(content: ToolMemoryContent): ToolMemoryState {
  return { version: VERSION, ...content };
}

/**
 * The content of a stored memory.
 * @throws CORRUPT_RECORD when it is none, SCHEMA_TOO_NEW when a later version wrote it.
 */
export function decodeToolMemory(state: unknown): ToolMemoryContent {
  if (!isRecord(state)) throw corrupt('an object');
  const { version } = state as { readonly version?: unknown }; // any field may be anything
  if (typeof version === 'number' && version > VERSION) {
    throw new PagefoldError(
      'SCHEMA_TOO_NEW',
      `Tool memory of version ${version}; this is ${VERSION}`,
    );
  }
  if (version !== VERSION) throw corrupt('version 1');
  const content = state as unknown as ToolMemoryContent; // every field is checked below
  if (!Number.isSafeInteger(content.nextNumber)) throw corrupt('a number for the next call');
  if (!isListOf(content.entries, isEntry)) throw corrupt('a log of calls');
  if (!isListOf(content.patterns, isPattern)) throw corrupt('patterns of tools');
  if (!isListOf(content.fixes, isRecord)) throw corrupt('a list of fixes');
  const { nextNumber, entries, patterns, fixes } = content;
  return { nextNumber, entries, patterns, fixes };
}

function isEntry(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const entry = value as unknown as ToolLogEntry; // every field that is read is checked here
  return (
    typeof entry.id === 'string' &&
    typeof entry.toolName === 'string' &&
    TOOL_OUTCOMES.includes(entry.outcome) &&
    isRecord(entry.arguments) &&
    Array.isArray(entry.fixFor) &&
    typeof entry.resultSummary === 'string'
  );
}

function isPattern(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const pattern = value as unknown as ToolPattern; // every field that is read is checked here
  return (
    typeof pattern.toolName === 'string' &&
    typeof pattern.totalCalls === 'number' &&
    isRecord(pattern.commonArguments) &&
    Array.isArray(pattern.successPatterns) &&
    Array.isArray(pattern.errorPatterns)
  );
}

function isListOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function corrupt(expected: string): PagefoldError {
  return new PagefoldError(
    'CORRUPT_RECORD',
    `The stored tool memory cannot be read: expected ${expected}`,
  );
}
