// REQ-DECODE-001
// A frame into a Packet.
//
// Each protocol has a function that reads its header at k.at, moves k.at behind it and says which protocol follows. The
// loop here calls them one after another, so there is no recursion however deep the tunnels: at most LAYERS rounds.
// Which function that is, and what announces its protocol, is generated from the registry (../registry.ts).
// Two ends are kept: k.end of the bytes at hand, k.wire of the bytes the frame had. A header that the frame had no
// room for is an anomaly; one that only the capture cut off is not (Is.CUT).
//
// Untrusted: every byte in [p, p + captured). None beyond is ever read.
import { Anomaly } from "./generated/anomaly";
import { layer } from "./generated/layer";
import { fromLink } from "./generated/numbers";
import { Protocol } from "./generated/protocol";
import { Is, Packet, clear, note, push } from "./packet";

/** Options of decode(). */
export const enum Option {
  NONE = 0,
  // verify none (`-k none`): captures of the sending host have checksums its network card would fill in
  NO_CHECKSUMS = 1,
  // open only tunnels that the policy names (named.ts): for what is acted upon
  NAMED_ONLY = 2,
}

/**
 * Decodes the `captured` bytes at p of a frame that had `original` bytes, link type `link` (a LINKTYPE_ number).
 * Fills k but for its time and number. Never traps; what is malformed is in k.anomalies.
 */
export function decode(p: usize, captured: u32, original: u32, link: u32, options: u32, k: Packet): void {
  clear(k);
  k.captured = captured;
  k.original = original;
  k.link = <u16>link;
  if (options & Option.NO_CHECKSUMS) k.flags = Is.NO_CHECKSUMS;
  if (options & Option.NAMED_ONLY) k.flags |= Is.NAMED_ONLY;
  if (original > captured) k.flags |= Is.SNAPPED;
  k.base = p;
  k.at = p;
  k.end = p + captured;
  // a frame is never so long in earnest; the bound keeps k.wire from running around
  k.wire = p + min<u32>(max<u32>(captured, original), 0x1000000);
  let protocol = fromLink(link);
  if (protocol == Protocol.NONE) note(k, Anomaly.UNKNOWN_LINKTYPE);
  while (protocol != Protocol.NONE) {
    if (!push(k, protocol)) {
      note(k, Anomaly.TOO_MANY_LAYERS);
      break;
    }
    protocol = layer(k, protocol);
  }
  k.payloadOffset = min<u32>(<u32>(k.at - p), captured);
  k.payloadLength = k.end > k.at ? <u32>(k.end - k.at) : 0;
  k.payloadClaimed = k.wire > k.at ? <u32>(k.wire - k.at) : 0;
}
