import { InvalidInput } from '../domain/errors.ts';
import { parseProviderUsage } from '../pricing/provider-usage.ts';

/**
 * Whether usage that was found in a response can be read. An answer must not be lost because its usage has a form that nobody
 * knows; it is estimated then.
 */
export function isReadableUsage(
  usage: unknown,
  call: { readonly model?: string | undefined; readonly provider?: string | undefined },
): boolean {
  if (usage === null || usage === undefined) return false;
  try {
    parseProviderUsage(usage, { model: call.model, provider: call.provider });
    return true;
  } catch (error) {
    if (InvalidInput.isInstance(error)) return false;
    throw error;
  }
}
