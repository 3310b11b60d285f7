/** An exact decimal number: `units / 10^scale`. */
export interface Decimal {
  readonly units: bigint;
  /** Digits after the point, >= 0. */
  readonly scale: number;
}

const MAX_TEXT_LENGTH = 64;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads plain (`-1.50`) and scientific (`2.5e-7`) notation of at most 64 characters; null when it is neither. */
export function parseDecimal(text: string): Decimal | null {
  if (text.length > MAX_TEXT_LENGTH) return null;
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] = match;
  const magnitude = BigInt(whole + fraction);
  const units = sign === '-' ? -magnitude : magnitude;
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * powerOfTen(-scale), scale: 0 };
}

/** The decimal that JavaScript prints for a number: the shortest one that reads back as the same double; null for NaN and infinities. */
export function decimalOfNumber(value: number): Decimal | null {
  return parseDecimal(String(value));
}

/** 10 to a whole power >= 0. */
export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

/** Divides and rounds to the nearest integer, ties to the even one, so that many roundings do not drift one way; `divisor` > 0. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const remainder = dividend % divisor;
  if (remainder === 0n) return quotient;
  const isNegative = remainder < 0n;
  const twice = (isNegative ? -remainder : remainder) * 2n;
  const isAway = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  if (!isAway) return quotient;
  return isNegative ? quotient - 1n : quotient + 1n;
}
