/** Every token of an encoding as a string of one character a byte, in rank order. */
export type TokenBytes = readonly string[];

/** Reads ranks in the form js-tiktoken ships: lines of `! <first rank> <base64> <base64> ...`. */
export function parseRanks(text: string): TokenBytes {
  const tokens: string[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, first, ...words] = line.split(' ');
    if (Number(first) !== tokens.length) throw new Error(`Ranks leave a hole before ${first}.`);
    for (const word of words) tokens.push(Buffer.from(word, 'base64').toString('latin1'));
  }
  return tokens;
}

/**
 * The vocabulary as merges: the 256 bytes in rank order, then for each further token the ranks of the two tokens it is
 * joined from, 20 bits each. Tokens, splits and tables of pairs follow from that without a search, and it takes 999 KB for
 * o200k_base, against 1398 KB of token bytes alone. Numbers of as many bytes as they need would take 832, and the first
 * count 5 ms more.
 */
export function encodeMerges(tokens: TokenBytes): Uint8Array {
  const ranks = new Map(tokens.map((token, rank) => [token, rank]));
  const bytes: number[] = [];
  tokens.forEach((token, rank) => {
    if (rank < 256) {
      if (token.length !== 1) throw new Error(`Token ${rank} is not a single byte.`);
      bytes.push(token.charCodeAt(0));
      return;
    }
    bytes.push(...mergeBytes(lastMerge(token, ranks)));
  });
  return Uint8Array.from(bytes);
}

/** Merges the bytes of a token, lowest rank first, until two parts are left: those it is joined from. */
function lastMerge(token: string, ranks: ReadonlyMap<string, number>): readonly [number, number] {
  const own = ranks.get(token) ?? 0;
  const parts = [...token];
  while (parts.length > 2) {
    const pairs = parts
      .slice(1)
      .map((part, index) => ranks.get(`${parts[index]}${part}`) ?? Infinity);
    const lowest = Math.min(...pairs);
    if (lowest >= own) break;
    const at = pairs.indexOf(lowest);
    parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
  }
  const [left, right] = parts.map((part) => ranks.get(part));
  if (parts.length !== 2 || left === undefined || right === undefined) {
    throw new Error(`Token ${own} is not the merge of two others.`);
  }
  return [left, right];
}

function mergeBytes([left, right]: readonly [number, number]): readonly number[] {
  const middle = (left >>> 16) | ((right & 0xf) << 4);
  return [left & 0xff, (left >>> 8) & 0xff, middle, (right >>> 4) & 0xff, right >>> 12];
}
