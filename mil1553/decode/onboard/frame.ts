// From a captured frame to its UDP payload: Ethernet (VLAN tags), Linux cooked and raw IP; IPv4 without fragments, IPv6
// without extension headers. Only `weir decode` uses it: onboard the IP decoder does this in full.

import { be16, be32, be64, mix } from "../../../lib/onboard/bytes";
import { isFlow } from "../../onboard/udp/flows";
import { provenFormat } from "../../onboard/udp/transfer";

let payload: usize = 0;
let length: u32 = 0;
let flow: u64 = 0;
let sender: u64 = 0;

export function udpPayload(): usize {
  return payload;
}
export function udpLength(): u32 {
  return length;
}
export function udpFlow(): u64 {
  return flow;
}
/** Identifies the sending machine; never 0. */
export function udpSource(): u64 {
  return sender;
}

/** True when the frame (untrusted, `size` bytes at p) carries UDP to one of the ports, or without ports Chapter 10. */
export function findUdp(p: usize, size: u32, link: u32, portsAt: usize, ports: u32): bool {
  let at: u32 = 0,
    type: u32 = 0;
  if (link == 1) {
    if (size < 14) return false;
    type = be16(p + 12);
    at = 14;
  } else if (link == 113) {
    if (size < 16) return false;
    type = be16(p + 14);
    at = 16;
  } else if (link == 276) {
    if (size < 20) return false;
    type = be16(p);
    at = 20;
  } else if (link == 101 || link == 228 || link == 229) {
    if (size < 1) return false;
    type = load<u8>(p) >> 4 == 6 ? 0x86dd : 0x0800;
  } else return false;
  while (type == 0x8100 || type == 0x88a8) {
    if (size < at + 4) return false;
    type = be16(p + <usize>at + 2);
    at += 4;
  }
  const ip = p + <usize>at;
  const room = size - at;
  let head: u32 = 0,
    total: u32 = 0;
  if (type == 0x0800) {
    if (room < 20) return false;
    head = ((<u32>load<u8>(ip)) & 15) << 2;
    total = be16(ip + 2);
    if (load<u8>(ip) >> 4 != 4 || head < 20 || total < head + 8 || total > room || load<u8>(ip, 9) != 17) return false;
    if (be16(ip + 6) & 0x3fff) return false; // a fragment
    sender = mix(0, <u64>be32(ip + 12));
    flow = mix(sender, <u64>be32(ip + 16));
  } else if (type == 0x86dd) {
    if (room < 48 || load<u8>(ip, 6) != 17) return false;
    head = 40;
    total = 40 + be16(ip + 4);
    if (total < 48 || total > room) return false;
    sender = mix(mix(0, be64(ip + 8)), be64(ip + 16));
    flow = mix(mix(sender, be64(ip + 24)), be64(ip + 32));
  } else return false;
  if (sender == 0) sender = 1;
  const udp = ip + <usize>head;
  const said = be16(udp + 4);
  if (said < 8 || said > total - head) return false;
  flow = mix(flow, <u64>be32(udp)); // both ports
  payload = udp + 8;
  length = said - 8;
  if (ports == 0) return isFlow(flow) || provenFormat(payload, length) != 0;
  const port = be16(udp + 2);
  for (let i: u32 = 0; i < ports; ++i) if (<u32>load<u16>(portsAt + <usize>(i << 1)) == port) return true;
  return false;
}
