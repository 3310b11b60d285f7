const PERCENT = 100;

/** A share as a whole percentage, a half to the even one. */
export function percentOf(share: number): string {
  const value = share * PERCENT;
  const isHalf = value % 1 === 0.5;
  const rounded = isHalf && Math.floor(value) % 2 === 0 ? Math.floor(value) : Math.round(value);
  return `${rounded}%`;
}
