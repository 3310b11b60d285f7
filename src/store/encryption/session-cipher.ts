import { PagefoldError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { Snapshot, Tail } from '../history-point.ts';
import type { SessionHead, SessionLabels } from '../session-head.ts';
import type { TenantKey } from './key-provider.ts';
import type { TextCipher, TextPlace } from './text-cipher.ts';

/** What stands for a snapshot that cannot be read, which is only a slower start: the log holds the same. */
const UNREADABLE_SNAPSHOT = '';

/** Encrypts what a store keeps of sessions, each text bound to its tenant, session and position. */
export class SessionCipher {
  readonly #texts: TextCipher;

  constructor(texts: TextCipher) {
    this.#texts = texts;
  }

  /** Records as they are stored at `firstPosition` and after it. */
  sealRecords(
    records: readonly string[],
    at: { readonly key: SessionKey; readonly firstPosition: number },
    under: TenantKey,
  ): readonly string[] {
    const { key, firstPosition } = at;
    return records.map((record, index) =>
      this.#texts.seal(record, recordPlace(key, firstPosition + index), under),
    );
  }

  /**
   * Records as they were given.
   * @throws KEY_NOT_FOUND, DECRYPTION_FAILED naming the position.
   */
  async openRecords(
    records: readonly string[],
    { key, firstPosition }: { readonly key: SessionKey; readonly firstPosition: number },
  ): Promise<readonly string[]> {
    const opened: string[] = [];
    for (const [index, record] of records.entries()) {
      // In order: a provider that asks a service is asked once, and knows the rest.
      opened.push(await this.#texts.open(record, recordPlace(key, firstPosition + index)));
    }
    return opened;
  }

  /** See {@link openRecords}. */
  async openTail(tail: Tail, key: SessionKey): Promise<Tail> {
    const { firstPosition } = tail;
    return { ...tail, records: await this.openRecords(tail.records, { key, firstPosition }) };
  }

  async sealSnapshot({ point, body }: Snapshot, key: SessionKey): Promise<Snapshot> {
    const under = await this.#texts.current(key.tenant);
    return { point, body: this.#texts.seal(body, snapshotPlace(key, point.version), under) };
  }

  /** The snapshot; one that cannot be read has a body that no state can be read from. */
  async openSnapshot({ point, body }: Snapshot, key: SessionKey): Promise<Snapshot> {
    try {
      return { point, body: await this.#texts.open(body, snapshotPlace(key, point.version)) };
    } catch (error) {
      if (isUnreadable(error)) return { point, body: UNREADABLE_SNAPSHOT };
      throw error;
    }
  }

  async sealLabels({ userId, properties }: SessionLabels, tenant: string): Promise<SessionLabels> {
    return {
      userId: userId === null ? null : await this.sealUserId(userId, tenant),
      properties: await this.sealProperties(properties, tenant),
    };
  }

  async sealUserId(userId: string, tenant: string): Promise<string> {
    const under = await this.#texts.forLabels(tenant);
    return this.#texts.sealEqual(userId, userPlace(tenant), under);
  }

  async sealProperties(
    properties: SessionLabels['properties'],
    tenant: string,
  ): Promise<SessionLabels['properties']> {
    const under = await this.#texts.forLabels(tenant);
    const entries = Object.entries(properties).map(([name, value]) => [
      name,
      this.#texts.sealEqual(value, propertyPlace(tenant, name), under),
    ]);
    return Object.fromEntries(entries);
  }

  /**
   * A head with the labels it was given; one whose key was destroyed has none.
   * @throws DECRYPTION_FAILED
   */
  async openHead(head: SessionHead): Promise<SessionHead> {
    const { tenant } = head.key;
    const { userId, properties } = head.labels;
    const opened: [string, string][] = [];
    for (const [name, value] of Object.entries(properties)) {
      const text = await this.#openLabel(value, propertyPlace(tenant, name));
      if (text !== null) opened.push([name, text]);
    }
    const user = userId === null ? null : await this.#openLabel(userId, userPlace(tenant));
    return { ...head, labels: { userId: user, properties: Object.fromEntries(opened) } };
  }

  async #openLabel(sealed: string, place: TextPlace): Promise<string | null> {
    try {
      return await this.#texts.open(sealed, place);
    } catch (error) {
      if (PagefoldError.isInstance(error) && error.code === 'KEY_NOT_FOUND') return null;
      throw error;
    }
  }
}

/** Whether an error says that a text cannot be read, now or ever. */
function isUnreadable(error: unknown): boolean {
  if (!PagefoldError.isInstance(error)) return false;
  return error.code === 'KEY_NOT_FOUND' || error.code === 'DECRYPTION_FAILED';
}

function recordPlace({ tenant, sessionId }: SessionKey, position: number): TextPlace {
  return { tenant, path: [sessionId, 'record', position], what: `stored record ${position}` };
}

function snapshotPlace({ tenant, sessionId }: SessionKey, version: number): TextPlace {
  return { tenant, path: [sessionId, 'snapshot', version], what: 'stored snapshot' };
}

/** No session has an empty id. */
function userPlace(tenant: string): TextPlace {
  return { tenant, path: ['', 'user'], what: 'stored user of a session' };
}

function propertyPlace(tenant: string, name: string): TextPlace {
  return { tenant, path: ['', 'property', name], what: 'stored property of a session' };
}
