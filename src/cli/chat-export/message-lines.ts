import { z } from 'zod';
import { tenantSchema } from '../../domain/ids.ts';
import type { ExportedConversation } from './conversation.ts';
import { exportedIdSchema, type ExportedMessage, parseMessage } from './exported-message.ts';
import { optionalField } from './optional-field.ts';
import { invalidAt, parseAt, type Place, within } from './place.ts';

const lineSchema = z.looseObject({
  session: optionalField(exportedIdSchema),
  tenant: optionalField(tenantSchema),
  user: optionalField(exportedIdSchema),
});

const SESSION_FIELDS = ['session', 'tenant', 'user'];

/** A conversation that still grows. */
interface Gathered extends Omit<ExportedConversation, 'messages' | 'userId'> {
  readonly messages: ExportedMessage[];
  userId: string | null;
}

/** Gathers messages that stand one on a line, each naming its session, into conversations. */
export class MessageLines {
  readonly #conversations = new Map<string, Gathered>();

  /**
   * Takes the next line.
   * @throws INVALID_INPUT naming file, line and field.
   */
  add(value: unknown, place: Place): void {
    const { session, tenant, user } = parseAt(lineSchema, value, place);
    const message = parseMessage(value, place, SESSION_FIELDS);
    const conversation = this.#conversation({ session, tenant, place });
    if (user !== null && conversation.userId !== null && user !== conversation.userId)
      throw invalidAt(within(place, 'user'), 'the user that earlier lines of the session name');
    conversation.userId ??= user;
    conversation.messages.push(message);
  }

  /** The conversations in the order in which they began. */
  toConversations(): readonly ExportedConversation[] {
    return [...this.#conversations.values()];
  }

  #conversation(of: {
    readonly session: string | null;
    readonly tenant: string | null;
    readonly place: Place;
  }): Gathered {
    const { session, tenant, place } = of;
    const key = JSON.stringify([tenant, session]);
    const present = this.#conversations.get(key);
    if (present !== undefined) return present;
    const conversation = {
      place,
      id: session,
      tenant,
      userId: null,
      model: null,
      metadata: {},
      messages: [],
      branches: [],
    };
    this.#conversations.set(key, conversation);
    return conversation;
  }
}
