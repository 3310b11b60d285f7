import type { CallOptions } from '../actors/envelope.ts';
import type { Opening } from '../domain/command.ts';
import type { JsonObject } from '../domain/json.ts';

/** The options of a call to the session that its caller means. */
export function meantOptions(
  options: CallOptions,
  meant: {
    readonly claim: JsonObject | null;
    readonly opening: Opening;
    readonly lifeId: string | undefined;
  },
): CallOptions {
  const { claim, opening, lifeId } = meant;
  // Whoever brings a prompt, or may create a session with one, learns which prompt the session has then.
  const asksForPrompt = opening.wanted !== null || lifeId === undefined;
  const wants = asksForPrompt ? { ...options.wants, systemPrompt: true } : options.wants;
  // Spelled out: an object that is spread into another one with more fields costs microseconds, and outlives its call.
  const { signal, deadlineMs, holds, ticket } = options;
  return { signal, deadlineMs, holds, ticket, lifeId, claim, opening, wants };
}
