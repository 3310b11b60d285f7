import { PagefoldError } from '../domain/errors.ts';

/** Names and codes as runtimes and drivers write them; anything else might be somebody's words. */
const LABEL = /^[A-Za-z][\w.-]{0,99}$/;

/** What may be told of a failure: its kind, never its message, which in an error of others may quote what was sent. */
export function failureLabel(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  const code: unknown = Reflect.get(error, 'code');
  if (PagefoldError.isInstance(error)) return `${error.name} (${error.code})`;
  const name = LABEL.test(error.name) ? error.name : 'Error';
  return typeof code === 'string' && LABEL.test(code) ? `${name} (${code})` : name;
}
