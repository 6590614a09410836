/** A link type that the project does not have: captures of it are decoded, filtered and replayed, by the booted image too. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { MAGIC, type PcapPacket, pcapFile } from "../../captures/testing/files.ts";
import { DECLARATIONS } from "../../ip/declarations.ts";
import { anomaliesOf } from "../../ip/protocols.generate.ts";
import type { House } from "./house.ts";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "chdlc");
const C_HDLC = 104;
const IPV4 = 0x0800;

/** The IPv4 frames of fixtures/site.pcap. */
function frames(): PcapPacket[] {
  const file = readFileSync("fixtures/site.pcap");
  const all: PcapPacket[] = [];
  for (let at = 24; at < file.length; ) {
    const bytes = file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8));
    const [seconds, fraction] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)];
    if (bytes.readUInt16BE(12) === IPV4) all.push({ seconds, fraction, bytes });
    at += 16 + bytes.length;
  }
  return all;
}

/** The same behind a header of Cisco HDLC. */
const behindHdlc = ({ bytes, ...rest }: PcapPacket): PcapPacket => ({
  ...rest,
  bytes: Buffer.concat([Buffer.from("0f000800", "hex"), bytes.subarray(14)]),
});

const lines = (text: string) => text.trim().split("\n").filter(Boolean);
const jsonOf = (text: string) => lines(text).map((line) => JSON.parse(line));

export function addLinkType(house: House): void {
  const declaration = readFileSync(join(SOURCES, "protocol.ts.txt"), "utf8");
  const next = String(anomaliesOf(DECLARATIONS).length + 1);
  cpSync(join(SOURCES, "onboard/chdlc.ts.txt"), join(house.folder, "ip/chdlc/onboard/chdlc.ts"));
  writeFileSync(join(house.folder, "ip/chdlc/protocol.ts"), declaration.replace("NEXT", next));
  const line = 'export { default as bridging } from "./protocols/bridging.ts";';
  house.addLine("ip/registry.ts", line, 'export { default as chdlc } from "./chdlc/protocol.ts";');
  const site = frames();
  const cut = { ...site.at(-1)!, bytes: Buffer.from("0f00", "hex") };
  const write = (name: string, packets: PcapPacket[], link: number) =>
    writeFileSync(join(house.folder, name), pcapFile(packets, { magic: MAGIC.nanoseconds, link }));
  write("ethernet.pcap", site, 1);
  write("hdlc.pcap", [...site.map(behindHdlc), cut], C_HDLC);
}

export function linkTypeWorks(house: House): void {
  it("is decoded as Ethernet's packets are, and what is malformed has its name", () => {
    const packets = (name: string) =>
      jsonOf(house.weir("decode", "-r", name)).map(({ protocols, src, dst, sport, dport, payload, anomalies }) => ({
        ...{ protocols: protocols.replace(/^(eth|chdlc):/, ""), src, dst, sport, dport },
        ...{ payload, anomalies: anomalies?.map((text: string) => text.replace(/ at \d+\)$/, ")")) },
      }));
    const [hdlc, ethernet] = [packets("hdlc.pcap"), packets("ethernet.pcap")];
    expect(hdlc.pop()).toMatchObject({ protocols: "chdlc", anomalies: ["decoder.chdlc.pkt_too_small (chdlc)"] });
    expect(hdlc.length).toBeGreaterThan(1000);
    expect(hdlc).toEqual(ethernet);
  });

  it("is filtered", () => {
    const numbers = (name: string) =>
      jsonOf(house.weir("decode", "-r", name, "--filter", "udp port 53")).map(({ number }) => number);
    expect(numbers("hdlc.pcap").length).toBeGreaterThan(10);
    expect(numbers("hdlc.pcap")).toEqual(numbers("ethernet.pcap"));
  });

  const replayed = (folder: string, ...args: string[]) => {
    house.weir("replay", "-c", "fixtures/watch.yaml", "-l", folder, ...args);
    return jsonOf(house.read(`${folder}/eve.json`));
  };
  const ofType = (events: { event_type: string }[], type: string) =>
    events.filter(({ event_type }) => event_type === type);

  it("is replayed: the same flows as from Ethernet, also of what a filter leaves", () => {
    for (const filter of [[], ["udp", "port", "53"]]) {
      const hdlc = ofType(replayed("hdlc", "-r", "hdlc.pcap", ...filter), "flow");
      const ethernet = ofType(replayed("ethernet", "-r", "ethernet.pcap", ...filter), "flow");
      const ends = (flows: unknown[]) =>
        flows.map((flow) => {
          const { src_ip, dest_ip, src_port, dest_port, proto } = flow as Record<string, unknown>;
          return [src_ip, src_port, dest_ip, dest_port, proto].join(" ");
        });
      expect(hdlc.length).toBeGreaterThan(10);
      expect(ends(hdlc).sort()).toEqual(ends(ethernet).sort());
    }
  });

  it("is in the booted image, which writes the same events", () => {
    const here = replayed("here", "-r", "hdlc.pcap");
    replayed("image", "--image", "-r", "hdlc.pcap");
    expect(house.read("image/eve.json")).toBe(house.read("here/eve.json"));
    expect(ofType(here, "anomaly").at(-1)).toMatchObject({ anomaly: { event: "decoder.chdlc.pkt_too_small" } });
  });
}
