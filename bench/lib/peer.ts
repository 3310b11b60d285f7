/**
 * Loads a library of bench/package.json. The name is not a literal in an `import`, so the compiler does not look for a
 * package that only a benchmark run installs; the caller states the part of it that it uses.
 */
export async function loadPeer<Peer>(name: string): Promise<Peer> {
  const specifier: string = name;
  return (await import(specifier)) as Peer; // checked by using it
}
