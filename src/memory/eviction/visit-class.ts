/** From how many earlier uses on pages belong to the next class: what came back often comes back again. */
const CLASS_STARTS: readonly number[] = [0, 1, 2, 3, 5, 8];

// Where classes return alike the one with the lower number leaves first, so that sessions shrink from their end.
/** The last page of a chain, which may be unfinished and another one the next time. */
export const TAIL_CLASS = 0;
/** What a session did not use again when it came back. */
export const LEFTOVER_CLASS = 1;
const FIRST_SESSION_CLASS = 2;
/** Pages that many sessions share. */
export const SHARED_CLASS: number = FIRST_SESSION_CLASS + CLASS_STARTS.length;
/** All classes of visits. */
export const CLASS_COUNT: number = SHARED_CLASS + 1;

/** The class of pages of one session that were used so often before. */
export function classOfUses(uses: number = 0): number {
  return FIRST_SESSION_CLASS + CLASS_STARTS.findLastIndex((start) => uses >= start);
}

/** Whether visits of the class tell when sessions come back. */
export function isSessionClass(visitClass: number): boolean {
  return visitClass >= FIRST_SESSION_CLASS && visitClass < SHARED_CLASS;
}
