// Not linked: the code, encoder and decoder behind plain exports, for tests.
import { openCode } from "./code";
import * as decode from "./decode";
import * as encode from "./encode";
import { SENDER, Sender, openSender, seal } from "./frame";
import { FRAME, KEY_SIZE, SHARD, SHARD_AT, Type } from "./sizes";

const S: usize = memory.data(SENDER, 8);
const KEY: usize = memory.data(KEY_SIZE, 8);
const OUT: usize = memory.data(FRAME, 8);
const IN: usize = memory.data(FRAME, 8);
let m: u32 = 0,
  i: u32 = 0;

export function outAt(): usize {
  return OUT;
}
export function inAt(): usize {
  return IN;
}
export function sizes(): u32 {
  return FRAME | (SHARD << 16);
}
export function open(k: u32, rows: u32, interleave: u32): void {
  m = rows;
  i = interleave;
  openCode(k, rows);
  encode.openEncoder(k, rows, interleave);
  decode.openDecoder(k, rows, interleave);
  openSender(changetype<Sender>(S), KEY, KEY_SIZE, 1);
}
/** The shard at inAt() + SHARD_AT as a frame at outAt(). */
export function add(): void {
  encode.addShard(IN + SHARD_AT);
  memory.copy(OUT + SHARD_AT, IN + SHARD_AT, SHARD);
  seal(changetype<Sender>(S), OUT, Type.DATA, encode.block, encode.index, encode.count, m, i);
}
export function parity(): bool {
  const p = encode.nextParity();
  if (p == 0) return false;
  memory.copy(OUT + SHARD_AT, p, SHARD);
  seal(changetype<Sender>(S), OUT, Type.DATA, encode.block, encode.index, encode.count, m, i);
  return true;
}
export function close(): void {
  encode.closeWindow();
}
export function take(): bool {
  return decode.takeFrame(IN);
}
export function calculated(): usize {
  return decode.nextCalculated();
}
export function lost(): u32 {
  return <u32>decode.lost;
}
export function recovered(): u32 {
  return <u32>decode.recovered;
}
