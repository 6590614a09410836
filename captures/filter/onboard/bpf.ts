// Runs filter programs over a batch of records and leaves those that match (../program.ts makes the programs). Not linked
// into the image: replays and `weir decode` choose with it what they look at.
//
// Untrusted: the frames. Every load is within [frame, frame + captured), or the frame does not match, as in BPF. Programs are
// checked first: known instructions, jumps forward and inside, a RETURN at the end; so each run ends.
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/abi/onboard/abi";
import { align8, be16, be32 } from "../../../lib/onboard/bytes";

const LINKS: u32 = 16;
const MOST: u32 = 4096; // instructions of a program
const STEP: u32 = 16;   // u32 op, u32 yes, u32 no, u32 k
const CELLS: u32 = 16;

const enum Op {
  RETURN, LOAD, LOAD_INDEXED, LENGTH, NUMBER, HEADER, STORE, FETCH, FETCH_X, TO_X,
  ADD, SUB, MUL, DIV, MOD, AND, OR, XOR, LSH, RSH, AND_K,
  EQUAL, GREATER, AT_LEAST, EQUAL_X, GREATER_X, AT_LEAST_X, ADD_X,
}

const INPUT: usize = memory.data(131072, 8);
const PROGRAMS: usize = memory.data(16 * 4096 * 16, 8);
const LENGTHS: usize = memory.data(16 * 4, 8);
const LINK_OF: usize = memory.data(16 * 4, 8);
const M: usize = memory.data(16 * 4, 8);
let programs: u32 = 0;
let kept: u32 = 0;

export function inputAt(): usize { return INPUT; }
export function programAt(i: u32): usize { return PROGRAMS + <usize>(i * MOST * STEP); }
/** Bytes of the records that are left. */
export function left(): u32 { return kept; }

/** Takes the program of `length` instructions that was written to programAt(the number of programs so far); false when it is none. */
export function add(link: u32, length: u32): bool {
  if (programs == LINKS || length == 0 || length > MOST || !sane(programAt(programs), length)) return false;
  store<u32>(LENGTHS + (programs << 2), length);
  store<u32>(LINK_OF + (programs << 2), link);
  programs += 1;
  return true;
}

function sane(p: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; ++i) {
    const step = p + <usize>(i * STEP);
    const op = load<u32>(step), yes = load<u32>(step, 4), no = load<u32>(step, 8), k = load<u32>(step, 12);
    if (op > <u32>Op.ADD_X) return false;
    if ((op == <u32>Op.LOAD || op == <u32>Op.LOAD_INDEXED) && yes != 1 && yes != 2 && yes != 4) return false;
    if ((op == <u32>Op.STORE || op == <u32>Op.FETCH || op == <u32>Op.FETCH_X) && k >= CELLS) return false;
    if (op >= <u32>Op.EQUAL && op <= <u32>Op.AT_LEAST_X && (yes >= length - i - 1 || no >= length - i - 1)) return false;
  }
  return load<u32>(p + <usize>((length - 1) * STEP)) == <u32>Op.RETURN;
}

/** Leaves the records of input[0..length) that match, one behind the other; what is no frame stays. Returns how many went. */
export function run(length: u32): u32 {
  kept = 0;
  let gone: u32 = 0;
  let at: u32 = 0;
  while (at + RECORD_HEADER <= length && length <= INPUT_SIZE) {
    const r = changetype<RecordHeader>(INPUT + at);
    const whole = RECORD_HEADER + align8(r.captured);
    if (r.captured > length - at - RECORD_HEADER) break;
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
    if (load<u32>(LINK_OF + (i << 2)) == <u32>r.link) return accepts(programAt(i), p, r.captured, r.original);
  }
  return false;
}

function accepts(program: usize, p: usize, captured: u32, original: u32): bool {
  let a: u32 = 0, x: u32 = 0;
  let step = program;
  while (true) { // ends: every jump is forward, and the last step a RETURN
    const k = load<u32>(step, 12);
    let yes: bool = false, jumps: bool = false;
    switch (<i32>load<u32>(step)) {
      case Op.RETURN: return k != 0;
      case Op.LOAD:
      case Op.LOAD_INDEXED: {
        const size = load<u32>(step, 4);
        const at = <u64>k + (load<u32>(step) == <u32>Op.LOAD ? 0 : <u64>x);
        if (at + size > <u64>captured) return false;
        const from = p + <usize>at;
        a = size == 1 ? <u32>load<u8>(from) : size == 2 ? be16(from) : be32(from);
        break;
      }
      case Op.LENGTH: a = original; break;
      case Op.NUMBER: a = k; break;
      case Op.HEADER: {
        if (k >= captured) return false;
        x = (<u32>load<u8>(p + k) & 15) << 2;
        break;
      }
      case Op.STORE: store<u32>(M + (k << 2), a); break;
      case Op.FETCH: a = load<u32>(M + (k << 2)); break;
      case Op.FETCH_X: x = load<u32>(M + (k << 2)); break;
      case Op.TO_X: x = a; break;
      case Op.ADD:
      case Op.ADD_X: a += x; break;
      case Op.SUB: a -= x; break;
      case Op.MUL: a *= x; break;
      case Op.DIV: { if (x == 0) return false; a /= x; break; }
      case Op.MOD: { if (x == 0) return false; a %= x; break; }
      case Op.AND: a &= x; break;
      case Op.OR: a |= x; break;
      case Op.XOR: a ^= x; break;
      case Op.LSH: a = x < 32 ? a << x : 0; break;
      case Op.RSH: a = x < 32 ? a >> x : 0; break;
      case Op.AND_K: a &= k; break;
      case Op.EQUAL: { yes = a == k; jumps = true; break; }
      case Op.GREATER: { yes = a > k; jumps = true; break; }
      case Op.AT_LEAST: { yes = a >= k; jumps = true; break; }
      case Op.EQUAL_X: { yes = a == x; jumps = true; break; }
      case Op.GREATER_X: { yes = a > x; jumps = true; break; }
      default: { yes = a >= x; jumps = true; }
    }
    step += <usize>((1 + (jumps ? yes ? load<u32>(step, 4) : load<u32>(step, 8) : 0)) * STEP);
  }  return false;
}
