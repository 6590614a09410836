// Link types of captures and their names (tcpdump.org/linktypes.html, without the LINKTYPE_ in front).
import { LINK_TYPES } from "../ip/declarations.ts";

/** Of those that are not decoded. */
const OTHERS: Record<number, string> = {
  3: "AX25",
  6: "IEEE802_5",
  7: "ARCNET_BSD",
  8: "SLIP",
  10: "FDDI",
  100: "ATM_RFC1483",
  104: "C_HDLC",
  105: "IEEE802_11",
  107: "FRELAY",
  114: "LTALK",
  117: "PFLOG",
  119: "IEEE802_11_PRISM",
  122: "IP_OVER_FC",
  123: "SUNATM",
  127: "IEEE802_11_RADIOTAP",
  129: "ARCNET_LINUX",
  138: "APPLE_IP_OVER_IEEE1394",
  140: "MTP2",
  141: "MTP3",
  143: "DOCSIS",
  144: "LINUX_IRDA",
  147: "USER0",
  163: "IEEE802_11_AVS",
  165: "BACNET_MS_TP",
  166: "PPP_PPPD",
  187: "BLUETOOTH_HCI_H4",
  189: "USB_LINUX",
  192: "PPI",
  195: "IEEE802_15_4_WITHFCS",
  197: "ERF",
  201: "BLUETOOTH_HCI_H4_WITH_PHDR",
  204: "PPP_WITH_DIR",
  215: "IEEE802_15_4_NONASK_PHY",
  220: "USB_LINUX_MMAPPED",
  225: "IPOIB",
  227: "CAN_SOCKETCAN",
  230: "IEEE802_15_4_NOFCS",
  231: "DBUS",
  239: "NFLOG",
  240: "NETANALYZER",
  242: "IPOIB",
  247: "INFINIBAND",
  249: "USBPCAP",
  252: "WIRESHARK_UPPER_PDU",
  253: "NETLINK",
  265: "PKTAP",
  272: "NORDIC_BLE",
  274: "ETHERNET_MPACKET",
};

const NAMES: Record<number, string> = {
  ...OTHERS,
  ...Object.fromEntries(LINK_TYPES.map(({ number, name }) => [number, name])),
};

/** What some systems write in place of a number: DLT_RAW (12; OpenBSD 14). */
const MEANT = new Map(LINK_TYPES.flatMap(({ number, also = [] }) => also.map((other) => [other, number])));

/** The name of a link type: `ETHERNET`, or `LINKTYPE_300` where this list has none. */
export const linkName = (link: number): string => NAMES[link] ?? `LINKTYPE_${link}`;

/**
 * The LINKTYPE_ of a pcap header's network field: without the bits for the length of a frame check sequence, and as it is
 * assigned. What does not fit 16 bits is 65535: assigned to none.
 */
export function linkOfHeader(network: number): number {
  const link = network & 0x03ffffff;
  return MEANT.get(link) ?? Math.min(link, 65535);
}
