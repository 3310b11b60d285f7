/** Whether two plain values hold the same; an entry that is `undefined` counts as absent. */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return false;
  }
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other);
  return isSameMap(one, other);
}

function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  return one.every((value, index) => isSameValue(value, other[index]));
}

function isSameMap(one: object, other: object): boolean {
  // Reading entries by name is all that is done with them.
  const map = one as Readonly<Record<string, unknown>>;
  const otherMap = other as Readonly<Record<string, unknown>>;
  for (const name in map) if (!isSameValue(map[name], otherMap[name])) return false;
  for (const name in otherMap) if (otherMap[name] !== undefined && !(name in map)) return false;
  return true;
}
