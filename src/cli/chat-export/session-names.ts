import { idSchema } from '../../domain/ids.ts';
import type { ExportedConversation } from './conversation.ts';
import { invalidAt, type Place, within } from './place.ts';

/** The ids of the sessions of a plan, each tenant's apart. */
export class SessionNames {
  readonly #taken = new Set<string>();

  /**
   * Takes the id that an export gives.
   * @throws INVALID_INPUT when another session of the tenant has it.
   */
  take(tenant: string, { id, place }: Pick<ExportedConversation, 'id' | 'place'>): void {
    if (id === null || this.#add(tenant, id)) return;
    throw invalidAt(within(place, 'id'), 'an id that no session before has');
  }

  /**
   * An id that nobody has: the wanted one, or with a number behind it.
   * @throws INVALID_INPUT when it would be too long.
   */
  makeUp(tenant: string, wanted: { readonly id: string; readonly place: Place }): string {
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? wanted.id : `${wanted.id}~${number}`;
      if (!idSchema.safeParse(id).success) {
        throw invalidAt(
          within(wanted.place, 'id'),
          'a shorter id, since branches are named after it',
        );
      }
      if (this.#add(tenant, id)) return id;
    }
  }

  #add(tenant: string, id: string): boolean {
    const key = JSON.stringify([tenant, id]);
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }
}
