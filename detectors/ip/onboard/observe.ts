// What the detectors of endpoints share: each packet is identified once, its hosts and its conversation looked up once.
import { Packet } from "../../../ip/onboard/packet";
import { beginArea, spareArea, useArea } from "./area";
import { conversation, conversationEvictions, openConversations } from "./conversations";
import { endpoints, identify } from "./endpoints";
import { readDhcp } from "./dhcp";
import { borne, host, hostEvictions, openHosts } from "./hosts";
import { followLeases, leaseEvictions, openLeases } from "./leases";
import { openKnown } from "./known";
import { forgetQuestion } from "./name";

const SECOND: u64 = 1000000000;

/** No traffic, no baseline. The detectors' reset() comes behind it. */
export function beginEndpoints(learns: bool): void {
  beginArea(learns);
  openKnown(learns);
  openHosts();
  openConversations();
  openLeases();
}

/** A section of the baseline is about to be configured. */
export function useKnown(): void {
  useArea();
}

/** Fills in endpoints() for a decoded packet, its frame at `frame`, its Flow or 0; false when it has no addresses. */
@inline export function observe(k: Packet, frame: usize, flow: usize): bool {
  forgetQuestion();
  if (!identify(k, flow)) return false;
  const e = endpoints();
  e.frame = frame;
  e.flow = flow;
  e.second = <u32>(k.time / SECOND);
  e.target = changetype<usize>(host(e.dst, e.dstCheck, e.version, e.dstHi, e.dstLo));
  const source = host(e.src, e.srcCheck, e.version, e.srcHi, e.srcLo);
  source.sends = 1;
  if (e.version != 0 && k.ips == 1) borne(source, k.macSrc);
  e.source = changetype<usize>(source);
  e.conversation = e.key != 0 ? changetype<usize>(conversation(e)) : 0;
  readDhcp(k, frame);
  followLeases(k);
  return true;
}

/** Records forgotten because a table was full. */
export function endpointEvictions(): u64 {
  return hostEvictions() + conversationEvictions() + leaseEvictions();
}

/** Tables that this policy leaves untouched. */
export function spareEndpoints(): void {
  spareArea();
}
