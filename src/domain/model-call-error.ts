import { SessionManagerError } from './errors.ts';

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

  constructor(options: {
    readonly code: 'MODEL_CALL_FAILED' | 'MODEL_CALL_REFUSED';
    readonly reason: string;
    readonly status?: number | null;
    readonly retryAfterMs?: number | null;
  }) {
    const { code, reason, status = null, retryAfterMs = null } = options;
    super(`The model gave no summary: ${reason}`, { code, data: { status, retryAfterMs } });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}
