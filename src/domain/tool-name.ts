const SEPARATORS = /\.|\/|::?|__/g;
/** Keys that were made: the same few names are asked for several times with every call. */
const knownKeys = new Map<string, string>();
const MAX_KNOWN = 1_024;
const MAX_KNOWN_LENGTH = 256;

/**
 * The one key by which a tool is counted, limited and remembered: its name in lower case with a dot between namespaces, which
 * are written `a.b`, `a/b`, `a:b` or `a__b`. Tools of the same name in different namespaces stay two.
 */
export function toolKey(name: string): string {
  const known = knownKeys.get(name);
  if (known !== undefined) return known;
  const key = name.trim().toLowerCase().replace(SEPARATORS, '.');
  if (name.length > MAX_KNOWN_LENGTH) return key;
  // Names come from models, so there may be any number of them.
  if (knownKeys.size >= MAX_KNOWN) knownKeys.clear();
  knownKeys.set(name, key);
  return key;
}

/** What follows the last namespace of a tool's key. */
export function baseToolName(name: string): string {
  const key = toolKey(name);
  return key.slice(key.lastIndexOf('.') + 1);
}
