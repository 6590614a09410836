// Names and texts about captures that people read; and sums of what was in them.
import { expect, it } from "vitest";
import { linkName, linkOfHeader } from "./links.ts";
import { findingText } from "./mil1553/index.ts";
import { FileSummary, RunSummary } from "./summary.ts";

it("link types by number", () => {
  const named = Array.from({ length: 300 }, (_, n) => `${n} ${linkName(n)}`).filter((line) => !/LINKTYPE_/.test(line));
  expect(named.join(", ")).toMatchInlineSnapshot(
    `"0 NULL, 1 ETHERNET, 2 EXP_ETHERNET, 3 AX25, 4 PRONET, 5 CHAOS, 6 IEEE802_5, 7 ARCNET_BSD, 8 SLIP, 9 PPP, 10 FDDI, 50 PPP_HDLC, 51 PPP_ETHER, 100 ATM_RFC1483, 101 RAW, 102 SLIP_BSDOS, 103 PPP_BSDOS, 104 C_HDLC, 105 IEEE802_11, 106 ATM_CLIP, 107 FRELAY, 108 LOOP, 109 ENC, 112 HDLC, 113 LINUX_SLL, 114 LTALK, 115 ECONET, 116 IPFILTER, 117 PFLOG, 118 CISCO_IOS, 119 IEEE802_11_PRISM, 120 IEEE802_11_AIRONET, 122 IP_OVER_FC, 123 SUNATM, 124 RIO, 125 PCI_EXP, 126 AURORA, 127 IEEE802_11_RADIOTAP, 128 TZSP, 129 ARCNET_LINUX, 130 JUNIPER_MLPPP, 131 JUNIPER_MLFR, 132 JUNIPER_ES, 133 JUNIPER_GGSN, 134 JUNIPER_MFR, 135 JUNIPER_ATM2, 136 JUNIPER_SERVICES, 137 JUNIPER_ATM1, 138 APPLE_IP_OVER_IEEE1394, 139 MTP2_WITH_PHDR, 140 MTP2, 141 MTP3, 142 SCCP, 143 DOCSIS, 144 LINUX_IRDA, 145 IBM_SP, 146 IBM_SN, 147 USER0, 148 USER1, 149 USER2, 150 USER3, 151 USER4, 152 USER5, 153 USER6, 154 USER7, 155 USER8, 156 USER9, 157 USER10, 158 USER11, 159 USER12, 160 USER13, 161 USER14, 162 USER15, 163 IEEE802_11_AVS, 164 JUNIPER_MONITOR, 165 BACNET_MS_TP, 166 PPP_PPPD, 167 JUNIPER_PPPOE, 168 JUNIPER_PPPOE_ATM, 169 GPRS_LLC, 170 GPF_T, 171 GPF_F, 172 GCOM_T1E1, 173 GCOM_SERIAL, 174 JUNIPER_PIC_PEER, 175 ERF_ETH, 176 ERF_POS, 177 LINUX_LAPD, 178 JUNIPER_ETHER, 179 JUNIPER_PPP, 180 JUNIPER_FRELAY, 181 JUNIPER_CHDLC, 182 MFR, 183 JUNIPER_VP, 184 A429, 185 A653_ICM, 186 USB_FREEBSD, 187 BLUETOOTH_HCI_H4, 188 IEEE802_16_MAC_CPS, 189 USB_LINUX, 190 CAN20B, 191 IEEE802_15_4_LINUX, 192 PPI, 193 IEEE802_16_MAC_CPS_RADIO, 194 JUNIPER_ISM, 195 IEEE802_15_4_WITHFCS, 196 SITA, 197 ERF, 198 RAIF1, 199 IPMB_KONTRON, 200 JUNIPER_ST, 201 BLUETOOTH_HCI_H4_WITH_PHDR, 202 AX25_KISS, 203 LAPD, 204 PPP_WITH_DIR, 205 C_HDLC_WITH_DIR, 206 FRELAY_WITH_DIR, 207 LAPB_WITH_DIR, 209 IPMB_LINUX, 210 FLEXRAY, 211 MOST, 212 LIN, 213 X2E_SERIAL, 214 X2E_XORAYA, 215 IEEE802_15_4_NONASK_PHY, 216 LINUX_EVDEV, 217 GSMTAP_UM, 218 GSMTAP_ABIS, 219 MPLS, 220 USB_LINUX_MMAPPED, 221 DECT, 222 AOS, 223 WIHART, 224 FC_2, 225 FC_2_WITH_FRAME_DELIMS, 226 IPNET, 227 CAN_SOCKETCAN, 228 IPV4, 229 IPV6, 230 IEEE802_15_4_NOFCS, 231 DBUS, 232 JUNIPER_VS, 233 JUNIPER_SRX_E2E, 234 JUNIPER_FIBRECHANNEL, 235 DVB_CI, 236 MUX27010, 237 STANAG_5066_D_PDU, 238 JUNIPER_ATM_CEMIC, 239 NFLOG, 240 NETANALYZER, 241 NETANALYZER_TRANSPARENT, 242 IPOIB, 243 MPEG_2_TS, 244 NG40, 245 NFC_LLCP, 246 PFSYNC, 247 INFINIBAND, 248 SCTP, 249 USBPCAP, 250 RTAC_SERIAL, 251 BLUETOOTH_LE_LL, 252 WIRESHARK_UPPER_PDU, 253 NETLINK, 254 BLUETOOTH_LINUX_MONITOR, 255 BLUETOOTH_BREDR_BB, 256 BLUETOOTH_LE_LL_WITH_PHDR, 257 PROFIBUS_DL, 258 PKTAP, 259 EPON, 260 IPMI_HPM_2, 261 ZWAVE_R1_R2, 262 ZWAVE_R3, 263 WATTSTOPPER_DLM, 264 ISO_14443, 265 RDS, 266 USB_DARWIN, 267 OPENFLOW, 268 SDLC, 269 TI_LLN_SNIFFER, 270 LORATAP, 271 VSOCK, 272 NORDIC_BLE, 273 DOCSIS31_XRA31, 274 ETHERNET_MPACKET, 275 DISPLAYPORT_AUX, 276 LINUX_SLL2, 277 SERCOS_MONITOR, 278 OPENVIZSLA, 279 EBHSCR, 280 VPP_DISPATCH, 281 DSA_TAG_BRCM, 282 DSA_TAG_BRCM_PREPEND, 283 IEEE802_15_4_TAP, 284 DSA_TAG_DSA, 285 DSA_TAG_EDSA, 286 ELEE, 287 Z_WAVE_SERIAL, 288 USB_2_0, 289 ATSC_ALP, 290 ETW"`,
  );
  expect(linkName(299)).toBe("LINKTYPE_299");
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
