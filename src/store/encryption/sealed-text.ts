/** An encrypted text: `e1`, for the form, the key's id, and nonce, ciphertext and tag in base64url. */
export const SEALED_TEXT: RegExp = /^e1\.([\w-]{1,32})\.([\w-]*)$/;
