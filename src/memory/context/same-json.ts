/**
 * Whether two values are written as the same JSON, the order of names included. True only for plain data; it costs next to nothing
 * where both hold the same objects and texts.
 */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left)) return Array.isArray(right) && isSameList(left, right);
  return !Array.isArray(right) && isSameObject(left, right);
}

function isSameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at += 1) if (!isSameJson(left[at], right[at])) return false;
  return true;
}

function isSameObject(left: object, right: object): boolean {
  // What writes itself in its own way, as dates do, may hold more than its fields.
  if ('toJSON' in left || 'toJSON' in right) return false;
  const names = Object.keys(left);
  const others = Object.keys(right);
  if (names.length !== others.length) return false;
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] ?? '';
    if (name !== others[at] || !isSameJson(fieldOf(left, name), fieldOf(right, name))) return false;
  }
  return true;
}

function fieldOf(value: object, name: string): unknown {
  // The name is one of its own.
  return (value as Readonly<Record<string, unknown>>)[name];
}
