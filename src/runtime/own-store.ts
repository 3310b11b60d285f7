import { z } from 'zod';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Store } from '../store/store.ts';

type Method = Exclude<keyof Store, 'backend' | 'durability' | 'isShared' | 'isEncrypted'>;

const METHODS: Readonly<Record<Method, true>> = {
  append: true,
  load: true,
  read: true,
  saveSnapshot: true,
  head: true,
  list: true,
  tenantUsage: true,
  setTimeToLive: true,
  raiseEpoch: true,
  remove: true,
  erase: true,
  dueOutbox: true,
  settleOutbox: true,
  sweep: true,
  stats: true,
  close: true,
};

const ARTIFACT_METHODS: Readonly<
  Record<Exclude<keyof ArtifactStore, 'backend' | 'isPersistent'>, true>
> = {
  put: true,
  get: true,
  getRange: true,
  head: true,
  has: true,
  move: true,
  delete: true,
  list: true,
  stats: true,
  listSessions: true,
  deleteSession: true,
};

/**
 * Accepts what has the methods of a store; what they do is the promise of its author. One that is missing is named, since
 * copying an object leaves out the methods of its class.
 */
export const ownStoreSchema: z.ZodType<Store> = ownSchema<Store>('a store', METHODS);

/** As {@link ownStoreSchema} for an artifact store. */
export const ownArtifactStoreSchema: z.ZodType<ArtifactStore> = ownSchema<ArtifactStore>(
  'an artifact store',
  ARTIFACT_METHODS,
);

function ownSchema<T>(what: string, methods: Readonly<Record<string, true>>): z.ZodType<T> {
  return z.custom<T>((value) => isObject(value) && missingMethod(value, methods) === undefined, {
    error: ({ input }) => {
      if (!isObject(input) || !isMeantAs(input, methods)) return what;
      return `${what}, which has a method ${missingMethod(input, methods)}`;
    },
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Whether somebody meant it to be one. */
function isMeantAs(value: object, methods: Readonly<Record<string, true>>): boolean {
  return Object.keys(methods).some((name) => name in value);
}

/** Looks at names alone: reading a member may be work in a store that makes its members when they are asked for. */
function missingMethod(value: object, methods: Readonly<Record<string, true>>): string | undefined {
  return Object.keys(methods).find((name) => !(name in value));
}
