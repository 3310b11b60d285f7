const WORD_BORDER = /[^\p{L}\p{M}]+|(?<=\p{Ll})(?=\p{Lu})/u;
/** Names of one word, or with such a word among others. */
const SECRET_WORDS: ReadonlySet<string> = new Set(
  `pass pwd pswd pw passwd passkey pin otp totp mfa auth oauth bearer jwt signature sig sid card cards cvv cvc csc
  ssn mdp senha senhas hasło haslo heslo jelszó jelszo sifre 암호`.split(/\s+/),
);
/** In names that are written without borders, too; what other languages call a password among them. */
const SECRET_PART = new RegExp(
  [
    'passw(?:or)?d|passphrase|passcode|secret|token|credential|authorization|cookie|session_?id|card_?n(?:o|um)',
    '(?:api|access|private|signing|encryption|ssh|auth)_?key',
    '^(?:(?:la|mi|su|tu|nueva)_)?clave$|clave_(?:de_)?(?:acceso|seguridad|secreta|personal|privada)',
    'passwort|kennwort|contrase[ñn]y?a|mot_?de_?passe|palavra_?passe|wachtwoord|lösenord|losenord|passord',
    'adgangskode|salasana|şifre|parolă|парол|κωδικός_πρόσβασης|mật_khẩu|mat_khau|kata_?sandi',
    '密码|密碼|口令|パスワード|暗証番号|비밀번호|पासवर्ड|পাসওয়ার্ড|รหัสผ่าน|كلمة_(?:المرور|السر)|رمز_عبور|סיסמ',
  ].join('|'),
);
/** How many, how long or of which kind something is. */
const HARMLESS = /(?:^|_)tokens$|_(?:limit|count|budget|usage|length|size|type|ttl)$/;

/** Whether a name is that of a credential: by its words, and by parts of them that are in names of nothing else. */
export function isSecretName(name: string): boolean {
  const words = name
    .normalize('NFC')
    .split(WORD_BORDER)
    .filter((word) => word !== '');
  const spelled = words.join('_').toLowerCase();
  if (HARMLESS.test(spelled)) return false;
  return SECRET_PART.test(spelled) || spelled.split('_').some((word) => SECRET_WORDS.has(word));
}
