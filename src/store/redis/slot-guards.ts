/**
 * Two keys in the slot of the given one that nothing is ever stored under, for a cluster. Scripts name what they reach by its beginning, so a
 * node that is giving the slot to another one would take the session for absent and send the call on to where it has not arrived yet.
 * With these two the node that receives the slot answers `TRYAGAIN`, and so does the one that gives it away where it knows a declared key:
 * a call is never carried out on half of a slot.
 */
export function slotGuards(key: string): readonly [string, string] {
  const root = key.slice(0, key.indexOf('}') + 1);
  return [`${root}:`, `${root}::`];
}
