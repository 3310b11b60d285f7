import type { CallOptions } from '../actors/envelope.ts';

/** The options of a call to the session that its caller means. */
export function meantOptions(
  options: CallOptions,
  meant: Required<Pick<CallOptions, 'claim' | 'opening'>> & { readonly lifeId: string | undefined },
): CallOptions {
  const { claim, opening, lifeId } = meant;
  // Whoever brings a prompt, or may create a session with one, learns which prompt the session has then.
  const asksForPrompt = opening.wanted !== null || lifeId === undefined;
  const wants = asksForPrompt ? { ...options.wants, systemPrompt: true } : options.wants;
  return {
    ...options,
    claim,
    opening,
    ...(lifeId === undefined ? {} : { lifeId }),
    ...(wants === undefined ? {} : { wants }),
  };
}
