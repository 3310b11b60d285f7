import { DEFAULT_TENANT } from '../../domain/ids.ts';
import { type JsonObject, parseJsonObject } from '../../domain/json.ts';
import type { Branch, ExportedConversation } from './conversation.ts';
import { checkedAt, within } from './place.ts';
import { SessionNames } from './session-names.ts';
import type { SessionStep } from './session-step.ts';
import { type AnswerDefaults, toSteps } from './session-steps.ts';

/** A session to record. */
export interface PlannedSession {
  readonly tenant: string;
  readonly sessionId: string;
  readonly userId: string | null;
  readonly model: string;
  readonly properties: JsonObject;
  readonly fork: PlannedFork | null;
  readonly steps: readonly SessionStep[];
}

/** Where a session leaves another one of its family, whose steps up to and including this one it shares. */
export interface PlannedFork {
  readonly sessionId: string;
  readonly step: number;
}

/** A conversation and its branches, each after what it branches from; they are recorded one after another. */
export type PlannedFamily = readonly PlannedSession[];

/** What holds where an export says nothing. */
export interface PlanDefaults extends AnswerDefaults {
  /** Null takes the name of the file. */
  readonly tenant: string | null;
}

/** The conversations of one file. */
export interface ReadExport {
  /** Names what has no name; null when the file has none either. */
  readonly stem: string | null;
  readonly conversations: readonly ExportedConversation[];
}

interface Named {
  readonly conversation: ExportedConversation;
  readonly tenant: string;
  /** The id where the export gives none. */
  readonly fallback: string;
}

/** Names sessions where neither the export nor its file has a name. */
const UNNAMED = 'session';

/**
 * Names every session, fills in what the exports leave open, and checks every step.
 * @throws INVALID_INPUT naming file, line and field.
 */
export function planTracking(
  exports: readonly ReadExport[],
  defaults: PlanDefaults,
): readonly PlannedFamily[] {
  const named = exports.flatMap((read) => nameAll(read, defaults.tenant));
  const names = new SessionNames();
  // Given ids first, so that made-up ones keep out of their way.
  for (const { tenant, conversation } of named) names.take(tenant, conversation);
  return named.map((one) => planFamily(one, names, defaults));
}

function nameAll({ stem, conversations }: ReadExport, tenant: string | null): readonly Named[] {
  return conversations.map((conversation, index) => ({
    conversation,
    tenant: conversation.tenant ?? tenant ?? stem ?? DEFAULT_TENANT,
    fallback: conversations.length === 1 ? (stem ?? UNNAMED) : `${stem ?? UNNAMED}-${index + 1}`,
  }));
}

function planFamily(named: Named, names: SessionNames, defaults: PlanDefaults): PlannedFamily {
  const { conversation, tenant, fallback } = named;
  const { place, userId, messages, branches } = conversation;
  const rootId = conversation.id ?? names.makeUp(tenant, { id: fallback, place });
  const model = conversation.model ?? defaults.model;
  const properties = checkedAt(within(place, 'metadata'), () =>
    parseJsonObject(conversation.metadata, ''),
  );
  const common = { tenant, userId, model };
  const plan = (own: Pick<Branch, 'messages'>): readonly SessionStep[] =>
    toSteps(own.messages, { ...defaults, model });
  const ids = [rootId];
  const root = { ...common, sessionId: rootId, properties, fork: null, steps: plan({ messages }) };
  const forks = branches.map((branch) => {
    const sessionId = names.makeUp(tenant, { id: `${rootId}.${branch.number}`, place });
    ids.push(sessionId);
    const fork = { sessionId: ids[branch.from.branch] ?? rootId, step: branch.from.message };
    return { ...common, sessionId, properties: {}, fork, steps: plan(branch) };
  });
  return [root, ...forks];
}
