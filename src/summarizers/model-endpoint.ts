import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { type AnswerFlaw, ModelCallError } from '../domain/model-call-error.ts';
import type { SummaryRequest } from '../memory/summary-request.ts';

/** What a model answered, and what it says that it used. */
export interface ModelAnswer {
  readonly text: string;
  /** Why the text is no summary, as the provider says; null when it says nothing of the kind. */
  readonly flaw: AnswerFlaw | null;
  /** The provider's usage, as it came; null when there was none. */
  readonly usage: unknown;
}

/** How one provider is asked and understood. */
export interface WireFormat {
  /** Behind the base URL. */
  readonly path: string;
  headers(apiKey: string): Readonly<Record<string, string>>;
  body(params: {
    readonly request: SummaryRequest;
    readonly model: string;
    readonly maxTokens: number;
  }): unknown;
  /** @throws an error of zod for anything else than an answer. */
  parse(body: unknown): ModelAnswer;
}

/** A model behind HTTP. */
export interface ModelEndpoint {
  readonly format: WireFormat;
  readonly baseUrl: string;
  readonly model: string;
  /** Null for servers that want none. */
  readonly apiKey: string | null;
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Client errors that pass: the request timed out, met another one, or came too early or too often. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** A summary is short; more than this is not one. */
const MAX_ANSWER_BYTES = 4_000_000;
/** A model that asks for longer is not waited for in one go. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * Asks a model once.
 * @throws MODEL_CALL_FAILED when it may answer later, MODEL_CALL_REFUSED when it never will; the reason of the signal when that
 * aborts.
 */
export async function askModel(
  endpoint: ModelEndpoint,
  call: {
    readonly request: SummaryRequest;
    readonly maxTokens: number;
    readonly signal: AbortSignal;
  },
): Promise<ModelAnswer> {
  const { format, baseUrl, model, apiKey, timeoutMs, clock } = endpoint;
  const { request, maxTokens, signal } = call;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(baseUrl.replace(/\/+$/, '') + format.path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === null ? {} : format.headers(apiKey)),
      },
      body: JSON.stringify(format.body({ request, model, maxTokens })),
      signal: AbortSignal.any([signal, timeout]),
      // Elsewhere than at the address that was named, the key is nobody's business.
      redirect: 'manual',
    });
    if (!response.ok) throw await refusal(response, clock);
    return readAnswer(format, await readBody(response));
  } catch (error) {
    signal.throwIfAborted();
    if (ModelCallError.isInstance(error)) throw error;
    const reason = timeout.aborted ? `no answer in ${timeoutMs} ms` : 'it cannot be reached';
    throw new ModelCallError({ code: 'MODEL_CALL_FAILED', reason });
  }
}

/** The text of a response, of which no more is read than an answer may have. */
async function readBody(response: Response): Promise<string> {
  const { body } = response;
  const isTooLong = Number(response.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES;
  if (isTooLong) await body?.cancel();
  if (isTooLong) throw tooLong();
  if (body === null) throw notUnderstood();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  // Leaving early cancels the body, and with it the connection.
  for await (const piece of body) {
    length += piece.byteLength;
    if (length > MAX_ANSWER_BYTES) throw tooLong();
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function readAnswer(format: WireFormat, text: string): ModelAnswer {
  try {
    return format.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw notUnderstood();
    throw error;
  }
}

function notUnderstood(): ModelCallError {
  return new ModelCallError({ code: 'MODEL_CALL_FAILED', reason: 'its answer is not one' });
}

function tooLong(): ModelCallError {
  const reason = `its answer is longer than ${MAX_ANSWER_BYTES} bytes`;
  return new ModelCallError({ code: 'MODEL_CALL_FAILED', reason });
}

async function refusal(response: Response, clock: Pick<Clock, 'nowMs'>): Promise<ModelCallError> {
  // Nobody reads it, and without this the connection stays taken.
  await response.body?.cancel();
  const { status } = response;
  // A redirect leads elsewhere the next time too.
  const isFinal = status >= 300 && status < 500 && !PASSING.has(status);
  return new ModelCallError({
    code: isFinal ? 'MODEL_CALL_REFUSED' : 'MODEL_CALL_FAILED',
    reason: `status ${status}`,
    status,
    retryAfterMs: isFinal ? null : retryAfterMs(response.headers, clock.nowMs()),
  });
}

/** Seconds or a date (RFC 9110, 10.2.3); a date is read against the clock of the server that wrote it, or ours where it shows none. */
function retryAfterMs(headers: Headers, nowMs: number): number | null {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return null;
  const writtenMs = Date.parse(headers.get('date') ?? '');
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - (Number.isNaN(writtenMs) ? nowMs : writtenMs);
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.ceil(ms)), MAX_RETRY_AFTER_MS) : null;
}
