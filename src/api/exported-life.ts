import { z } from 'zod';
import type { SessionKey } from '../domain/ids.ts';
import { incarnationOf } from '../runtime/incarnation.ts';
import type { SessionHead, Store, TimeToLive } from '../store/store.ts';

/** Parts of a time to live; one that is not given is the runtime's. */
export interface GivenLife {
  readonly absoluteMs?: number | null | undefined;
  readonly slidingMs?: number | null | undefined;
}

// With 0 there would be nothing as soon as it is written.
const lifeMs = z.int().positive().nullable().optional();

const lifeParts = { absoluteMs: lifeMs, slidingMs: lifeMs };

/** Parts of a time to live as a caller says them. */
export const givenLifeSchema: z.ZodType<GivenLife> = z.strictObject(lifeParts);
/** As the header of an export says them, which may say more one day. */
export const exportedLifeSchema: z.ZodType<GivenLife> = z.looseObject(lifeParts);

/**
 * What a session's life has that its runtime does not give to every session: what was set for it alone. Another runtime keeps that,
 * and gives the rest as it does to its own. Null when the session has gone.
 */
export async function lifeOfItsOwn(
  store: Store,
  session: { readonly key: SessionKey; readonly incarnation: string },
  usual: TimeToLive,
): Promise<GivenLife | null> {
  const { key, incarnation } = session;
  const head = await store.head({ key });
  // A head does not say whose it is, and another session may have taken the id.
  if (head === null || (await incarnationOf(store, key)) !== incarnation) return null;
  const { absoluteMs, slidingMs } = lifeIn(head);
  return {
    ...(absoluteMs === usual.absoluteMs ? {} : { absoluteMs }),
    ...(slidingMs === undefined || slidingMs === usual.slidingMs ? {} : { slidingMs }),
  };
}

/** The sliding part is undefined where the store does not tell it, and there may be one. */
function lifeIn({ createdAtMs, expiresAtMs, limitAtMs, slidingMs }: SessionHead): {
  readonly absoluteMs: number | null;
  readonly slidingMs: number | null | undefined;
} {
  return {
    absoluteMs: limitAtMs === null ? null : Math.max(0, limitAtMs - createdAtMs),
    slidingMs: slidingMs === undefined && expiresAtMs === null ? null : slidingMs,
  };
}

/** The life of a session whose parts are said in several places; the first that says one counts. */
export function firstGiven(
  usual: TimeToLive,
  ...given: readonly (GivenLife | undefined)[]
): TimeToLive {
  const parts = given.map((life) => life ?? {});
  const absolute = parts.find(({ absoluteMs }) => absoluteMs !== undefined) ?? usual;
  const sliding = parts.find(({ slidingMs }) => slidingMs !== undefined) ?? usual;
  return { absoluteMs: absolute.absoluteMs ?? null, slidingMs: sliding.slidingMs ?? null };
}
