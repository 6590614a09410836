/** The conversation that an alert of new-pair is about, as it is learned. */
import type { Alert } from "../../appliance/contract/generated/events.ts";
import type { Entry } from "../learned.ts";

/** As onboard/endpoints.ts: ports from here on are one service. */
const DYNAMIC = 49152;
const PROTOCOL: Record<string, number> = { tcp: 6, udp: 17, sctp: 132 };
/** An echo's request goes to whom it asks. */
const REQUESTS = [8, 128];

export function talksOf({ src_ip, dest_ip, src_port, dest_port, icmp_type, ether, alert }: Alert): Entry[] {
  const [source, target] = src_ip === undefined ? [ether?.src_mac, ether?.dest_mac] : [src_ip, dest_ip];
  if (alert.context.detector !== "new-pair" || source === undefined || target === undefined) return [];
  const talk = (client: string, server: string, proto: number, service: number, either = false): Entry => ({
    ...{ detector: "new-pair", client, server, proto, service, ...(either && { either }), packets: 1 },
  });
  const { seen } = alert.context;
  const [, port, transport] = /^(\d+|dynamic port)\/(tcp|udp|sctp) /.exec(seen) ?? [];
  if (transport !== undefined) {
    const proto = PROTOCOL[transport]!;
    const service = port === "dynamic port" ? DYNAMIC : Number(port);
    const serves = (own: number | undefined) => own !== undefined && Math.min(own, DYNAMIC) === service;
    if (serves(src_port) && serves(dest_port))
      return [talk(source, target, proto, service), talk(source, target, proto, service, true)];
    return [serves(dest_port) ? talk(source, target, proto, service) : talk(target, source, proto, service)];
  }
  const [, kind, number] = /^(icmp type|icmpv6 type|IP protocol|EtherType) (\d+) /.exec(seen) ?? [];
  const n = Number(number);
  if (kind === "EtherType") return [talk(source, target, 0, n, true)];
  if (kind === "IP protocol") return [talk(source, target, n, 0, true)];
  if (kind === undefined) return [];
  const proto = kind === "icmp type" ? 1 : 58;
  if (!REQUESTS.includes(n)) return [talk(source, target, proto, n), talk(source, target, proto, n, true)];
  return [icmp_type === n ? talk(source, target, proto, n) : talk(target, source, proto, n)];
}
