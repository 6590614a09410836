// CRC-32C (Castagnoli), reflected: SCTP's checksum (RFC 9260 appendix A). By nibbles: the table stays at 64 bytes.

const TABLE: usize = memory.data<u32>([
  0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d, 0x82f63b78,
  0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
]);

/** CRC-32C of `length` bytes at p, its 4-byte checksum field at offset `field` counted as zero. */
export function crc32c(p: usize, length: u32, field: u32): u32 {
  let c: u32 = 0xffffffff;
  for (let i: u32 = 0; i < length; ++i) {
    if (i - field >= 4) c ^= <u32>load<u8>(p + i);
    c = (c >> 4) ^ load<u32>(TABLE + ((<usize>(c & 15)) << 2));
    c = (c >> 4) ^ load<u32>(TABLE + ((<usize>(c & 15)) << 2));
  }
  return ~c;
}
