import type {
  ArtifactRef,
  ArtifactStore,
  PutArtifactParams,
} from '../../artifacts/artifact-store.ts';
import { PagefoldError } from '../../domain/errors.ts';
import { type VirtualClock, virtualClock } from '../virtual-clock.ts';

/** An artifact store under test as its maker hands it over. */
export interface ArtifactStoreHarness {
  readonly store: ArtifactStore;
  /** Releases what was opened. */
  readonly close?: () => Promise<void>;
  /** The same artifacts as another process finds them; only for persistent stores. */
  readonly reopen?: () => Promise<ArtifactStore> | ArtifactStore;
}

/** Makes an empty artifact store that takes its time from the clock given. */
export type CreateArtifactStore = (context: {
  readonly clock: VirtualClock;
}) => Promise<ArtifactStoreHarness> | ArtifactStoreHarness;

/** What one test of the suite works on. */
export interface ArtifactSubject {
  readonly store: ArtifactStore;
  readonly clock: VirtualClock;
  /** Another store over the same artifacts, or the store itself where there can be no other. */
  readonly reopen: () => Promise<ArtifactStore>;
}

/** Tests by title; each gets an empty store of its own. */
export type ArtifactCases = Readonly<Record<string, (subject: ArtifactSubject) => Promise<void>>>;

/** Runs a test on a fresh store and closes what was opened, whatever comes of it. */
export async function withArtifactStore(
  create: CreateArtifactStore,
  run: (subject: ArtifactSubject) => Promise<void>,
): Promise<void> {
  const clock = virtualClock();
  const harness = await create({ clock });
  const { store } = harness;
  try {
    await run({ store, clock, reopen: async () => (await harness.reopen?.()) ?? store });
  } finally {
    await harness.close?.();
  }
}

/** The session that tests use when it does not matter which. */
export const SESSION: Pick<ArtifactRef, 'tenant' | 'sessionId'> = {
  tenant: 'acme',
  sessionId: 'support-42',
};

/** Parameters of a put. */
export function aPut(parts: Partial<PutArtifactParams> = {}): PutArtifactParams {
  return { ...SESSION, bytes: text('some content'), mimeType: 'text/plain', ...parts };
}

/** A text as bytes. */
export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** Bytes that no packing shortens much, different for every seed. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    // The generator of Park and Miller: 16807 times the state, modulo 2^31 - 1.
    state = (state * 16_807) % 2_147_483_647;
    return state & 255;
  });
}

/** Puts an artifact; what names it. */
export async function putRef(
  store: ArtifactStore,
  parts: Partial<PutArtifactParams> = {},
): Promise<ArtifactRef> {
  const params = aPut(parts);
  const { artifactId } = await store.put(params);
  return { tenant: params.tenant, sessionId: params.sessionId, artifactId };
}

/**
 * The code of what a call rejects with, and the field where it names one.
 * @throws TypeError when the call is fulfilled, or rejects with something else.
 */
export async function refusedCode(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (!PagefoldError.isInstance(error)) throw error;
    const { field } = error.data;
    return field === undefined ? error.code : `${error.code} ${field}`;
  }
  throw new TypeError('expected the call to be refused');
}
