const WORD_BORDER = /[^\p{L}]+|(?<=\p{Ll})(?=\p{Lu})/u;
/** Names of one word, or with such a word among others. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  `pass pwd passwd passkey pin otp totp mfa auth oauth bearer jwt signature sig sid card cards cvv cvc csc
  ssn`.split(/\s+/),
);
/** In names that are written without borders, too. */
const SECRET_PART =
  /passw(?:or)?d|passphrase|passcode|secret|token|credential|authorization|cookie|session_?id|card_?n(?:o|um)|(?:api|access|private|signing|encryption|ssh|auth)_?key/;
const COUNTED = /(?:^|_)tokens$/;

/** Whether a name is that of a credential: by its words, and by parts of them that are in names of nothing else. */
export function isSecretName(name: string): boolean {
  const words = name.split(WORD_BORDER).filter((word) => word !== '');
  const spelled = words.join('_').toLowerCase();
  // How many there may be, or were.
  if (COUNTED.test(spelled)) return false;
  return SECRET_PART.test(spelled) || spelled.split('_').some((word) => SECRET_WORDS.has(word));
}
