// Chapter 10 in datagrams that IP cut into fragments.
import { fragmentsKey, isLastFragment } from "../../../../ip/onboard/datagram";
import { Packet, innermost } from "../../../../ip/onboard/packet";
import { feedFragment } from "../../../../mil1553/onboard/udp/fragments";

/** Takes the fragment whose frame is at p: the UDP header of the whole datagram once all have come, else 0. */
export function datagramOf(k: Packet, p: usize): usize {
  const ip = innermost(k);
  return feedFragment(
    fragmentsKey(k),
    <u32>ip.fragmentOffset,
    p + ip.payloadOffset,
    ip.payloadLength,
    isLastFragment(ip),
    k.time,
  );
}
