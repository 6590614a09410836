// Names and texts about captures that people read; and sums of what was in them.
import { expect, it } from "vitest";
import { linkName, linkOfHeader } from "./links.ts";
import { findingText } from "./mil1553/index.ts";
import { FileSummary, RunSummary } from "./summary.ts";

it("link types by number", () => {
  const named = Array.from({ length: 300 }, (_, n) => `${n} ${linkName(n)}`).filter((line) => !/LINKTYPE_/.test(line));
  expect(named.join(", ")).toMatchInlineSnapshot(
    `"0 NULL, 1 ETHERNET, 3 AX25, 6 IEEE802_5, 7 ARCNET_BSD, 8 SLIP, 9 PPP, 10 FDDI, 50 PPP_HDLC, 51 PPP_ETHER, 100 ATM_RFC1483, 101 RAW, 104 C_HDLC, 105 IEEE802_11, 107 FRELAY, 108 LOOP, 113 LINUX_SLL, 114 LTALK, 117 PFLOG, 119 IEEE802_11_PRISM, 122 IP_OVER_FC, 123 SUNATM, 127 IEEE802_11_RADIOTAP, 129 ARCNET_LINUX, 138 APPLE_IP_OVER_IEEE1394, 140 MTP2, 141 MTP3, 143 DOCSIS, 144 LINUX_IRDA, 147 USER0, 163 IEEE802_11_AVS, 165 BACNET_MS_TP, 166 PPP_PPPD, 187 BLUETOOTH_HCI_H4, 189 USB_LINUX, 192 PPI, 195 IEEE802_15_4_WITHFCS, 197 ERF, 201 BLUETOOTH_HCI_H4_WITH_PHDR, 204 PPP_WITH_DIR, 215 IEEE802_15_4_NONASK_PHY, 220 USB_LINUX_MMAPPED, 225 IPOIB, 227 CAN_SOCKETCAN, 228 IPV4, 229 IPV6, 230 IEEE802_15_4_NOFCS, 231 DBUS, 239 NFLOG, 240 NETANALYZER, 242 IPOIB, 247 INFINIBAND, 249 USBPCAP, 252 WIRESHARK_UPPER_PDU, 253 NETLINK, 265 PKTAP, 272 NORDIC_BLE, 274 ETHERNET_MPACKET, 276 LINUX_SLL2"`,
  );
  expect(linkName(2)).toBe("LINKTYPE_2");
});

it.each([
  [1, 1],
  [12, 101],
  [14, 101],
  [101, 101],
  [0x14000001, 1],
  [0x03ffffff, 65535],
  [65534, 65534],
  [65536, 65535],
])("the link type that a header calls %i", (network, link) => expect(linkOfHeader(network)).toBe(link));

const COUNTED = [
  ...["lost_sync", "truncated", "header_length", "packet_too_large", "sequence_gap", "message_count", "message_length"],
  ...[
    "time_jump",
    "udp_sequence_gap",
    "udp_incomplete",
    "udp_evicted",
    "udp_conflict",
    "many_anomalies",
    "format_not_read",
  ],
  "checksum",
];
it("findings about a container", () => {
  const finding = { file: "a.ch10", offset: 9884, detail: 30, damaged: true };
  const lines = COUNTED.map((name) => findingText({ ...finding, anomaly: `chapter10.${name}` }));
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "a.ch10: offset 9884: chapter10.lost_sync: 30 bytes skipped
    a.ch10: offset 9884: chapter10.truncated: 30 bytes missing
    a.ch10: offset 9884: chapter10.header_length: 30 bytes claimed
    a.ch10: offset 9884: chapter10.packet_too_large: 30 bytes, skipped
    a.ch10: offset 9884: chapter10.sequence_gap: 30 packets missing
    a.ch10: offset 9884: chapter10.message_count: 30 messages claimed
    a.ch10: offset 9884: chapter10.message_length: 30 bytes claimed
    a.ch10: offset 9884: chapter10.time_jump: 30 ns
    a.ch10: offset 9884: chapter10.udp_sequence_gap: 30 datagrams missing
    a.ch10: offset 9884: chapter10.udp_incomplete: 30 bytes of it came
    a.ch10: offset 9884: chapter10.udp_evicted: 30 bytes of it came
    a.ch10: offset 9884: chapter10.udp_conflict: 30 bytes of it had come
    a.ch10: offset 9884: chapter10.many_anomalies: 30 more were found
    a.ch10: offset 9884: chapter10.format_not_read: 30 is its data type
    a.ch10: offset 9884: chapter10.checksum"
  `);
  expect(findingText({ ...finding, anomaly: "chapter10.lost_sync", channel: 0 })).toBe(
    "a.ch10: offset 9884: chapter10.lost_sync on channel 0: 30 bytes skipped",
  );
});

it("times of a file: its first, its last, and how many come behind a later one; over the halves of 64 bits", () => {
  const file = new FileSummary("a");
  expect([file.first, file.last]).toEqual([undefined, undefined]);
  const told = ([high, low]: [number, number]) => {
    file.time(high, low);
    return [file.first, file.last, file.backwards];
  };
  const at = (high: bigint, low: bigint) => (high << 32n) | low;
  const times: [number, number][] = [
    [2, 5],
    [2, 5],
    [2, 4],
    [3, 0],
    [2, 9],
    [1, 9],
    [2, 4],
    [1, 8],
    [3, 1],
  ];
  expect(times.map(told)).toEqual([
    [at(2n, 5n), at(2n, 5n), 0],
    [at(2n, 5n), at(2n, 5n), 0],
    [at(2n, 4n), at(2n, 5n), 1],
    [at(2n, 4n), at(3n, 0n), 1],
    [at(2n, 4n), at(3n, 0n), 2],
    [at(1n, 9n), at(3n, 0n), 3],
    [at(1n, 9n), at(3n, 0n), 4],
    [at(1n, 8n), at(3n, 0n), 5],
    [at(1n, 8n), at(3n, 1n), 5],
  ]);
  file.timeMany(at(1n, 7n), at(4n, 0xffff_fff0n), 3);
  expect([file.first, file.last, file.backwards]).toEqual([at(1n, 7n), at(4n, 0xffff_fff0n), 8]);
});

it("a run is the sum of its files", () => {
  const [one, two, none] = [new FileSummary("one"), new FileSummary("two"), new FileSummary("none")];
  one.count(60, 60);
  one.count(60, 100);
  one.countMany(3, 300, 400, 2);
  two.countMany(1, 10, 10, 0);
  one.link(1, 5);
  two.link(1, 1);
  two.link(101, 0);
  one.time(0, 50);
  one.time(0, 90);
  two.time(0, 70);
  two.time(0, 40);
  for (const file of [one, two])
    Object.assign(file, { chapter10: 1, cut: 2, oddTimes: 3, untimed: 4, oddLengths: 5, unread: 6 });
  for (let n = 0; n < 101; n++) one.damaged(n, "what", "expected");
  const run = new RunSummary();
  for (const file of [one, two, none]) run.add(file);
  const { files, damage, ...sums } = run;
  expect([files, damage.length, damage[99]]).toEqual([
    [one, two, none],
    100,
    { file: "one", offset: 99, what: "what", expected: "expected" },
  ]);
  expect(sums).toEqual({
    ...{ skipped: [], packets: 6, bytes: 430, wireBytes: 570, snapped: 3, chapter10: 2, cut: 4, backwards: 1 },
    ...{ oddTimes: 6, untimed: 8, oddLengths: 10, unread: 12, damages: 101, first: 40n, last: 90n },
    links: new Map([[1, 6]]),
  });
});
