import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { Overloaded } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { parseInput } from '../domain/parse.ts';
import { contentId, sumContent } from './artifact-content.ts';
import {
  type ArtifactDeletion,
  type ArtifactMove,
  type ArtifactRange,
  type ArtifactTenants,
  parseDeletion,
  parseMove,
  parsePut,
  parseRange,
  parseRef,
  parseSessionKey,
  parseTenants,
} from './artifact-params.ts';
import type {
  Artifact,
  ArtifactInfo,
  ArtifactRef,
  ArtifactStats,
  ArtifactStore,
  ListedArtifact,
  PutArtifactParams,
  PutArtifactResult,
} from './artifact-store.ts';
import { statsOf } from './artifact-sums.ts';

/** Bounds of an artifact store in memory. */
export interface MemoryArtifactLimits {
  /** Bytes of content and metadata held at most; 256 MiB when not given. */
  readonly maxBytes?: number | undefined;
  /** Artifacts held at most; 100,000 when not given. */
  readonly maxArtifacts?: number | undefined;
}

const DEFAULT_MAX_BYTES = 256 * 1024 ** 2;
const DEFAULT_MAX_ARTIFACTS = 100_000;

/** Waiting does not make room, deleting does; the hint keeps a caller that only retries from spinning. */
const RETRY_AFTER_MS = 1000;

const limit = z.int().positive().optional();
const limitsSchema: z.ZodType<MemoryArtifactLimits> = z.strictObject({
  maxBytes: limit,
  maxArtifacts: limit,
});

/**
 * Artifacts in the memory of this process, bounded and gone with it. Nothing is packed: the tier of an artifact is a label.
 * @throws INVALID_INPUT for a bound that is not a positive integer, or an unknown one.
 */
export function createMemoryArtifactStore(
  limits: MemoryArtifactLimits,
  clock: Pick<Clock, 'nowMs'>,
): ArtifactStore {
  return new MemoryArtifactStore(parseInput(limitsSchema, limits, 'options'), clock);
}

/** What a session has. */
interface Shelf {
  readonly key: SessionKey;
  readonly artifacts: Map<string, Artifact>;
}

class MemoryArtifactStore implements ArtifactStore {
  readonly backend = 'memory';
  readonly isPersistent = false;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #maxBytes: number;
  readonly #maxArtifacts: number;
  readonly #shelves = new Map<string, Shelf>();
  #bytes = 0;
  #artifacts = 0;

  constructor(limits: MemoryArtifactLimits, clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
    this.#maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxArtifacts = limits.maxArtifacts ?? DEFAULT_MAX_ARTIFACTS;
  }

  async put(params: PutArtifactParams): Promise<PutArtifactResult> {
    const { tenant, sessionId, tier, bytes, mimeType, metadata } = parsePut(params);
    const artifactId = contentId(mimeType, sumContent(bytes));
    const present = this.#find({ tenant, sessionId, artifactId });
    const artifact: Artifact = {
      artifactId,
      tier: tier ?? present?.tier ?? 'L3',
      mimeType,
      metadata,
      sizeBytes: bytes.length,
      storedBytes: bytes.length,
      storedAtMs: this.#clock.nowMs(),
      bytes: present?.bytes ?? bytes,
    };
    this.#replace({ tenant, sessionId }, artifact, present);
    return { artifactId, isNew: present === undefined };
  }

  async get(params: ArtifactRef): Promise<Artifact | null> {
    const found = this.#find(parseRef(params));
    return found === undefined ? null : { ...infoOf(found), bytes: found.bytes.slice() };
  }

  async getRange(params: ArtifactRange): Promise<Uint8Array | null> {
    const { offset, length, ...ref } = parseRange(params);
    return this.#find(ref)?.bytes.slice(offset, offset + length) ?? null;
  }

  async head(params: ArtifactRef): Promise<ArtifactInfo | null> {
    const found = this.#find(parseRef(params));
    return found === undefined ? null : infoOf(found);
  }

  async has(params: ArtifactRef): Promise<boolean> {
    return this.#find(parseRef(params)) !== undefined;
  }

  async move(params: ArtifactMove): Promise<boolean> {
    const { tier, ...ref } = parseMove(params);
    const found = this.#find(ref);
    if (found === undefined) return false;
    this.#replace(ref, { ...found, tier }, found);
    return true;
  }

  async delete(params: ArtifactDeletion): Promise<boolean> {
    const { storedBeforeMs = Infinity, ...ref } = parseDeletion(params);
    const found = this.#find(ref);
    if (found === undefined || found.storedAtMs >= storedBeforeMs) return false;
    const shelf = this.#shelves.get(shelfName(ref));
    shelf?.artifacts.delete(ref.artifactId);
    if (shelf?.artifacts.size === 0) this.#shelves.delete(shelfName(ref));
    this.#count(found, -1);
    return true;
  }

  list(params: SessionKey): AsyncIterable<ListedArtifact> {
    return this.#entries(parseSessionKey(params));
  }

  async stats(params: SessionKey): Promise<ArtifactStats> {
    return statsOf(this.list(params), this);
  }

  listSessions(params: ArtifactTenants = {}): AsyncIterable<SessionKey> {
    return this.#sessions(parseTenants(params));
  }

  async deleteSession(params: SessionKey): Promise<number> {
    const name = shelfName(parseSessionKey(params));
    const shelf = this.#shelves.get(name);
    if (shelf === undefined) return 0;
    for (const artifact of shelf.artifacts.values()) this.#count(artifact, -1);
    this.#shelves.delete(name);
    return shelf.artifacts.size;
  }

  async *#entries(key: SessionKey): AsyncGenerator<ListedArtifact> {
    const ids = [...(this.#shelves.get(shelfName(key))?.artifacts.keys() ?? [])].toSorted();
    for (const artifactId of ids) {
      const artifact = this.#find({ ...key, artifactId });
      if (artifact !== undefined) yield { kind: 'artifact', ...infoOf(artifact) };
    }
  }

  async *#sessions({ tenant }: ArtifactTenants): AsyncGenerator<SessionKey> {
    // As they are now: one that goes and comes again would be met twice.
    const keys = Array.from(this.#shelves.values(), ({ key }) => key);
    for (const key of keys) if (tenant === undefined || key.tenant === tenant) yield { ...key };
  }

  #find(ref: ArtifactRef): Artifact | undefined {
    return this.#shelves.get(shelfName(ref))?.artifacts.get(ref.artifactId);
  }

  #replace(
    { tenant, sessionId }: SessionKey,
    artifact: Artifact,
    before: Artifact | undefined,
  ): void {
    this.#requireRoom(chargeOf(artifact) - (before === undefined ? 0 : chargeOf(before)), before);
    const key = { tenant, sessionId };
    const name = shelfName(key);
    const shelf: Shelf = this.#shelves.get(name) ?? { key, artifacts: new Map() };
    this.#shelves.set(name, shelf);
    shelf.artifacts.set(artifact.artifactId, artifact);
    if (before !== undefined) this.#count(before, -1);
    this.#count(artifact, 1);
  }

  #requireRoom(moreBytes: number, before: Artifact | undefined): void {
    if (moreBytes > 0 && this.#bytes + moreBytes > this.#maxBytes)
      throw overloaded('maxBytes', this.#maxBytes);
    if (before === undefined && this.#artifacts >= this.#maxArtifacts)
      throw overloaded('maxArtifacts', this.#maxArtifacts);
  }

  #count(artifact: Artifact, sign: 1 | -1): void {
    this.#artifacts += sign;
    this.#bytes += sign * chargeOf(artifact);
  }
}

/** Ids hold no control characters, so no two sessions share a name. */
function shelfName({ tenant, sessionId }: SessionKey): string {
  return `${tenant}\u0000${sessionId}`;
}

function chargeOf({ bytes, metadata }: Artifact): number {
  return bytes.length + JSON.stringify(metadata).length;
}

function infoOf({ bytes: _bytes, ...info }: Artifact): ArtifactInfo {
  return { ...info, metadata: structuredClone(info.metadata) };
}

function overloaded(option: string, value: number): Overloaded {
  return new Overloaded({
    retryAfterMs: RETRY_AFTER_MS,
    scope: 'store',
    reason: 'full',
    limit: { option, value },
  });
}
