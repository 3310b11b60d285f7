const SEPARATORS = /\.|\/|::?|__/g;

/**
 * The one key by which a tool is counted, limited and remembered: its name in lower case with a dot between namespaces, which
 * are written `a.b`, `a/b`, `a:b` or `a__b`. Tools of the same name in different namespaces stay two.
 */
export function toolKey(name: string): string {
  return name.trim().toLowerCase().replace(SEPARATORS, '.');
}

/** What follows the last namespace of a tool's key. */
export function baseToolName(name: string): string {
  const key = toolKey(name);
  return key.slice(key.lastIndexOf('.') + 1);
}
