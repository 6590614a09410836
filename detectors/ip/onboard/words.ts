// Parts of sentences and of baseline entries that several IP detectors write.
import { Text, byte, decimal, ipv4, ipv6, lit, mac, unsigned } from "../../../lib/onboard/text";

/** Address of a host; version 0 is a MAC address. */
export function writeHost(t: Text, version: u32, hi: u64, lo: u64): void {
  if (version == 4) ipv4(t, <u32>lo);
  else if (version == 6) ipv6(t, hi, lo);
  else mac(t, lo);
}

/** `502/tcp`, `icmp type 8`, `EtherType 0x88b8`. */
export function writeService(t: Text, version: u32, protocol: u32, service: u32): void {
  if (version == 0) {
    lit(t, "EtherType ");
    unsigned(t, service);
    return;
  }
  if (protocol == 1) {
    lit(t, "icmp type ");
    unsigned(t, service);
    return;
  }
  if (protocol == 58) {
    lit(t, "icmpv6 type ");
    unsigned(t, service);
    return;
  }
  if (protocol != 6 && protocol != 17 && protocol != 132) {
    lit(t, "IP protocol ");
    unsigned(t, protocol);
    return;
  }
  if (service >= 49152) lit(t, "dynamic port");
  else unsigned(t, service);
  lit(t, protocol == 6 ? "/tcp" : protocol == 17 ? "/udp" : "/sctp");
}

/** `"host":"10.0.0.1"` with any name. */
export function hostMember(t: Text, name: string, version: u32, hi: u64, lo: u64): void {
  byte(t, 34);
  lit(t, name);
  lit(t, '":"');
  writeHost(t, version, hi, lo);
  byte(t, 34);
}

/** `,"name":1.5` */
export function member(t: Text, name: string, value: f64, decimals: u32): void {
  lit(t, ',"');
  lit(t, name);
  lit(t, '":');
  decimal(t, value, decimals);
}

export function seconds(t: Text, value: f64): void {
  decimal(t, value, value < 10 ? 2 : 0);
  lit(t, " s");
}
