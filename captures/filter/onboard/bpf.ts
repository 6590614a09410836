// Runs classic BPF programs over a batch of records and leaves those that match (../program.ts makes the programs). Not
// linked into the image: replays and `weir decode` choose with it what they look at.
//
//   an instruction (struct sock_filter)   u16 code, u8 jt, u8 jf, u32 k
//
// Untrusted: the frames. Every load is within [frame, frame + captured), or the frame does not match, as BPF has it.
// Programs are checked as kernels do it (Linux: bpf_check_classic): known instructions, jumps inside and forward, no
// division by a constant 0, no cell of memory read that is not written on every way there, a return at the end. So a
// run ends after at most as many steps as the program has, never traps, and depends on nothing but the frame.
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { align8, be16, be32 } from "../../../lib/onboard/bytes";

const LINKS: u32 = 16;
const MOST: u32 = 4096; // BPF_MAXINSNS
const STEP: u32 = 8;
const CELLS: u32 = 16; // BPF_MEMWORDS

const enum Code {
  LD_IMM = 0x00,
  LDX_IMM = 0x01,
  ST = 0x02,
  STX = 0x03,
  JA = 0x05,
  RET_K = 0x06,
  TAX = 0x07,
  LDW_ABS = 0x20,
  LDH_ABS = 0x28,
  LDB_ABS = 0x30,
  LDW_IND = 0x40,
  LDH_IND = 0x48,
  LDB_IND = 0x50,
  LD_MEM = 0x60,
  LDX_MEM = 0x61,
  LD_LEN = 0x80,
  LDX_LEN = 0x81,
  LDX_MSH = 0xb1,
  RET_A = 0x16,
  TXA = 0x87,
  ADD = 0x04,
  SUB = 0x14,
  MUL = 0x24,
  DIV = 0x34,
  OR = 0x44,
  AND = 0x54,
  LSH = 0x64,
  RSH = 0x74,
  NEG = 0x84,
  MOD = 0x94,
  XOR = 0xa4,
  ADD_X = 0x0c,
  SUB_X = 0x1c,
  MUL_X = 0x2c,
  DIV_X = 0x3c,
  OR_X = 0x4c,
  AND_X = 0x5c,
  LSH_X = 0x6c,
  RSH_X = 0x7c,
  MOD_X = 0x9c,
  XOR_X = 0xac,
  JEQ = 0x15,
  JGT = 0x25,
  JGE = 0x35,
  JSET = 0x45,
  JEQ_X = 0x1d,
  JGT_X = 0x2d,
  JGE_X = 0x3d,
  JSET_X = 0x4d,
}

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const PROGRAMS: usize = memory.data(LINKS * MOST * STEP, 8);
const LENGTHS: usize = memory.data(LINKS * sizeof<u32>(), 8);
const LINK_OF: usize = memory.data(LINKS * sizeof<u32>(), 8);
// u16 for each instruction: cells written on every way to it
const WRITTEN: usize = memory.data(MOST * sizeof<u16>(), 8);
const M: usize = memory.data(CELLS * sizeof<u32>(), 8);
let programs: u32 = 0;
let kept: u32 = 0;

export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
/** Where the next program is to be written, before add(). */
export function programAt(): usize {
  return PROGRAMS + <usize>(min<u32>(programs, LINKS - 1) * MOST * STEP);
}
/** Bytes of the records that are left. */
export function left(): u32 {
  return kept;
}

/** Takes the program of `length` instructions for frames of a link type; false when it is none, or one too many. */
export function add(link: u32, length: u32): bool {
  if (programs == LINKS || length == 0 || length > MOST || !sane(programAt(), length)) return false;
  store<u32>(LENGTHS + (programs << 2), length);
  store<u32>(LINK_OF + (programs << 2), link);
  programs += 1;
  return true;
}

function sane(p: usize, length: u32): bool {
  memory.fill(WRITTEN, 0xff, length << 1);
  let written: u32 = 0; // on the way that falls through
  for (let i: u32 = 0; i < length; ++i) {
    const at = p + <usize>(i * STEP);
    const code = <u32>load<u16>(at),
      jt = <u32>load<u8>(at, 2),
      jf = <u32>load<u8>(at, 3),
      k = load<u32>(at, 4);
    written &= <u32>load<u16>(WRITTEN + (i << 1));
    const further = length - i - 1; // a jump must go less far than this
    switch (code) {
      case Code.DIV:
      case Code.MOD: {
        if (k == 0) return false;
        break;
      }
      case Code.LSH:
      case Code.RSH: {
        if (k > 31) return false;
        break;
      }
      case Code.ST:
      case Code.STX: {
        if (k >= CELLS) return false;
        written |= 1 << k;
        break;
      }
      case Code.LD_MEM:
      case Code.LDX_MEM: {
        if (k >= CELLS || ((written >> k) & 1) == 0) return false;
        break;
      }
      case Code.JA: {
        if (k >= further) return false;
        reach(i + 1 + k, written);
        written = 0xffff;
        break;
      }
      case Code.JEQ:
      case Code.JGT:
      case Code.JGE:
      case Code.JSET:
      case Code.JEQ_X:
      case Code.JGT_X:
      case Code.JGE_X:
      case Code.JSET_X: {
        if (jt >= further || jf >= further) return false;
        reach(i + 1 + jt, written);
        reach(i + 1 + jf, written);
        written = 0xffff;
        break;
      }
      case Code.RET_K:
      case Code.RET_A: {
        written = 0xffff;
        break;
      }
      case Code.LD_IMM:
      case Code.LDX_IMM:
      case Code.TAX:
      case Code.TXA:
      case Code.LD_LEN:
      case Code.LDX_LEN:
      case Code.LDX_MSH:
      case Code.LDW_ABS:
      case Code.LDH_ABS:
      case Code.LDB_ABS:
      case Code.LDW_IND:
      case Code.LDH_IND:
      case Code.LDB_IND:
      case Code.ADD:
      case Code.SUB:
      case Code.MUL:
      case Code.OR:
      case Code.AND:
      case Code.NEG:
      case Code.XOR:
      case Code.ADD_X:
      case Code.SUB_X:
      case Code.MUL_X:
      case Code.DIV_X:
      case Code.OR_X:
      case Code.AND_X:
      case Code.LSH_X:
      case Code.RSH_X:
      case Code.MOD_X:
      case Code.XOR_X:
        break;
      default:
        return false;
    }
  }
  const last = <u32>load<u16>(p + <usize>((length - 1) * STEP));
  return last == Code.RET_K || last == Code.RET_A;
}

/** A way to instruction `to` on which these cells are written. */
function reach(to: u32, written: u32): void {
  const at = WRITTEN + (to << 1);
  store<u16>(at, <u16>((<u32>load<u16>(at)) & written));
}

/**
 * Leaves the records of input[0..length) that match, one behind the other; what is no frame stays. Returns how many
 * went.
 */
export function run(length: u32): u32 {
  kept = 0;
  let gone: u32 = 0;
  let at: u32 = 0;
  while (length <= INPUT_SIZE && at + RECORD_HEADER <= length) {
    const r = changetype<RecordHeader>(INPUT + at);
    if (r.captured > length - at - RECORD_HEADER) break;
    const whole = RECORD_HEADER + align8(r.captured);
    if (r.kind == RecordKind.FRAME && !matches(r, INPUT + at + RECORD_HEADER)) gone += 1;
    else {
      if (kept != at) memory.copy(INPUT + kept, INPUT + at, whole);
      kept += whole;
    }
    at += whole;
  }
  return gone;
}

function matches(r: RecordHeader, p: usize): bool {
  for (let i: u32 = 0; i < programs; ++i) {
    if (load<u32>(LINK_OF + (i << 2)) == <u32>r.link)
      return accepts(PROGRAMS + <usize>(i * MOST * STEP), load<u32>(LENGTHS + (i << 2)), p, r.captured, r.original);
  }
  return false;
}

function accepts(program: usize, length: u32, p: usize, captured: u32, original: u32): bool {
  let a: u32 = 0,
    x: u32 = 0;
  const end = program + <usize>(length * STEP);
  for (let at = program; at < end; at += STEP) {
    const k = load<u32>(at, 4);
    let taken: bool = false;
    switch (<u32>load<u16>(at)) {
      case Code.RET_K:
        return k != 0;
      case Code.RET_A:
        return a != 0;
      case Code.LDW_ABS: {
        if (<u64>k + 4 > <u64>captured) return false;
        a = be32(p + k);
        continue;
      }
      case Code.LDH_ABS: {
        if (<u64>k + 2 > <u64>captured) return false;
        a = be16(p + k);
        continue;
      }
      case Code.LDB_ABS: {
        if (k >= captured) return false;
        a = <u32>load<u8>(p + k);
        continue;
      }
      case Code.LDW_IND: {
        const o = <u64>k + x;
        if (o + 4 > <u64>captured) return false;
        a = be32(p + <usize>o);
        continue;
      }
      case Code.LDH_IND: {
        const o = <u64>k + x;
        if (o + 2 > <u64>captured) return false;
        a = be16(p + <usize>o);
        continue;
      }
      case Code.LDB_IND: {
        const o = <u64>k + x;
        if (o >= <u64>captured) return false;
        a = <u32>load<u8>(p + <usize>o);
        continue;
      }
      case Code.LDX_MSH: {
        if (k >= captured) return false;
        x = ((<u32>load<u8>(p + k)) & 15) << 2;
        continue;
      }
      case Code.LD_LEN: {
        a = original;
        continue;
      }
      case Code.LDX_LEN: {
        x = original;
        continue;
      }
      case Code.LD_IMM: {
        a = k;
        continue;
      }
      case Code.LDX_IMM: {
        x = k;
        continue;
      }
      case Code.LD_MEM: {
        a = load<u32>(M + (k << 2));
        continue;
      }
      case Code.LDX_MEM: {
        x = load<u32>(M + (k << 2));
        continue;
      }
      case Code.ST: {
        store<u32>(M + (k << 2), a);
        continue;
      }
      case Code.STX: {
        store<u32>(M + (k << 2), x);
        continue;
      }
      case Code.TAX: {
        x = a;
        continue;
      }
      case Code.TXA: {
        a = x;
        continue;
      }
      case Code.ADD: {
        a += k;
        continue;
      }
      case Code.SUB: {
        a -= k;
        continue;
      }
      case Code.MUL: {
        a *= k;
        continue;
      }
      case Code.DIV: {
        a /= k;
        continue;
      }
      case Code.MOD: {
        a %= k;
        continue;
      }
      case Code.AND: {
        a &= k;
        continue;
      }
      case Code.OR: {
        a |= k;
        continue;
      }
      case Code.XOR: {
        a ^= k;
        continue;
      }
      case Code.LSH: {
        a <<= k;
        continue;
      }
      case Code.RSH: {
        a >>= k;
        continue;
      }
      case Code.NEG: {
        a = 0 - a;
        continue;
      }
      case Code.ADD_X: {
        a += x;
        continue;
      }
      case Code.SUB_X: {
        a -= x;
        continue;
      }
      case Code.MUL_X: {
        a *= x;
        continue;
      }
      case Code.DIV_X: {
        if (x == 0) return false;
        a /= x;
        continue;
      }
      case Code.MOD_X: {
        if (x == 0) return false;
        a %= x;
        continue;
      }
      case Code.AND_X: {
        a &= x;
        continue;
      }
      case Code.OR_X: {
        a |= x;
        continue;
      }
      case Code.XOR_X: {
        a ^= x;
        continue;
      }
      case Code.LSH_X: {
        a = x < 32 ? a << x : 0;
        continue;
      }
      case Code.RSH_X: {
        a = x < 32 ? a >> x : 0;
        continue;
      }
      case Code.JA: {
        at += <usize>k * STEP;
        continue;
      }
      case Code.JEQ: {
        taken = a == k;
        break;
      }
      case Code.JGT: {
        taken = a > k;
        break;
      }
      case Code.JGE: {
        taken = a >= k;
        break;
      }
      case Code.JSET: {
        taken = (a & k) != 0;
        break;
      }
      case Code.JEQ_X: {
        taken = a == x;
        break;
      }
      case Code.JGT_X: {
        taken = a > x;
        break;
      }
      case Code.JGE_X: {
        taken = a >= x;
        break;
      }
      case Code.JSET_X: {
        taken = (a & x) != 0;
        break;
      }
      default:
        return false;
    }
    at += <usize>(taken ? load<u8>(at, 2) : load<u8>(at, 3)) * STEP;
  }
  return false;
}
