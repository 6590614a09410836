// EVE JSON of decoded packets and flows, as Suricata's etc/schema.json allows it: that refuses keys it does not know.
//
// Nothing here copies bytes of a packet into the text: only numbers, addresses, and names from tables.
import { Text, byte, ipv4, ipv6, lit, mac, padded, hex8, timestamp, unsigned } from "../../lib/onboard/text";
import { writeAnomaly } from "./generated/anomaly";
import { Flow, FlowReason, FlowState, HEARSAY, Mark, flowId } from "./flow";
import { Packet, VLANS, anomalyId, anomalyLayer, innermost, vlan, Is } from "./packet";
import { writeProtocol } from "./generated/protocol";
import { ACK, FIN, PSH, RST, SYN, URG } from "./tcp";
import { TcpState } from "./tcp-state";

export function writeAddress(t: Text, version: u32, hi: u64, lo: u64): void {
  if (version == 4) ipv4(t, <u32>lo);
  else ipv6(t, hi, lo);
}

/**
 * Opens an event of a packet: `{"timestamp":...` up to and with `"ip_v":4`, without the closing brace. `type` is the
 * event_type; `flow` its Flow or 0.
 */
export function openEvent(t: Text, k: Packet, type: string, flow: usize): void {
  lit(t, '{"timestamp":"');
  timestamp(t, k.time);
  if (flow != 0) {
    lit(t, '","flow_id":');
    unsigned(t, flowId(changetype<Flow>(flow)));
    lit(t, ',"pcap_cnt":');
  } else lit(t, '","pcap_cnt":');
  unsigned(t, k.number);
  lit(t, ',"event_type":"');
  lit(t, type);
  byte(t, 34);
  if (k.vlans != 0) {
    lit(t, ',"vlan":[');
    for (let i: u32 = 0; i < min<u32>(<u32>k.vlans, VLANS); ++i) {
      if (i) byte(t, 44);
      unsigned(t, vlan(k, i));
    }
    byte(t, 93);
  }
  if (k.ips != 0) {
    const ip = innermost(k);
    const ported = (k.flags & Is.PORTS) != 0;
    lit(t, ',"src_ip":"');
    writeAddress(t, ip.version, ip.srcHi, ip.srcLo);
    byte(t, 34);
    if (ported) {
      lit(t, ',"src_port":');
      unsigned(t, k.sourcePort);
    }
    lit(t, ',"dest_ip":"');
    writeAddress(t, ip.version, ip.dstHi, ip.dstLo);
    byte(t, 34);
    if (ported) {
      lit(t, ',"dest_port":');
      unsigned(t, k.destPort);
    }
    lit(t, ',"proto":"');
    writeTransport(t, <u32>k.protocol);
    byte(t, 34);
    if (!ported && (k.protocol == 1 || k.protocol == 58)) icmp(t, <u32>k.icmpType, <u32>k.icmpCode);
    lit(t, ',"ip_v":');
    unsigned(t, ip.version);
  } else if (k.arpOp != 0) {
    lit(t, ',"src_ip":"');
    ipv4(t, k.arpSenderIp);
    lit(t, '","dest_ip":"');
    ipv4(t, k.arpTargetIp);
    byte(t, 34);
  }
  if (k.macSrc | k.macDst) {
    lit(t, ',"ether":{"src_mac":"');
    mac(t, k.macSrc);
    lit(t, '","dest_mac":"');
    mac(t, k.macDst);
    byte(t, 34);
    if (k.etherType != 0) {
      lit(t, ',"ether_type":');
      unsigned(t, k.etherType);
    }
    byte(t, 125);
  }
}

function icmp(t: Text, type: u32, code: u32): void {
  lit(t, ',"icmp_type":');
  unsigned(t, type);
  lit(t, ',"icmp_code":');
  unsigned(t, code);
}

/** One EVE `anomaly` record: the i-th anomaly of the packet. */
export function writeAnomalyEvent(t: Text, k: Packet, i: u32, flow: usize): void {
  openEvent(t, k, "anomaly", flow);
  lit(t, ',"anomaly":{"type":"decode","event":"');
  writeAnomaly(t, anomalyId(k, i));
  lit(t, '","layer":"');
  writeProtocol(t, anomalyLayer(k, i));
  lit(t, '"}}');
}

/** One EVE `flow` record. `now` is the time of the record at which the flow was found to be over. */
export function writeFlowEvent(t: Text, f: Flow, now: u64): void {
  const ported = f.protocol == 6 || f.protocol == 17 || f.protocol == 132 || f.protocol == 33 || f.protocol == 136;
  lit(t, '{"timestamp":"');
  timestamp(t, now);
  lit(t, '","flow_id":');
  unsigned(t, flowId(f));
  lit(t, ',"event_type":"flow"');
  const vlans = f.vlans & ~HEARSAY;
  if (vlans != 0) {
    lit(t, ',"vlan":[');
    unsigned(t, vlans & 0xffff);
    if (vlans >> 16) {
      byte(t, 44);
      unsigned(t, vlans >> 16);
    }
    byte(t, 93);
  }
  lit(t, ',"src_ip":"');
  writeAddress(t, f.version, f.srcHi, f.srcLo);
  byte(t, 34);
  if (ported) {
    lit(t, ',"src_port":');
    unsigned(t, f.srcPort);
  }
  lit(t, ',"dest_ip":"');
  writeAddress(t, f.version, f.dstHi, f.dstLo);
  byte(t, 34);
  if (ported) {
    lit(t, ',"dest_port":');
    unsigned(t, f.destPort);
  }
  lit(t, ',"proto":"');
  writeTransport(t, <u32>f.protocol);
  byte(t, 34);
  if (f.protocol == 1 || f.protocol == 58) icmp(t, <u32>f.icmpType, <u32>f.icmpCode);
  lit(t, ',"ip_v":');
  unsigned(t, f.version);
  lit(t, ',"flow":{"pkts_toserver":');
  unsigned(t, f.packetsToServer);
  lit(t, ',"pkts_toclient":');
  unsigned(t, f.packetsToClient);
  lit(t, ',"bytes_toserver":');
  unsigned(t, f.bytesToServer);
  lit(t, ',"bytes_toclient":');
  unsigned(t, f.bytesToClient);
  lit(t, ',"start":"');
  timestamp(t, min<u64>(f.start, f.last));
  lit(t, '","end":"');
  timestamp(t, f.last);
  lit(t, '","age":');
  unsigned(t, f.last > f.start ? (f.last - f.start) / 1000000000 : 0);
  lit(t, ',"state":"');
  lit(t, f.state == FlowState.NEW ? "new" : f.state == FlowState.ESTABLISHED ? "established" : "closed");
  lit(t, '","reason":"');
  lit(
    t,
    f.reason == FlowReason.TIMEOUT
      ? "timeout"
      : f.reason == FlowReason.FORCED
        ? "forced"
        : f.reason == FlowReason.TCP_REUSE
          ? "tcp_reuse"
          : "shutdown",
  );
  lit(t, (<u32>f.marks) & Mark.ALERTED ? '","alerted":true}' : '","alerted":false}');
  if (f.protocol == 6) tcp(t, f);
  byte(t, 125);
}

function tcp(t: Text, f: Flow): void {
  const all = (<u32>f.flagsToServer) | (<u32>f.flagsToClient);
  lit(t, ',"tcp":{"tcp_flags":"');
  hex8(t, all);
  lit(t, '","tcp_flags_ts":"');
  hex8(t, f.flagsToServer);
  lit(t, '","tcp_flags_tc":"');
  hex8(t, f.flagsToClient);
  byte(t, 34);
  if (all & SYN) lit(t, ',"syn":true');
  if (all & FIN) lit(t, ',"fin":true');
  if (all & RST) lit(t, ',"rst":true');
  if (all & PSH) lit(t, ',"psh":true');
  if (all & ACK) lit(t, ',"ack":true');
  if (all & URG) lit(t, ',"urg":true');
  if (all & 0x40) lit(t, ',"ecn":true');
  if (all & 0x80) lit(t, ',"cwr":true');
  lit(t, ',"state":"');
  writeTcpState(t, <u32>f.tcpState);
  lit(t, '"}');
}

function writeTcpState(t: Text, state: u32): void {
  switch (state) {
    case TcpState.SYN_SENT:
      lit(t, "syn_sent");
      break;
    case TcpState.SYN_RECV:
      lit(t, "syn_recv");
      break;
    case TcpState.ESTABLISHED:
      lit(t, "established");
      break;
    case TcpState.FIN_WAIT1:
      lit(t, "fin_wait1");
      break;
    case TcpState.CLOSE_WAIT:
      lit(t, "close_wait");
      break;
    case TcpState.TIME_WAIT:
      lit(t, "time_wait");
      break;
    case TcpState.CLOSED:
      lit(t, "closed");
      break;
    default:
      lit(t, "none");
  }
}

/** An IP protocol as Suricata's `proto` has it: the upper-case name, else the number in three digits. */
export function writeTransport(t: Text, protocol: u32): void {
  switch (protocol) {
    case 1:
      lit(t, "ICMP");
      break;
    case 2:
      lit(t, "IGMP");
      break;
    case 6:
      lit(t, "TCP");
      break;
    case 17:
      lit(t, "UDP");
      break;
    case 33:
      lit(t, "DCCP");
      break;
    case 47:
      lit(t, "GRE");
      break;
    case 50:
      lit(t, "ESP");
      break;
    case 51:
      lit(t, "AH");
      break;
    case 58:
      lit(t, "IPv6-ICMP");
      break;
    case 89:
      lit(t, "OSPFIGP");
      break;
    case 103:
      lit(t, "PIM");
      break;
    case 112:
      lit(t, "VRRP");
      break;
    case 132:
      lit(t, "SCTP");
      break;
    case 136:
      lit(t, "UDPLite");
      break;
    default:
      padded(t, protocol, 3);
  }
}
