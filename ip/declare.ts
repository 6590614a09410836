/**
 * What a protocol or a link type declares of itself: its numbers, its names, its anomalies, where its decoder is. A file below
 * protocols/ each, or a folder of its own with the decoder in its onboard/; and a line in registry.ts. From these follow the
 * decoder's dispatch and texts (protocols.generate.ts), the names of link types and what filters know of them (captures/).
 */

/** How a filter finds the network layer of a frame, and tells what it is (pcap-filter(7)). */
export type Network =
  /** An EtherType in the header; with `isTagged` both are further on by 4 for each VLAN tag. */
  | { at: number; by: "ethertype"; typeAt: number; isTagged?: boolean }
  /** An address family in 4 bytes at the front, in the byte order of whoever captured. */
  | { at: number; by: "family" }
  /** The version of the IP header. */
  | { at: number; by: "version" }
  /** All are of this EtherType. */
  | { at: number; by: "link"; type: number };

/** A link type of captures (tcpdump.org/linktypes.html). */
export interface LinkType {
  number: number;
  /** Without the LINKTYPE_ in front. */
  name: string;
  /** Numbers that some systems wrote in its place. */
  also?: readonly number[];
  /** Without it no filter matches these frames. */
  network?: Network;
}

export interface Protocol {
  /** What onboard code calls it: Protocol.ID. */
  id: string;
  /** In the stack of a packet, as tshark's frame.protocols has it. */
  name: string;
  /** What reads its header: a file of onboard code below ip/, and the function that it exports. Without: it is named only. */
  decoder?: { file: string; function: string };
  /** It has no header of its own: this follows at once. */
  is?: string;
  links?: readonly LinkType[];
  etherTypes?: readonly number[];
  /** Behind any IP header (IANA protocol-numbers). */
  ipProtocols?: readonly number[];
  /** Behind IPv6 only. */
  extensions?: readonly number[];
  /** The most frequent ones, the first of them 1: their numbers are looked for first. */
  often?: number;
}

export interface Anomaly {
  /** Behind `decoder.`: layer.what */
  name: string;
  /** Suricata's EVE (etc/schema.json, stats.decoder.event) has no such name. */
  isOurs: boolean;
  why: string;
}

export interface Declaration {
  protocols: readonly Protocol[];
  /** By what onboard code calls them; the first has this number, and no number is used twice or left out. */
  anomalies: { first: number; names: Readonly<Record<string, Anomaly>> } | undefined;
}

/** A name that Suricata does not have. */
export const ours = (name: string, why = ""): Anomaly => ({ name, isOurs: true, why });

/** @param what protocols, and anomalies by name: a text is one of Suricata's */
export function declared(what: {
  protocols: readonly Protocol[];
  anomalies?: { first: number; names: Readonly<Record<string, string | Anomaly>> };
}): Declaration {
  const { protocols, anomalies } = what;
  const full = (name: string | Anomaly) => (typeof name === "string" ? { name, isOurs: false, why: "" } : name);
  if (!anomalies) return { protocols, anomalies };
  const names = Object.entries(anomalies.names).map(([id, name]) => [id, full(name)]);
  return { protocols, anomalies: { first: anomalies.first, names: Object.fromEntries(names) } };
}
