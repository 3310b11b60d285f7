/** What chat interfaces take for the type of a file that does not say its own. */
export const PDF = 'application/pdf';

const UNKNOWN_TYPE = 'application/octet-stream';

const TYPES: ReadonlyMap<string, string> = new Map([
  ['pdf', PDF],
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['json', 'application/json'],
  ['xml', 'application/xml'],
  ['html', 'text/html'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

/** Longer than addresses are, and much shorter than data. */
const MAX_ADDRESS_LENGTH = 4096;

/** The type of a file by its name; one with an ending that is not known is no PDF. */
export function typeOfFile(name: string): string {
  const ending = endingOf(name);
  return ending === null ? PDF : (TYPES.get(ending) ?? UNKNOWN_TYPE);
}

/** The type of what is at an address; there, endings as `.php` say nothing. */
export function typeOfAddress(url: string): string {
  const [path = ''] = url.slice(0, MAX_ADDRESS_LENGTH).split(/[?#]/, 1);
  return TYPES.get(endingOf(path) ?? '') ?? PDF;
}

function endingOf(name: string): string | null {
  return /\.([a-z][a-z\d]{0,9})$/i.exec(name)?.[1]?.toLowerCase() ?? null;
}
