const WORD_BORDER = /[^\p{L}\p{M}]+|(?<=\p{Ll})(?=\p{Lu})/u;
/** What a name says of its value: it is a secret, it is one if it looks like one, it is a short one of digits. */
export type Secrecy = 'none' | 'sure' | 'by-look' | 'code';

/** Names of one word, or with such a word among others. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  `pass pwd pswd psw pw pword passwd passkey sid creds cred mnemonic ssn mdp senha senhas hasło haslo heslo jelszó jelszo sifre 암호`.split(
    /\s+/,
  ),
);
/** These name parts of programs and pages as well. */
const AMBIGUOUS_WORDS: ReadonlySet<string> = new Set(
  'auth oauth bearer jwt otp totp mfa signature sig card cards'.split(' '),
);
const AMBIGUOUS_NAME = /^(?:(?:la|mi|su|tu|nueva)_)?clave$/;
const CODE_WORDS: ReadonlySet<string> = new Set('pin cvv cvc csc'.split(' '));
/** In names that are written without borders, too; what other languages call a password among them. */
const SECRET_PART = new RegExp(
  [
    'passw(?:or)?d|passphrase|passcode|secret|token(?!i[sz])|credential|authorization|cookie|session_?id|card_?n(?:o|um)',
    '(?:api|access|private|signing|encryption|ssh|auth|account|master)_?key|(?:security|verification|pin)_?code',
    '(?:^|_)(?:db|user|smtp|ftp|mail|my|app|admin|root|store|key|sql|ldap)pass$|seed_?phrase',
    'clave_(?:de_)?(?:acceso|seguridad|secreta|personal|privada)',
    'passwort|kennwort|contrase[ñn]y?a|mot_?de_?passe|palavra_?passe|wachtwoord|lösenord|losenord|passord',
    'adgangskode|salasana|şifre|parolă|парол|κωδικός_πρόσβασης|mật_khẩu|mat_khau|kata_?sandi',
    '密码|密碼|口令|パスワード|暗証番号|비밀번호|पासवर्ड|পাসওয়ার্ড|รหัสผ่าน|كلمة_(?:المرور|السر)|رمز_عبور|סיסמ',
  ].join('|'),
);
/** How many, how long or of which kind something is, where a list goes on, and an error. */
const HARMLESS =
  /(?:^|_)tokens$|_(?:limit|count|budget|usage|length|size|type|ttl|error|exception)$|(?:^|_)(?:page|continuation|sync)_?token$/;

/** Whether a name is that of a credential: by its words, and by parts of them that are in names of nothing else. */
export function isSecretName(name: string): boolean {
  return secrecyOf(name) !== 'none';
}

/** How sure it is by its name that a value is a secret. */
export function secrecyOf(name: string): Secrecy {
  const words = name
    .normalize('NFC')
    .split(WORD_BORDER)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
  const spelled = words.join('_');
  if (HARMLESS.test(spelled)) return 'none';
  if (SECRET_PART.test(spelled) || words.some((word) => SECRET_WORDS.has(word))) return 'sure';
  if (words.some((word) => CODE_WORDS.has(word))) return 'code';
  const isAmbiguous =
    AMBIGUOUS_NAME.test(spelled) || words.some((word) => AMBIGUOUS_WORDS.has(word));
  return isAmbiguous ? 'by-look' : 'none';
}
