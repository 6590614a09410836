// Fragments of IPv4 and IPv6: which parts came, and what is wrong with them.
import { bytes, SYN, tcp } from "../frames.ts";
import { fresh, ip4, ip6, type Made, OSPF, type Pairs, pair, u16, zeros } from "./pair.ts";

const FRAGMENT = 44;

interface Part {
  from: number;
  to: number;
  /** False: it is the packet's end. */
  more: boolean;
}
const part = (from: number, to = from + 8): Part => ({ from, to, more: true });
const end = (from: number, to: number): Part => ({ from, to, more: false });
const id6 = () => fresh().toString(16).padStart(8, "0");

/** Parts of one packet, one behind the other, the last one `after` nanoseconds behind the first. */
type Parts = (list: readonly Part[], after?: bigint) => Made;

const parts4: Parts = (list, after = 1n) => {
  const id = fresh();
  return list.map(({ from, to, more }, n) => ({
    ...ip4(OSPF, zeros(to - from).fill(n), { id, offset: from, more }),
    after,
  }));
};
const parts6: Parts = (list, after = 1n) => {
  const id = id6();
  return list.map(({ from, to, more }, n) => ({
    ...ip6(FRAGMENT, bytes([OSPF, 0], u16(from | Number(more)), id, zeros(to - from).fill(n))),
    after,
  }));
};

/** Stretches with gaps between them; seven are kept. */
const SEVEN = [0, 16, 32, 48, 64, 80, 96].map((at) => part(at));
const TIMEOUT = 30_000_000_000n;

const both = (version: string, parts: Parts): Pairs => ({
  [`${version}.frag_overlap`]: [
    pair((at) => parts([part(0, 16), part(at, at + 16)]), 8, 16),
    pair((at) => parts([part(16, 32), part(at)]), 24, 32),
    pair((to) => parts([part(16, 32), part(0, to)]), 24, 16),
    pair((to) => parts([part(0), part(24), part(8, to)]), 32, 24),
  ],
  [`${version}.frag_ignored`]: pair((at) => parts([...SEVEN, part(at)]), 112, 104),
  [`${version}.frag_timeout`]: pair((after) => parts([part(0), part(8)], after), TIMEOUT + 1n, TIMEOUT),
  [`${version}.frag_invalid_length`]: [
    pair((n) => parts([part(0, n)]), 9, 8),
    pair((at) => parts([end(8, 16), part(at)]), 16, 0), // behind the end
    pair((more) => parts([end(16, 24), { ...part(8), more }]), false, true), // another end
    pair((at) => parts([part(24), end(at, at + 8)]), 8, 32), // an end in front of what came
  ],
});

export const FRAGMENTS: Pairs = {
  ...both("ipv4", parts4),
  ...both("ipv6", parts6),
  // 65,535 bytes, less a header (RFC 791 section 3.1); without it (RFC 8200 section 4.5)
  "ipv4.frag_pkt_too_large": pair((n) => parts4([end(65_512, 65_512 + n)]), 4, 3),
  "ipv6.frag_pkt_too_large": pair((n) => parts6([end(65_528, 65_528 + n)]), 8, 7),
  "ipv4.frag_tiny": [
    pair((at) => ip4(6, zeros(8), { id: fresh(), offset: at, more: true }), 8, 16), // over the flags (RFC 1858)
    pair((n) => ip4(6, tcp(SYN, { data: zeros(4) }).subarray(0, n), { id: fresh(), more: true }), 16, 24),
    pair((n) => ip4(33, zeros(n).fill(3, 4, 5), { id: fresh(), more: true }), 8, 16),
  ],
  // RFC 7112
  "ipv6.frag_tiny": pair(
    (n) => ip6(FRAGMENT, bytes("0600 0001", id6(), tcp(SYN, { data: zeros(4) }).subarray(0, n))),
    16,
    24,
  ),
};
