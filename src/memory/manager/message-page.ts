import { InvalidInput } from '../../domain/errors.ts';
import type { PageOptions } from '../../domain/page-options.ts';
import type { PageRole } from '../../domain/page.ts';
import type { PageCard } from '../table/page-entry.ts';
import { hintOf } from './session-page.ts';

/** What is said of a message besides who speaks. All of it is optional. */
export interface MessagePageOptions extends Omit<PageOptions, 'pageId' | 'role'> {
  /** The event that recorded it. Default: none. */
  readonly eventId?: string | undefined;
}

/** A message, and who said it. */
export interface Message {
  readonly message: string;
  readonly role: PageRole;
}

/** What ids are chosen by. */
export interface PageIds {
  readonly cardOf: (pageId: string) => PageCard | null;
  readonly newId: () => string;
}

/** Characters of an event's id that tell it from others in most conversations; a model reads and writes them. */
const SHORT_ID = 8;

/**
 * What is said of the page of a message that somebody else recorded.
 * @throws INVALID_INPUT for an empty id of an event, and for a message that is no text.
 */
export function messagePage(
  { message, role }: Message,
  options: MessagePageOptions,
  ids: PageIds,
): PageOptions {
  if (typeof message !== 'string') throw new InvalidInput({ field: 'message', expected: 'a text' });
  const { eventId, hint = hintOf(`[${role}]`, message), ...rest } = options;
  if (eventId === undefined) return { ...rest, role, hint, pageId: `msg_${ids.newId()}` };
  if (eventId === '') throw new InvalidInput({ field: 'options.eventId', expected: 'an id' });
  const metadata = { ...rest.metadata, eventId };
  return { ...rest, role, hint, metadata, pageId: idFor(eventId, ids) };
}

/** The shortest beginning of an event's id that no page of another event has. */
function idFor(eventId: string, { cardOf }: PageIds): string {
  const letters = [...eventId];
  for (let length = SHORT_ID; length < letters.length; length += 1) {
    const pageId = `msg_${letters.slice(0, length).join('')}`;
    const card = cardOf(pageId);
    if (card === null || card.metadata['eventId'] === eventId) return pageId;
  }
  return `msg_${eventId}`;
}
