// What an adversary on `in` tries against each detector, what comes of it, and what stays possible: one row for each detector and each
// of evasion, framing, eviction and exhaustion. docs/ADVERSARY.md is written from this (npx vitest run test/adversary -u).
import type { Frame } from "../framing/scene.ts";
import * as attacks from "./attacks.ts";
import * as crowds from "./crowds.ts";
import * as hop from "./hop.ts";

export const KINDS = ["evasion", "framing", "eviction", "exhaustion"] as const;
export type Kind = (typeof KINDS)[number];

export interface Row {
  /** Its folder: detectors/registry.ts. */
  detector: string;
  kind: Kind;
  tried: string;
  /** What comes of it. */
  comes: string;
  remains: string;
  /** The frames of it; `alert` must be among the alerts, or with a `!` in front must not. */
  scene?: { frames: () => readonly Frame[]; alert: string; policy?: string };
  /** Where else it is tested: a file that speaks of the detector. */
  test?: string;
}

const FRAMING = "test/framing/framing.test.ts";
const CONTENT = "detectors/content/content.test.ts";
const LEARNED = "test/adversary/learned.test.ts";
const KEYED =
  "records lie where a key of the start says, so nobody aims; of eight neighbours the four found most often stay, of the others whoever was found longest ago goes";
const GUESSING =
  "half as many new records as the table has places make it forget what is new; what is found often goes when four neighbours are found more often";

/** Each table that what comes on `in` fills: how many places, what goes when it is full, what an attacker gets by filling it. */
const TABLES: readonly (readonly [table: string, where: string, rule: string, remains: string])[] = [
  [
    "hosts, conversations, bindings of ARP and neighbour discovery, stations of ARP, leases, senders of DHCP, domains, pairs that ping, channels, alerts that go on, suppression",
    "`detectors/onboard/table.ts`",
    "of eight neighbours the four found most often stay, if more than once; of the others the one found longest ago goes; of those that stay the one found longest ago counts one less",
    "GUESSING. Whose record goes is new again: announced again, counted from the start, and an address is contested no more until both bear it again",
  ],
  [
    "flows",
    "`ip/onboard/flow.ts`",
    "of a bucket of eight the one with fewest packets, by their number of binary digits, closed ones first; of equal ones the oldest",
    "new flows with as many packets each as the one aimed at, eight times as many as there are buckets, within its timeout. It is reported as forced, and begins anew",
  ],
  [
    "sources that may scan",
    "`detectors/scan/onboard/scan.ts`",
    "of eight neighbours the one whose walk has led least far, of equal ones the one seen longest ago",
    "as many sources that fail as often",
  ],
  [
    "what was contacted, what was judged (new hosts and services), recorded blocks, open questions of ARP, neighbour discovery and DHCP",
    "`scan.ts`, `detectors/newcomer`, `detectors/mil1553`, `detectors/arp`, `detectors/ip/onboard/leases.ts`",
    "the oldest of two, or of one place",
    "it is counted, or announced, again; a replayed block is new",
  ],
  [
    "fragments",
    "`ip/onboard/fragments.ts`",
    "what has timed out; otherwise the oldest first part of eight, and the anomaly frag_ignored says so",
    "overlaps of a packet whose parts have 512 others between them. guard lets no fragment out",
  ],
  [
    "routers, DHCP servers",
    "`detectors/firsthop/onboard/advertisements.ts`, `detectors/ip/onboard/leases.ts`",
    "one that is new gives way to a newer one; those that were there stay",
    "who fills it from the beginning makes each other one new",
  ],
  [
    "routers that gave way to another",
    "`detectors/arp/onboard/routers.ts`",
    "the one whose newcomer was heard longest ago",
    "it is said again",
  ],
  [
    "state of rates, floods, beacons",
    "by the place of the host or conversation",
    "goes with it",
    "a flooded or regular one is found often, and stays; what the baseline knows is never displaced",
  ],
  [
    "quarantine",
    "`diode/onboard/quarantine.ts`",
    "entries stay until their time is over; what finds no place is shut out by a mark. New ones a minute are limited, apart for sources that no rule lets out",
    "who can forge addresses that rules let out uses up the limit, and is not entered while he does: what he is found by is dropped, other frames of his pass; so they would under the next address",
  ],
  [
    "recorders and their channels in guard",
    "`diode/onboard/messages/pace.ts`, `places.ts`",
    "a place is free 10 s after it was last used",
    "where a rule names a network of recorders, who forges 64 of them keeps others out that fall silent for 10 s",
  ],
  [
    "recorders in inspect, 1553 identities, the inventory, baselines",
    "`mil1553/onboard/recorders.ts`, `detectors/*/onboard`",
    "those that the policy names, or that were learned; never displaced",
    "none known",
  ],
];

const row = (
  detector: string,
  kind: Kind,
  tried: string,
  comes: string,
  remains: string,
  how: Partial<Row> = {},
): Row => ({
  ...{ detector, kind, tried, comes, remains },
  ...how,
});

export const ROWS: readonly Row[] = [
  row(
    "scan",
    "evasion",
    "an ACK behind each SYN",
    "found: only the target's SYN-ACK, which acknowledges this SYN, is success",
    "who forges the SYN-ACK in the target's name looks successful, once for each host",
    { scene: { frames: attacks.acknowledged, alert: "scan" } },
  ),
  row("scan", "evasion", "each SYN sent several times", "found: a contact counts once", "none known", {
    scene: { frames: attacks.repeated, alert: "scan" },
  }),
  row(
    "scan",
    "evasion",
    "no SYN: no flag at all, FIN, FIN with PSH and URG",
    "found: what no connection begins with is an attempt",
    "an ACK or a SYN-ACK that nothing precedes, as of a connection picked up midstream; UDP to hosts that send no errors; echo requests",
    { scene: { frames: attacks.unbegun, alert: "scan" } },
  ),
  row("scan", "evasion", "IP options, odd TTLs", "found: neither is looked at", "none known", {
    scene: { frames: attacks.dressed, alert: "scan" },
  }),
  row(
    "scan",
    "evasion",
    "an accomplice with open ports, whose answers are success",
    "found: success counts once for each host",
    "as many accomplices as targets",
    { scene: { frames: attacks.accomplice, alert: "scan" } },
  ),
  row(
    "scan",
    "evasion",
    "slow: a probe in five minutes",
    "found: a walk does not age",
    "slower than HOLD (10 min) under a flood of sources; distributed: each source has a walk of its own, of which less than about six failures tell nothing",
    { scene: { frames: attacks.slow, alert: "scan" } },
  ),
  row(
    "scan",
    "evasion",
    "as one port each of hosts on the Internet, as a peer-to-peer program does",
    "found eight times later; 266 for datagrams: below port 1024, inside, or with a host or port of the last three again each counts whole",
    "hosts on the Internet at changing ports above 1023, while enough of them answer",
    { test: "detectors/scan/kinds.test.ts" },
  ),
  row(
    "scan",
    "evasion",
    "errors of the path sent to oneself, so that failures look like an outage",
    "found: 32 failures of a walk weigh an eighth, all others whole",
    "37 contacts in place of nine",
    { test: "detectors/scan/kinds.test.ts" },
  ),
  row(
    "scan",
    "evasion",
    "from port 53, as if one answered",
    "found by refusals, each an eighth; ports below 1024 count whole",
    "towards ports above 1023 silence says nothing, as a capture may not hold the questions",
    { test: "detectors/scan/kinds.test.ts" },
  ),
  row(
    "scan",
    "evasion",
    "each datagram four times, as one-way traffic is",
    "found eight times later: 272 contacts",
    "fewer contacts that nothing answers",
    { test: "detectors/scan/kinds.test.ts" },
  ),
  row(
    "scan",
    "evasion",
    "in the name of a scanner that the policy lists",
    "not found",
    "as the operator wants it: list as few as possible",
    { test: "detectors/scan/kinds.test.ts" },
  ),
  row(
    "scan",
    "framing",
    "refusals and errors in others' names, forged sources",
    "accuses whoever bears the address at that MAC address, or nobody",
    "the alert itself names the forged address",
    { test: FRAMING },
  ),
  row(
    "scan",
    "framing",
    "ICMP errors about connections that an honest host opens",
    "accuse nobody: who answers in a target's place must quote the SYN's sequence number, to its sender",
    "who sees the SYNs, before their answers",
    { scene: { frames: attacks.guessed, alert: "!scan" } },
  ),
  row(
    "scan",
    "eviction",
    "new sources between the probes",
    "found: of a neighbourhood that one goes whose walk has led least far",
    "as many sources that fail as often as the scanner, between two of its probes: hundreds for its second, each with alerts of its own for later ones",
    { scene: { frames: attacks.crowd, alert: "scan" } },
  ),
  row(
    "scan",
    "exhaustion",
    "more attempts at a time than are followed (1,024)",
    "the oldest goes; it counts as silent where its source has 20 open",
    "above 250 first contacts a second of forged sources, fewer than 20 open attempts of one source go uncounted",
    { test: "detectors/scan/scan.test.ts" },
  ),
  row(
    "newcomer",
    "evasion",
    "::10.0.0.5 for 10.0.0.5",
    "found: an address counts with its version",
    "a listed address that is forged is listed",
    { scene: { frames: attacks.compatible, alert: "new-host", policy: attacks.LISTED } },
  ),
  row(
    "newcomer",
    "evasion",
    "a datagram to a new service from port 53, as if it were an answer",
    "found once it is answered: the port 53 it came from is the new service then",
    "what is never answered; and all of it where the policy lists that port for any address (next row)",
    { scene: { frames: attacks.fromSystemPort, alert: "new-service", policy: attacks.NO_DNS } },
  ),
  row(
    "newcomer",
    "evasion",
    "the same where port 53 of any address is listed",
    "not found: who is listed may serve",
    "list the addresses that serve, or let rules say who sends to whom",
    { scene: { frames: attacks.fromSystemPort, alert: "!new-service", policy: attacks.SERVICES } },
  ),
  row(
    "newcomer",
    "framing",
    "a first packet in another's name",
    "accuses who sent it, by MAC address where several bear the address",
    "the alert names the forged address",
    { test: FRAMING },
  ),
  row(
    "newcomer",
    "eviction",
    "thousands of hosts that are listed, and a new one",
    "found: an address that is forgotten is announced again, never missed",
    "none known",
    { scene: { frames: crowds.swept, alert: "new-host", policy: crowds.RANGE } },
  ),
  row(
    "newcomer",
    "exhaustion",
    "thousands of new addresses",
    "announced again where forgotten; their alerts have a budget, and those beyond it are counted",
    "the operator's attention",
    { test: "appliance/compartments/inspect/budget.test.ts" },
  ),
  row(
    "tunnel",
    "evasion",
    "DNS with another opcode than QUERY",
    "found: what is not a question counts as data",
    "within the sums that are normal: 20 bytes a second beyond 6,000",
    { scene: { frames: attacks.opcodes, alert: "dns-tunnel" } },
  ),
  row(
    "tunnel",
    "evasion",
    "DNS queries in fragments",
    "found: a client's datagrams in pieces count",
    "six a minute beyond 15",
    { scene: { frames: attacks.pieces, alert: "dns-tunnel" } },
  ),
  row(
    "tunnel",
    "evasion",
    "data behind a short question",
    "found: what is behind a query's question counts",
    "in answers: data in the records of ordinary types; DNS on another port than 53; 64 bytes of options a query",
    { scene: { frames: attacks.behind, alert: "dns-tunnel" } },
  ),
  row(
    "tunnel",
    "evasion",
    "ICMP replies whose data have the hash of the request's",
    "found: nobody knows the hash",
    "30 bytes a second beyond 3,000; 64 where a host sends all back as it was",
    { test: "detectors/tunnel/tunnel.test.ts" },
  ),
  row(
    "tunnel",
    "evasion",
    "data as addresses in front of a name, as questions to a block list have them",
    "found: 32 bits count an eighth of a name, 128 bits half of one",
    "32 bytes a second beyond 6,400",
    { test: "detectors/tunnel/tunnel.test.ts" },
  ),
  row(
    "tunnel",
    "framing",
    "answers and errors in others' names",
    "what comes back accuses the flow only",
    "the alert names the forged address",
    { test: FRAMING },
  ),
  row("tunnel", "eviction", "decoy domains between the tunnel's names", KEYED, GUESSING, {
    scene: { frames: attacks.decoys, alert: "dns-tunnel" },
  }),
  row(
    "tunnel",
    "exhaustion",
    "more domains between two names than are followed (256)",
    "not found: the domain that was used longest ago goes, and its sums with it",
    "what the sums would have shown of the tunnel, while the decoys go on",
    { scene: { frames: attacks.swamp, alert: "!dns-tunnel" } },
  ),
  row(
    "flood",
    "evasion",
    "as much as the limit, from many sources",
    "found at the target, whoever sends",
    "below the limits of each second",
    { test: "detectors/flood/flood.test.ts" },
  ),
  row(
    "flood",
    "framing",
    "packets in others' names",
    "names who was flooded, accuses nobody",
    "the alert names the forged address",
    { test: LEARNED },
  ),
  row("flood", "eviction", "new hosts beside the flood", KEYED, GUESSING, {
    scene: { frames: crowds.besides, alert: "flood" },
  }),
  row(
    "flood",
    "exhaustion",
    "a flood of which each packet is another host's",
    "found: the target is in use with each packet, and stays",
    GUESSING,
    { scene: { frames: crowds.forged, alert: "flood" } },
  ),
  row(
    "arp",
    "evasion",
    "a move from an address that was forgotten",
    "found with a baseline, whatever was forgotten",
    "without a baseline a flood of bindings hides a move",
    { test: "detectors/arp/arp.test.ts" },
  ),
  row(
    "arp",
    "evasion",
    "answers only where it is asked, beside the owner's",
    "found at the second: each time that it takes the address from the owner counts",
    "once in four minutes; where the owner never speaks, before he is known",
    { scene: { frames: hop.answering, alert: "arp" } },
  ),
  row(
    "arp",
    "evasion",
    "at the MAC address of a group of routers (VRRP, CARP, HSRP, GLBP)",
    "found: only from one such address to another of the same kind is no move",
    "who sends with a group's MAC address where the group has the address is its active router to everybody",
    { scene: { frames: hop.virtual, alert: "arp" } },
  ),
  row(
    "arp",
    "evasion",
    "neighbour advertisements for a router's address",
    "found, with a baseline at once",
    "without their override flag, which change nothing that a neighbour knows; answers to a host that looks whether an address is free",
    { scene: { frames: hop.advertises, alert: "nd" } },
  ),
  row(
    "arp",
    "evasion",
    "the same without the override flag",
    "not found: neighbours keep what they know (RFC 4861, section 7.2.5)",
    "a neighbour that knows nothing yet, until the owner answers",
    { scene: { frames: hop.polite, alert: "!nd" } },
  ),
  row(
    "arp",
    "evasion",
    "an answer of DHCP that gives him the address, from a server of his own",
    "believed of a server only that was there, to a question that its client asked from its own MAC address; the server is a rogue",
    "a server that is there first is the one that was there (firsthop)",
    { scene: { frames: hop.ownAnswer, alert: "rogue-dhcp" } },
  ),
  row(
    "arp",
    "evasion",
    "the same in the name of the server, at its MAC address",
    "found where the owner goes on: his packets void the lease, and his claims and the attacker's count as moves",
    "addresses of hosts that are silent; who can send as the server is the server",
    { scene: { frames: hop.forgedServer, alert: "arp" } },
  ),
  row(
    "arp",
    "evasion",
    "packets of hosts behind a router, as if another router had taken over",
    "found: said once, and an attack as soon as the router forwards again and he goes on",
    "while the router is silent; quarantine does nothing about the first",
    { test: "detectors/arp/moves.test.ts" },
  ),
  row(
    "arp",
    "framing",
    "ARP, or packets, in others' names",
    "ARP accuses nobody; a packet accuses its address as this MAC address bears it, and nobody where a lease was voided or a router changed",
    "MAC addresses may be forged, too; who voids a lease makes alerts about an honest host, and no more",
    { test: LEARNED },
  ),
  row(
    "arp",
    "eviction",
    "bindings and stations that meet in a place",
    KEYED,
    "256 bindings and 128 stations are soon swept",
    { test: "detectors/arp/arp.test.ts" },
  ),
  row(
    "arp",
    "exhaustion",
    "questions for the same places",
    "a newer question takes an older one's place, which the key chooses",
    "answers to forgotten questions look unasked",
    { test: "detectors/arp/arp.test.ts" },
  ),
  row(
    "arp",
    "exhaustion",
    "an address taken by many MAC addresses",
    "found: one alert of the address, while it goes on",
    "the operator's attention, where many take many",
    { scene: { frames: hop.many, alert: "arp" } },
  ),
  row(
    "firsthop",
    "evasion",
    "a router beside the one that was there",
    "found at its first advertisement",
    "one that was there before, or within the first minute: whoever is first belongs",
    { scene: { frames: hop.rogueRouter, alert: "rogue-router" } },
  ),
  row(
    "firsthop",
    "evasion",
    "the same with the prefix of the one that was there",
    "not found in the first half hour, as a second router of an ordinary segment looks alike",
    "half an hour from the start",
    { scene: { frames: hop.samePrefix, alert: "!rogue-router" } },
  ),
  row("firsthop", "evasion", "the same later", "found", "none known", {
    scene: { frames: hop.longAfter, alert: "rogue-router" },
  }),
  row(
    "firsthop",
    "evasion",
    "a lifetime of 0 in the router's name, at its MAC address too",
    "found when the router takes it back for the second time within some 40 minutes, from another MAC address at once",
    "one each hour",
    { scene: { frames: hop.killed, alert: "rogue-router" } },
  ),
  row(
    "firsthop",
    "evasion",
    "a DHCP server beside the one that was there",
    "found at its first answer, whether it is slower or faster",
    "one that was there from the beginning, or answers others' clients only before the other has served eight; alerts end after an hour",
    { scene: { frames: hop.rogueServer, alert: "rogue-dhcp" } },
  ),
  row(
    "firsthop",
    "evasion",
    "DHCP clients of many MAC addresses",
    "found",
    "128 in a minute; from one MAC address 16",
    { scene: { frames: hop.starved, alert: "dhcp-starvation" } },
  ),
  row(
    "firsthop",
    "evasion",
    "the same, with ARP from each of them",
    "not found: hosts that get addresses look alike",
    "who sends ARP from each MAC address is as many hosts to everybody",
    { scene: { frames: hop.spoken, alert: "!dhcp-starvation" } },
  ),
  row(
    "firsthop",
    "framing",
    "advertisements, questions and answers in others' names, or before an honest router or server speaks",
    "accuse nobody, whatever the policy says",
    "the alert names the honest one; who is first makes it look new",
    { test: "detectors/firsthop/firsthop.test.ts" },
  ),
  row(
    "firsthop",
    "eviction",
    "as many new routers as there are places",
    "found: those that were there stay, and new ones give way to newer ones",
    "32 routers that are there from the beginning: the next is new each time",
    { scene: { frames: hop.crowdOfRouters, alert: "rogue-router" } },
  ),
  row(
    "firsthop",
    "eviction",
    "as many DHCP servers as there are places, and another one",
    "found: the one that was there stays",
    "of 256 open questions a newer one takes an older one's place, which the key chooses: its answer makes no server and no lease",
    { scene: { frames: hop.crowdOfServers, alert: "rogue-dhcp" } },
  ),
  row(
    "firsthop",
    "exhaustion",
    "more router advertisements than routers send",
    "found as one flood, counted; none of them is new while it goes on",
    "a router that comes in the flood is not named",
    { scene: { frames: hop.flood, alert: "ra-flood" } },
  ),
  row(
    "beacon",
    "evasion",
    "intervals that vary by more than the limit",
    "not found",
    "beacons with enough jitter are beyond it",
    { test: "detectors/beacon/beacon.test.ts" },
  ),
  row(
    "beacon",
    "evasion",
    "a master that refuses each connection",
    "not found while it refuses: a program that tries again what is down does the same; found as soon as one is accepted",
    "what the attempts alone tell",
    { test: "detectors/beacon/beacon.test.ts" },
  ),
  row(
    "beacon",
    "framing",
    "packets at regular times in another's name",
    "accuses the sender's address, and a contested one of nothing",
    "the alert names the forged address; who bears his own at two MAC addresses is not accused",
    { test: LEARNED },
  ),
  row("beacon", "eviction", "conversations between the beacons", KEYED, GUESSING, {
    scene: { frames: crowds.talkative, alert: "beacon" },
  }),
  row(
    "beacon",
    "exhaustion",
    "more conversations than are followed (2,048)",
    "what the baseline knows is never displaced",
    GUESSING,
    { test: "detectors/ip/ip.test.ts" },
  ),
  row(
    "pair",
    "evasion",
    "conversations that the inventory has",
    "not found: they are normal by definition",
    "an address and port that is known, forged",
    { test: "detectors/pair/pair.test.ts" },
  ),
  row(
    "pair",
    "evasion",
    "an answer of DNS that gives a name which a client uses another address",
    "believed only from the resolver that the client is known to ask, while no other MAC address bears its address, to a question that was seen, of the same number, ports and name; for this client, on the services that go with the name, at addresses on the Internet, for a day at most",
    "who answers in the resolver's place from where its packets come (the resolver itself, the router in front of it), or has a name beside it where the client used three; a program of his on the client that uses the client's names; DNS over TLS, HTTPS or TCP makes nothing known",
    { test: "detectors/pair/names.test.ts" },
  ),
  row(
    "pair",
    "exhaustion",
    "more questions, or addresses, than are followed (128, 512)",
    "the address is announced, as without a name",
    "the operator's attention",
    { test: "detectors/pair/names.test.ts" },
  ),
  row(
    "pair",
    "framing",
    "packets between others' addresses",
    "a known source accuses the flow only",
    "the alert names the forged address",
    { test: LEARNED },
  ),
  row(
    "pair",
    "eviction",
    "conversations that meet in a place",
    "the inventory is never displaced; what is forgotten is announced again",
    "none known",
    { test: "detectors/ip/ip.test.ts" },
  ),
  row(
    "pair",
    "exhaustion",
    "thousands of new pairs",
    "one alert for all that a client does, and one a minute that counts",
    "the operator's attention",
    { test: LEARNED },
  ),
  row(
    "silence",
    "evasion",
    "packets in the silent one's name",
    "not found",
    "who can forge the sender keeps it from looking silent",
    { test: "detectors/silence/silence.test.ts" },
  ),
  row("silence", "framing", "that nothing comes", "accuses nobody", "none known", { test: LEARNED }),
  row(
    "silence",
    "eviction",
    "conversations that meet in a place",
    "what is watched is the baseline's and never displaced",
    "none known",
    { test: "detectors/silence/silence.test.ts" },
  ),
  row("silence", "exhaustion", "none: its table is the baseline's", "-", "none known", {
    test: "detectors/silence/silence.test.ts",
  }),
  row(
    "rate",
    "evasion",
    "traffic at the rates that were learned",
    "not found: it is normal by definition",
    "data in place of what is normal",
    { test: "detectors/rate/rate.test.ts" },
  ),
  row(
    "rate",
    "framing",
    "packets in others' names",
    "accuses the flow; of totals the sender's address, and a contested address of nothing",
    "the alert names the forged address",
    { test: LEARNED },
  ),
  row(
    "rate",
    "eviction",
    "conversations that meet in a place",
    "what has a rate is the baseline's and never displaced",
    "none known",
    { test: "detectors/ip/ip.test.ts" },
  ),
  row("rate", "exhaustion", "none: its table is the baseline's", "-", "none known", {
    test: "detectors/rate/rate.test.ts",
  }),
  row(
    "shape",
    "evasion",
    "traffic that mimics what was learned",
    "not found",
    "mimicry: what is learned is public to who watched it",
    { test: "detectors/shape/shape.test.ts" },
  ),
  row(
    "shape",
    "framing",
    "packets that change a channel's statistics",
    "accuses the flow only",
    "the alert names the forged address",
    { test: LEARNED },
  ),
  row("shape", "eviction", "channels that meet in a place", KEYED, GUESSING, { test: "detectors/shape/shape.test.ts" }),
  row(
    "shape",
    "exhaustion",
    "more channels than are followed",
    "an idle channel is forgotten first, and looks new",
    GUESSING,
    { test: "detectors/shape/shape.test.ts" },
  ),
  row(
    "content",
    "evasion",
    "a command that a known conversation carries, with values that it had",
    "not found: it is normal by definition, unless it disturbs a publisher's numbers",
    "mimicry: what is learned is public to who watched it; commands at another time, or more often",
    { test: CONTENT },
  ),
  row(
    "content",
    "evasion",
    "a message cut in two behind its first bytes, or behind another one in a segment",
    "found: messages are followed through segments, and a beginning of less than 32 bytes waits for the rest",
    "an object or a value that lies behind the end of a segment, 32 bytes or more into the message; one message inside of the length that another claims, which its receiver does not see either",
    { test: CONTENT },
  ),
  row(
    "content",
    "evasion",
    "GOOSE with the numbers that the publisher would send next",
    "found as soon as the publisher goes on: its number comes again, or another state",
    "while the true publisher is silent; the silence detector has that",
    { test: CONTENT },
  ),
  row(
    "content",
    "evasion",
    "rules of publishers broken all the time, so that they do not count",
    "found when it begins: a rule counts once it held for 16 frames",
    "a stream that is forged from the first frame that is seen, and has no baseline",
    { test: CONTENT },
  ),
  row(
    "content",
    "framing",
    "functions in a master's name",
    "accuse the flow, and a contested address of nothing; rules of publishers accuse nobody",
    "the alert names the forged address",
    { test: LEARNED },
  ),
  row(
    "content",
    "eviction",
    "streams of publishers that meet in a place",
    KEYED,
    `${GUESSING}. A stream that went has to keep its rules for 16 frames before they count again; what the baseline knows of conversations is never displaced`,
    { test: CONTENT },
  ),
  row(
    "content",
    "exhaustion",
    "more flows than have places of their own (256)",
    "who comes later has the place: a message is then looked for at a segment's beginning",
    "of a flow whose place goes while a message is under way the rest of it is looked at as if it began there, and told of if it begins like a message that was never seen",
    { test: CONTENT },
  ),
  row(
    "mil1553",
    "evasion",
    "a recorded block replayed beside one of the same hash",
    "found: nobody knows the hash",
    "messages that mimic what was learned",
    { test: "detectors/mil1553/attacks.test.ts" },
  ),
  row(
    "mil1553",
    "evasion",
    "packets left out, or spoilt, where a message is forged",
    "8 holes in a row are allowed for, and one more each 4,096 messages; each is reported, and a message that does not come behind it is missing",
    "one interval of each message at such a hole: who can make it is the recorder",
    { test: "detectors/mil1553/holes.test.ts" },
  ),
  row(
    "mil1553",
    "evasion",
    "a terminal's answers shifted, hidden among the weather",
    "only what three quarters of the terminals share is a drift, which is said; up to 1 us is subtracted; who does not follow, or goes ahead, is found",
    "one step of 0.1 us; in the first second of a bus a single answer up to 1 us outside; who shifts three quarters of the terminals alike is the bus",
    { test: "detectors/mil1553/drift.test.ts" },
  ),
  row(
    "mil1553",
    "evasion",
    "messages without a schedule, forged",
    "found when they come about three times as often as usual; five times within about ten",
    "fewer than that: one that was forged is one more that might have come",
    { test: "detectors/mil1553/rate.test.ts" },
  ),
  row(
    "mil1553",
    "evasion",
    "another controller that keeps the schedule",
    "found by its gaps, or its crystal, within seconds; a crystal is followed slowly, and no farther than 100 millionths without a word",
    "gaps within 0.2 us and a clock that is steered by the true one's; on buses from the 17th on neither is looked at",
    { test: "detectors/mil1553/controller.test.ts" },
  ),
  row(
    "mil1553",
    "framing",
    "Chapter 10 from who is no recorder",
    "decoded and reported, never acted upon",
    "who can send in a recorder's name is the recorder: he can restart its sequence, set its clock as a channel with a better lock, and crowd its IP fragments out",
    { test: "test/framing/believed.test.ts" },
  ),
  row(
    "mil1553",
    "eviction",
    "identities that meet in a place",
    "what was learned is never displaced; blocks lie where the key says",
    "8,192 blocks later a replay is new",
    { test: "detectors/mil1553/mil1553.test.ts" },
  ),
  row(
    "mil1553",
    "exhaustion",
    "identities while learning",
    "at most 1,280 are followed, and what is over is counted",
    "who sends while a baseline is learned decides what is normal",
    { test: "detectors/mil1553/mil1553.test.ts" },
  ),
];

/** docs/ADVERSARY.md. */
export function documentOf(rows: readonly Row[]): string {
  const test = ({ scene, test: other }: Row) => (scene ? "test/adversary" : other!);
  const line = (r: Row) => `| ${r.detector} | ${r.kind} | ${r.tried} | ${r.comes} | ${r.remains} | \`${test(r)}\` |`;
  return `<!-- written from test/adversary/rows.ts by \`npx vitest run test/adversary -u\`: do not edit -->
# What an adversary on \`in\` can do about the detectors

One row for each detector and each of: evasion (doing it unseen), framing (making another look guilty), eviction (having one's own record
forgotten), exhaustion (filling what is there). Of rows with \`test/adversary\` the attack is sent to the three compartments by the suite,
which compares what they say; of others the test named shows it. An adversary who can forge whatever a host sends, at its MAC address and
in its place, is that host to everybody, and no detector can tell.

| detector | kind | what is tried | what comes of it | what remains possible | shown by |
| --- | --- | --- | --- | --- | --- |
${rows.map(line).join("\n")}

## Tables

| of what | where | what goes when it is full | what remains possible |
| --- | --- | --- | --- |
${TABLES.map((cells) => `| ${cells.join(" | ").replace("GUESSING", GUESSING)} |`).join("\n")}
`;
}
