/** Who took part in an attack: addresses of its packets. */
import { ip, ipv4, mac } from "../../ip/decode/addresses.ts";
import type { PacketView } from "../../ip/decode/decoder.ts";
import { eachPacket } from "./decoded.ts";
import type { Parties } from "./evaluation.ts";
import type { Truth } from "./truth.ts";

/** 255.255.255.255 and groups: what is about all is about nobody. */
const GROUP = /^(2(2[4-9]|[34]\d|5[0-5])\.|ff[0-9a-f]{2}:|[0-9a-f][13579bdf]:([0-9a-f]{2}:){4}[0-9a-f]{2}$)/;

/** Of IP its addresses, of each header; of other frames those of Ethernet and of ARP. */
function addressesOf(packet: PacketView): string[] {
  const { outer, inner } = packet;
  const headers = [outer, inner].filter((header) => header !== undefined);
  if (headers.length)
    return headers.flatMap(({ version, srcHi, srcLo, dstHi, dstLo }) => [
      ip(version, srcHi, srcLo),
      ip(version, dstHi, dstLo),
    ]);
  const [sender, target] = [packet.u32("arpSenderIp"), packet.u32("arpTargetIp")];
  return [
    mac(packet.u64("macSrc")),
    mac(packet.u64("macDst")),
    ...(sender || target ? [ipv4(sender), ipv4(target)] : []),
  ];
}

/** @returns of each attack of packets; of 1553 messages empty sets */
export async function partiesOf(read: readonly string[], { unit, attacks }: Truth): Promise<Parties[]> {
  const parties = attacks.map(() => new Set<string>());
  if (unit !== "packets") return parties;
  const attacksOf = new Map<number, number[]>();
  for (const [i, { records }] of attacks.entries())
    for (const number of records) attacksOf.set(number, [...(attacksOf.get(number) ?? []), i]);
  await eachPacket(read, false, (packet, number) => {
    for (const i of attacksOf.get(number) ?? [])
      for (const address of addressesOf(packet)) if (!GROUP.test(address)) parties[i]!.add(address);
  });
  return parties;
}
