const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Hashes the names and numbers of a layout, whatever their order, to 32 bits (FNV-1a over UTF-16 units). The kernel is
 * compiled with the hash of its layout, so a module that was built from another one is noticed when it is loaded.
 */
export function hashLayout(layout: Readonly<Record<string, number>>): number {
  const text = Object.keys(layout)
    .toSorted()
    .map((name) => `${name}=${layout[name]};`)
    .join('');
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  }
  return hash >>> 0;
}
