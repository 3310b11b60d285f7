import type { RecordEvent } from '../domain/command.ts';
import { createTokenUsage } from '../domain/token-usage.ts';
import { usageEntries } from '../domain/usage.ts';
import { parseProviderUsage } from '../pricing/provider-usage.ts';
import type { ModelUsage } from '../queue/summary-answer.ts';

/**
 * Records what a call for a summary cost as an event of the session: in its bill, and in no prompt. It has no tokens of its own,
 * since it says nothing.
 * @throws INVALID_INPUT when there is no usage in what the provider is said to have sent.
 */
export function summaryCallCommand(
  { model, provider = null, usage }: ModelUsage,
  segment: number,
): RecordEvent {
  const origin = provider === null ? { model } : { model, provider };
  const reported = parseProviderUsage({ usage }, origin);
  return {
    type: 'record-event',
    event: {
      id: null,
      message: { call: 'summary', segment },
      source: 'system',
      type: 'reference',
      metadata: {},
      parentEventId: null,
      taskId: null,
      model,
      provider,
      // Without any number it says nothing, least of all that the call was free.
      reportedUsage: usageEntries(reported).length === 0 ? null : reported,
      reportedCostPico: null,
      tokenUsage: createTokenUsage({ promptTokens: 0, completionTokens: 0, model: '' }),
    },
    policy: null,
    create: null,
    idempotencyKey: null,
  };
}
