// REQ-DETECT-021
// A router gave way to another: hosts that the baseline knows behind it come from a MAC address that it does not know.
// That is one event, said once, and accuses nobody, as long as the first one is silent: forged packets come beside the
// router's own, which goes on forwarding. So each time that the newcomer follows the router counts, as a move of an
// address does (bindings.ts).
//
// Rule when full: of SUCCESSIONS the one whose newcomer was heard longest ago goes, and is said again.
import { elapsed, faded, later } from "../../onboard/clock";

const SUCCESSIONS: u32 = 16;
const HALF: f64 = 120; // s
const PASSING: u64 = 1000000000; // ns in which one gives way to the other; packets of both may come in turn

@unmanaged
class Succession {
  router: u64; // MAC address; 0 = free
  newcomer: u64;
  routed: u64; // ns, when the router last sent in a host's name
  heard: u64; // the newcomer
  time: u64; // of the last move
  moves: f64; // each worth half after HALF
}

const list: usize = memory.data(SUCCESSIONS * offsetof<Succession>(), 8);
let count: u32 = 0;

@inline function at(i: u32): Succession {
  return changetype<Succession>(list + <usize>i * offsetof<Succession>());
}

export function forgetRouters(): void {
  count = 0;
}

/** A router, which the baseline knows, sends in the name of a host behind it. */
export function routes(mac: u64, now: u64): void {
  for (let i: u32 = 0; i < count; ++i) if (at(i).router == mac) at(i).routed = later(at(i).routed, now);
}

/** Another does so: how often it took the router's place lately; 0 = it goes on as before. */
export function takesOver(router: u64, newcomer: u64, now: u64): f64 {
  let s = changetype<Succession>(0);
  for (let i: u32 = 0; i < count; ++i) {
    if (at(i).router == router && at(i).newcomer == newcomer) s = at(i);
  }
  if (changetype<usize>(s) == 0) {
    s = place();
    memory.fill(changetype<usize>(s), 0, offsetof<Succession>());
    s.router = router;
    s.newcomer = newcomer;
  } else if (s.routed <= s.heard || elapsed(s.time, now) < PASSING) {
    s.heard = later(s.heard, now);
    return 0;
  }
  s.moves = 1 + faded(s.moves, s.time, now, HALF);
  s.time = now;
  s.heard = later(s.heard, now);
  return s.moves;
}

function place(): Succession {
  if (count < SUCCESSIONS) {
    count += 1;
    return at(count - 1);
  }
  let oldest = at(0);
  for (let i: u32 = 1; i < SUCCESSIONS; ++i) if (at(i).heard < oldest.heard) oldest = at(i);
  return oldest;
}
