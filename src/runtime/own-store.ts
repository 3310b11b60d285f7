import { z } from 'zod';
import type { Store } from '../store/store.ts';

type Method = Exclude<keyof Store, 'backend' | 'durability' | 'isShared'>;

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

/**
 * Accepts what has the methods of a store; what they do is the promise of its author. One that is missing is named, since
 * copying an object leaves out the methods of its class.
 */
export const ownStoreSchema: z.ZodType<Store> = z.custom<Store>(
  (value) => isObject(value) && missingMethod(value) === undefined,
  {
    error: ({ input }) => {
      const missing = isObject(input) ? missingMethod(input) : undefined;
      return missing === undefined ? 'a store' : `a store, which has a method ${missing}`;
    },
  },
);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Looks at names alone: reading a member may be work in a store that makes its members when they are asked for. */
function missingMethod(value: object): string | undefined {
  return Object.keys(METHODS).find((name) => !(name in value));
}
