import type { NewEvent, RecordEvent } from '../../domain/command.ts';
import type { SegmentPolicy } from '../../domain/segment.ts';
import type { PicoUsd } from '../../domain/money.ts';
import type { CallMessage } from './pending-call.ts';
import type { WireOptions } from './wire.ts';

/** What a JSON text cannot tell from null. */
const NOT_GIVEN = 0;

type Execute = Extract<CallMessage, { readonly kind: 'execute' }>;

/**
 * A call that records an event as JSON without names; null for a call that is not one, or that JSON would change. Measured for
 * messages of 400 characters: as an object it costs both threads 4.9 µs, and in this form 2.1 µs.
 */
export function packCall(message: CallMessage): string | null {
  if (message.kind !== 'execute' || message.command.type !== 'record-event') return null;
  const { id, key, command, options, isAbortable } = message;
  if (!isFinitePolicy(command.policy) || options.deadlineMs === Infinity) return null;
  try {
    const { tenant, sessionId } = key;
    return JSON.stringify([id, tenant, sessionId, isAbortable, options, ...fieldsOf(command)]);
  } catch {
    // Refused in its turn, with the error that names what is wrong.
    return null;
  }
}

/** The call of {@link packCall}. */
export function unpackCall(fields: readonly unknown[]): Execute {
  const [id, tenant, sessionId, isAbortable, options, ...command] = fields;
  // What `packCall` put there.
  return {
    kind: 'execute',
    id: id as number,
    key: { tenant: tenant as string, sessionId: sessionId as string },
    command: commandOf(command),
    options: options as WireOptions,
    isAbortable: isAbortable as boolean,
  };
}

function isFinitePolicy(policy: SegmentPolicy | null): boolean {
  if (policy === null) return true;
  const { tokenThreshold, maxTurnsPerSegment, carryTokens, summaryTokens } = policy;
  return Number.isFinite(tokenThreshold + maxTurnsPerSegment + carryTokens + summaryTokens);
}

function fieldsOf({ event, policy, create, idempotencyKey, sent }: RecordEvent): unknown[] {
  const { reportedCostPico, parentEventId, archive, archivedTokens, heldCalls, isPart } = event;
  return [
    event.id,
    event.message,
    event.source,
    event.type,
    event.metadata,
    parentEventId === undefined ? NOT_GIVEN : parentEventId,
    event.taskId,
    event.model,
    event.provider,
    event.reportedUsage,
    reportedCostPico === null ? null : String(reportedCostPico),
    event.tokenUsage,
    archive ?? NOT_GIVEN,
    archivedTokens ?? NOT_GIVEN,
    heldCalls ?? NOT_GIVEN,
    isPart ?? NOT_GIVEN,
    policy,
    create,
    idempotencyKey,
    sent ?? NOT_GIVEN,
  ];
}

function commandOf(fields: readonly unknown[]): RecordEvent {
  const [id, message, source, type, metadata, parent, taskId, model, provider, usage] = fields;
  const [cost, tokenUsage, archive, archivedTokens, ...others] = fields.slice(10);
  const [heldCalls, isPart, policy, create, idempotencyKey, sent] = others;
  // What `fieldsOf` put there, in the same order.
  const event = {
    id,
    message,
    source,
    type,
    metadata,
    parentEventId: parent === NOT_GIVEN ? undefined : parent,
    taskId,
    model,
    provider,
    reportedUsage: usage,
    reportedCostPico: cost === null ? null : (BigInt(cost as string) as PicoUsd),
    tokenUsage,
    ...(archive === NOT_GIVEN ? {} : { archive }),
    ...(archivedTokens === NOT_GIVEN ? {} : { archivedTokens }),
    ...(heldCalls === NOT_GIVEN ? {} : { heldCalls }),
    ...(isPart === NOT_GIVEN ? {} : { isPart }),
  } as NewEvent;
  const rest = { policy, create, idempotencyKey } as Omit<RecordEvent, 'type' | 'event'>;
  const command = { type: 'record-event', event, ...rest } as const;
  return sent === NOT_GIVEN ? command : { ...command, sent: sent as RecordEvent['sent'] };
}
