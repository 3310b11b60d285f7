import { SessionManagerError } from './errors.ts';

/** Why what a model answered is no summary: it came to a limit before its end, or it would not write one. */
export type AnswerFlaw = 'unfinished' | 'declined';

/**
 * A model that writes summaries gave no answer. What it said is in no message: it may quote what was sent. MODEL_CALL_FAILED
 * when trying again may help, MODEL_CALL_REFUSED when it cannot.
 */
export class ModelCallError extends SessionManagerError {
  override readonly name = 'ModelCallError';
  /** The status of its HTTP response; null when there was none. */
  readonly status: number | null;
  /** How long it asked to be left alone; null when it did not say. */
  readonly retryAfterMs: number | null;
  /** What was wrong with what it answered; null when it did not answer. */
  readonly flaw: AnswerFlaw | null;

  constructor(options: {
    readonly code: 'MODEL_CALL_FAILED' | 'MODEL_CALL_REFUSED';
    readonly reason: string;
    readonly status?: number | null;
    readonly retryAfterMs?: number | null;
    readonly flaw?: AnswerFlaw | null;
  }) {
    const { code, reason, status = null, retryAfterMs = null, flaw = null } = options;
    const data = { status, retryAfterMs, ...(flaw === null ? {} : { flaw }) };
    super(`The model gave no summary: ${reason}`, { code, data });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.flaw = flaw;
  }
}
