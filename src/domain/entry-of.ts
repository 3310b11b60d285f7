/** An entry of whatever has entries, undefined of what has none; SDKs answer with objects whose entries are getters. */
export function entryOf(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
