// Every action of a policy, against every kind of the accused, of every detector of the registry, whoever's packet is at
// hand: what inspect asks for, and what guard then lets pass.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Action, Measure } from "../appliance/contract/abi.ts";
import { Guard, policyWith, SECOND } from "../diode/testing/guard.ts";
import { ipv4, udp } from "../ip/testing/frames.ts";
import { compileOnboard } from "../lib/asc.ts";
import { exportsOf } from "../lib/exports.ts";
import { ethernet } from "../test/framing/scene.ts";
import { ACCUSES, DETECTOR, DETECTOR_NAMES, isOfBus } from "./catalogue.ts";
import { ACCUSED, type Accused } from "./declaration.ts";

const SUBJECT = "10.0.0.5";
const BYSTANDER = "10.0.0.6";
const MACS = { own: "020000000005", other: "020000000077" };
const RECORDER = 0x0a000007;
const CHANNEL = 9;
const COMMAND = 0x2c41;

const datagram = (src: string, mac = MACS.own, dport = 5000) =>
  ethernet(
    mac,
    ipv4(17, udp(Buffer.from("data"), { src, dst: "10.0.1.9", sport: 4000, dport }), { src, dst: "10.0.1.9" }),
  );

/** What guard is asked about: who sends, from where, to which port. */
const FRAMES = {
  own: datagram(SUBJECT),
  "own, another flow": datagram(SUBJECT, MACS.own, 5001),
  "own, another MAC": datagram(SUBJECT, MACS.other),
  bystander: datagram(BYSTANDER),
  recorder: datagram("10.0.0.7"),
};
type Who = keyof typeof FRAMES;

const POLICY = policyWith(
  "- { name: all, action: allow, protocol: udp, from: 10.0.0.0/8, to: any, ports: 1-65535 }",
  "quarantine: { for: 10s, tightened: 1/min }\ndetectors: { scan: { action: quarantine }, rate: { action: tighten } }",
);

const probe = exportsOf<"detectors/onboard/subjects.probe.ts">(
  new WebAssembly.Module(readFileSync(await compileOnboard("detectors/onboard/subjects.probe.ts"))),
);

type Hand = "own" | "bystander" | "nothing" | "message";
interface Asked {
  drop: boolean;
  measures: Measure[];
}

function ask(detector: number, action: number, accused: Accused, mac: bigint, hand: Hand): Asked {
  const frame = hand === "own" || hand === "bystander" ? FRAMES[hand] : new Uint8Array(0);
  new Uint8Array(probe.memory.buffer, probe.frameAt(), frame.length).set(frame);
  const recorder = hand === "message" ? RECORDER : 0;
  const verdict = probe.ask(detector, action, ACCUSED.indexOf(accused), mac, frame.length, recorder);
  const at = (n: number) => new Measure(new DataView(probe.memory.buffer.slice(probe.measuresAt() + n * Measure.SIZE)));
  return { drop: verdict !== 0, measures: Array.from({ length: probe.measuresLength() }, (_, n) => at(n)) };
}

/** By hand, from the table in appliance/compartments/inspect/onboard/measures.ts. */
function expected(action: keyof typeof Action, accused: Accused, hand: Hand): string {
  const byBus = hand === "message";
  if (accused === "source") {
    if (action === "QUARANTINE_SOURCE") return "shuts the source";
    if (action === "TIGHTEN") return "slows the source";
    return action === "QUARANTINE_FLOW" && hand === "own" ? "shuts the flow at hand" : "nothing";
  }
  if (accused === "flow" && (hand === "own" || hand === "bystander")) {
    if (action === "QUARANTINE_SOURCE" || action === "QUARANTINE_FLOW") return "shuts the flow at hand";
    return action === "TIGHTEN" ? "slows the flow at hand" : "nothing";
  }
  if ((accused === "terminal" || accused === "message") && byBus) {
    if (action === "QUARANTINE_SOURCE") return "shuts the recorder";
    if (action === "TIGHTEN") return "slows the recorder";
    if (action === "QUARANTINE_TERMINAL") return "shuts the terminal";
    return action === "QUARANTINE_MESSAGE" ? "shuts the message" : "nothing";
  }
  return "nothing";
}

/** Of each outcome the frames that guard still lets pass once it took the measure (a second one of those it slows down). */
const PASS: Record<string, readonly Who[]> = {
  nothing: ["own", "own, another flow", "own, another MAC", "bystander", "recorder"],
  "shuts the source": ["bystander", "recorder"],
  "slows the source": ["bystander", "recorder"],
  "shuts the flow at hand": ["own, another flow", "bystander", "recorder"],
  "slows the flow at hand": ["own, another flow", "bystander", "recorder"],
  "shuts the recorder": ["own", "own, another flow", "own, another MAC", "bystander"],
  "slows the recorder": ["own", "own, another flow", "own, another MAC", "bystander"],
  "shuts the terminal": ["own", "own, another flow", "own, another MAC", "bystander", "recorder"],
  "shuts the message": ["own", "own, another flow", "own, another MAC", "bystander", "recorder"],
};

const seen = new Map<string, readonly Who[]>();

/** The measure through guard, with a bystander's frame, and then each of the frames twice. */
async function passing(measures: readonly Measure[]): Promise<readonly Who[]> {
  const fields = measures.map(({ ...m }, n) => ({ ...m, ...fieldsOf(measures[n]!) }));
  const key = JSON.stringify(fields, (_, v) => (typeof v === "bigint" ? `${v}` : v));
  const known = seen.get(key);
  if (known) return known;
  const all: Who[] = [];
  for (const [who, frame] of Object.entries(FRAMES) as [Who, Uint8Array][]) {
    const guard = await Guard.under(POLICY);
    guard.run([{ kind: 1, time: 9n * SECOND, measures: fields }]);
    const runs = [10n, 11n].map((s) => guard.run([{ frame, time: s * SECOND }]).frames.length);
    if (runs[1]) all.push(who);
  }
  seen.set(key, all);
  return all;
}

function fieldsOf(m: Measure) {
  const { action, version, protocol, srcHi, srcLo, dstHi, dstLo, mac, srcPort, dstPort, channel, command } = m;
  return { action, version, protocol, srcHi, srcLo, dstHi, dstLo, mac, srcPort, dstPort, channel, command };
}

const ACTIONS = [
  ...(["PASS", "DROP", "QUARANTINE_SOURCE", "QUARANTINE_FLOW", "QUARANTINE_TERMINAL", "QUARANTINE_MESSAGE"] as const),
  "TIGHTEN" as const,
];

describe.each(DETECTOR_NAMES)("%s", (name) => {
  const declared: readonly Accused[] = ACCUSES[name] ?? ["nobody"];

  // REQ-DETECT-015
  it.each(ACTIONS)("%s does to whom is accused what it says, and to nobody else", async (action) => {
    const hands: Hand[] = isOfBus(DETECTOR[name])
      ? ["message", "bystander", "nothing"]
      : ["own", "bystander", "nothing"];
    for (const accused of ACCUSED)
      for (const hand of hands) {
        const asked = ask(DETECTOR[name], Action[action], accused, 0n, hand);
        const what = declared.includes(accused) ? expected(action, accused, hand) : "nothing";
        const label = `${accused}, at hand: ${hand}`;
        expect(asked.drop, label).toBe(false);
        expect(asked.measures, label).toHaveLength(what === "nothing" ? 0 : 1);
        if (what.endsWith("flow at hand") && hand === "bystander")
          expect(asked.measures[0]!.srcLo, label).toBe(0x0a000006n);
        else {
          expect(await passing(asked.measures), label).toEqual(PASS[what]);
          for (const m of asked.measures) {
            expect(m.detector, label).toBe(DETECTOR[name]);
            if (what === "shuts the terminal" || what === "shuts the message")
              expect([m.srcLo, m.channel, m.command], label).toEqual([BigInt(RECORDER), CHANNEL, COMMAND]);
          }
        }
      }
  });
});

// REQ-DETECT-015
it("a source that is accused at one MAC address is shut out there only", async () => {
  const asked = ask(DETECTOR["new-host"], Action.QUARANTINE_SOURCE, "source", 0x020000000077n, "nothing");
  expect(await passing(asked.measures)).toEqual(["own", "own, another flow", "bystander", "recorder"]);
});
