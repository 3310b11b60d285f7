/** Arrays of bits; methods, because these are inlined in the hottest loops. */
export class Bits {
  @inline
  static has(base: usize, bit: u32): bool {
    return (((<u32>load<u8>(base + (bit >> 3))) >> (bit & 7)) & 1) != 0;
  }

  @inline
  static set(base: usize, bit: u32): void {
    const at: usize = base + (bit >> 3);
    store<u8>(at, (<u32>load<u8>(at)) | (1 << (bit & 7)));
  }
}
