import { PagefoldError } from '../domain/errors.ts';
import { type JsonValue, toText } from '../domain/json.ts';
import type { SessionKey } from '../domain/ids.ts';
import { MAX_RECORD_LENGTH } from '../domain/record-limit.ts';
import { withoutData } from '../domain/without-data.ts';
import type { StoredValue } from '../tools/tool-result.ts';
import type { SessionManager } from './session-manager.ts';

/** Where long values are put that are not to be pages of the session's memory; an artifact store is one. */
export interface ToolArtifacts {
  put(
    params: SessionKey & { readonly bytes: Uint8Array; readonly mimeType: string },
  ): Promise<{ readonly artifactId: string }>;
}

/** A value in the form in which it is recorded and shown. */
export interface ShownValue {
  readonly shown: JsonValue;
  readonly storedAs: StoredValue | null;
}

/** A value that was looked at before its call is recorded. */
export interface KeptValue extends ShownValue {
  /** Characters of a value that is too long for a page as well, so that it is for the record to keep; null for any other. */
  readonly unkeptLength: number | null;
}

/** How long values are kept. */
export interface LongValueOptions {
  readonly session: SessionManager;
  readonly artifacts: ToolArtifacts | null;
  /** Characters of a value's text at most, without data of media, before it is kept elsewhere; so is one of half a record and more. */
  readonly maxLength: number;
}

const PREVIEW_LENGTH = 1_000;

/** Beside the result a record holds the arguments and what the guards said. */
const MAX_RECORDED_LENGTH = MAX_RECORD_LENGTH / 2;

/**
 * A value as it is, or where a model would read more of it than may be, a reference to it with its beginning: to a page of the session's
 * memory, which a model can load, or to an artifact. Data of pictures and files are not read, and count nothing. One that is too long
 * for a page stays as it is. May be repeated with the same operation.
 */
export async function keepLongValue(
  value: JsonValue,
  options: LongValueOptions,
  call: { readonly toolName: string; readonly operationId: string },
): Promise<KeptValue> {
  const { length } = toText(value);
  const read = length <= options.maxLength ? '' : toText(withoutData(value));
  if (length <= MAX_RECORDED_LENGTH && read.length <= options.maxLength)
    return { shown: value, storedAs: null, unkeptLength: null };
  const storedAs = await store(value, options, { ...call, length });
  if (storedAs === null) return { shown: value, storedAs, unkeptLength: length };
  const preview = read.slice(0, PREVIEW_LENGTH);
  return { shown: { ...referenceTo(storedAs), length, preview }, storedAs, unkeptLength: null };
}

/** The beginning of a value that is kept nowhere, and the length that it had. */
export function previewOf(value: JsonValue): JsonValue {
  const preview = toText(withoutData(value)).slice(0, PREVIEW_LENGTH);
  return { truncated: true, length: toText(value).length, preview };
}

function referenceTo(storedAs: StoredValue): { readonly [name: string]: string } {
  return storedAs.kind === 'page'
    ? { stored: 'page', page_id: storedAs.pageId }
    : { stored: 'artifact', artifact_id: storedAs.artifactId };
}

async function store(
  value: JsonValue,
  { session, artifacts }: LongValueOptions,
  call: { readonly toolName: string; readonly operationId: string; readonly length: number },
): Promise<StoredValue | null> {
  const { toolName, operationId, length } = call;
  if (artifacts !== null) {
    const { tenant, sessionId } = session;
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const put = await artifacts.put({ tenant, sessionId, bytes, mimeType: 'application/json' });
    return { kind: 'artifact', artifactId: put.artifactId, length };
  }
  try {
    const memory = session.memory.forTool(toolName.slice(0, 200));
    const note = { content: value, hint: `Result of ${toolName}`.slice(0, 500) };
    const pageId = await memory.createPage({ ...note, idempotencyKey: `tool.${operationId}` });
    return { kind: 'page', pageId, length };
  } catch (error) {
    // Too long for a page as well.
    if (PagefoldError.isInstance(error) && error.code === 'EVENT_TOO_LARGE') return null;
    throw error;
  }
}
