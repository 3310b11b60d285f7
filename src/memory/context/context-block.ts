/** What our blocks are called. */
export type BlockName = 'RULES' | 'MANIFEST_JSON' | 'CONTEXT';

/** Text between the delimiters of a block, each on a line of its own. */
export function wrapBlock(name: BlockName, body: string): string {
  return `${blockStart(name)}${body}\n${blockEnd(name)}`;
}

/** What a block begins with, up to the first character of its body. */
export function blockStart(name: BlockName): string {
  return `<VM:${name}>\n`;
}

/** What stands on the last line of a block. */
export function blockEnd(name: BlockName): string {
  return `</VM:${name}>`;
}
