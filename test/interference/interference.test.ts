// The claims of the one-way argument, on the real image: it boots under QEMU once for each condition at `out` and `log`,
// and always gets the same frames on `in`. What the witnesses saw of `in` must be the same to the bit.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltSymbols } from "../../appliance/build/for.ts";
import { ARCHES, type Arch } from "../../appliance/contract/arch.ts";
import { parseDatagram } from "../../appliance/hosts/datagram.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { behaviour, c1, c2, c3, c4, c6, deliverable, digest, lostOf, same, sentOf } from "./checks.ts";
import { undeclared } from "./compartments.ts";
import { Bench, forwarded, symbols } from "./image.ts";
import { keysWrong } from "./keys.ts";
import { CONDITIONS, type Condition } from "./peers.ts";
import { EPOCH, type Evidence } from "./rig.ts";
import { script } from "./script.ts";
import { tablesChanged, tablesIn } from "./tables.ts";
import { NAMES, type Name } from "./witness.ts";

const reasons = new Map<Arch, string>();
for (const arch of ARCHES) {
  const reason = await whyNoImage(arch);
  if (!reason) continue;
  reasons.set(arch, reason);
  console.log(`skipped: non-interference of the booted image for ${arch}: ${reason}`);
}

interface Policy {
  policy: string;
}

/** µs of the virtual clock: a heartbeat each second. */
const QUIET = 150_000_000;

const OTHERS = Object.keys(CONDITIONS).filter((name) => name !== "normal") as Condition[];

describe.each(ARCHES.filter((arch) => !reasons.has(arch)))("the booted image for %s", (arch) => {
  const bench = new Bench();
  let expected: string[];
  const runs = new Map<string, Evidence>();
  const evidence = (out: Condition = "normal", log: Condition = "normal") => runs.get(`${out} ${log}`)!;
  let quiet: Evidence; // nothing on `in`, heartbeats alone
  const every = () => [...runs.values()];

  beforeAll(async () => {
    const image = await bench.image(arch);
    expected = await forwarded(script());
    const take = async (out: Condition, log: Condition, name = `${out} ${log}`) =>
      runs.set(name, await bench.run({ image, script: script(), out, log }));
    await take("normal", "normal");
    await take("normal", "normal", "again");
    for (const condition of OTHERS) await take(condition, "normal");
    for (const condition of OTHERS) await take("normal", condition);
    quiet = await bench.run({ image, script: { bursts: [], end: QUIET } });
    await take("full", "full");
    await take("hostile", "hostile");
  });
  afterAll(() => bench.close());

  it("was really put through it: everything arrives, something passes, much is dropped, there are alerts", () => {
    const { sent, records, console, offered, exit } = evidence();
    expect(exit.name).toBe("STOPPED");
    expect(offered.in.length).toBe(script().bursts.reduce((sum, { frames }) => sum + frames.length, 1));
    expect(deliverable(offered.in)).toBeGreaterThan(600);
    expect(expected.length).toBeGreaterThan(5 + 2 + 40 + 600 + 3);
    expect(sent.out.length).toBeGreaterThan(200);
    expect(records.length).toBeGreaterThan(80);
    const alerts = console.filter((line) => /^(\(\d+ alerts not shown here\) )?ALERT /.test(line));
    expect(alerts.length).toBeGreaterThan(15);
    expect(alerts.at(-1)).toContain("ALERT scan"); // a collector that is slow may have the last word
    for (const condition of ["hostile"] as const) {
      expect(evidence(condition).offered.out.length).toBeGreaterThan(50);
      expect(evidence("normal", condition).offered.log.length).toBeGreaterThan(50);
    }
  });

  // REQ-DIODE-003
  it("C1: has no transmit queue on `in`, rings no doorbell but that of its receive queue, sends nothing there", () => {
    for (const e of every()) expect(c1(e)).toEqual([]);
  });

  // REQ-DIODE-003
  it("C2: has no receive queue on `out` and `log`; a flood there finds no buffer and changes nothing", () => {
    for (const e of every()) expect(c2(e)).toEqual([]);
  });

  // REQ-DIODE-005
  it("C3: agrees on MAC and VERSION_1 with each device, whatever is at its other end, and on nothing else", () => {
    for (const e of every()) expect(c3(e)).toEqual([]);
  });

  // REQ-DIODE-004
  it("C4: answers nothing: no frame on `in`; on `out` and `log` only what policy names", () => {
    for (const e of every()) expect([...c4(e), ...sentOf(e, expected)]).toEqual([]);
  });

  it("gives the same bits twice, timestamps and the cycles of its start included", () => {
    expect(same(runs.get("again")!, evidence())).toEqual([]);
    expect(evidence().console.some((line) => /^weir: booted in \d+ us, \d+ cycles$/.test(line))).toBe(true);
  });

  it.each(OTHERS)(
    "C5: behaves on `in`, on the console and in the log bit for bit as ever when `out` is %s",
    (condition) => {
      const [is, reference] = [evidence(condition), evidence()];
      console.log(`out ${condition}: SHA-256 of ${behaviour(is).steps.length} steps on in ${digest(behaviour(is))}`);
      expect(same(is, reference)).toEqual([]);
      expect(digest(behaviour(is))).toBe(digest(behaviour(reference)));
    },
  );

  it.each([
    ["full", "full"],
    ["hostile", "hostile"],
  ] as const)(
    "C5: the same with both `out` and `log` %s (what was logged cannot be compared when nobody took it)",
    (out, log) => {
      const parts = log === "hostile" ? undefined : (["steps", "registers", "console"] as const);
      expect(same(evidence(out, log), evidence(), parts && [...parts])).toEqual([]);
    },
  );

  it("C5: the count of frames that `out` did not take is the one thing in the log that depends on `out`", () => {
    const lost = (e: Evidence, name: Name) => Math.max(...lostOf(e).map((counts) => counts[name]!));
    for (const condition of ["absent", "full"] as const) {
      expect(lost(evidence(condition), "out")).toBeGreaterThan(50);
      expect(digest(evidence(condition).records)).not.toBe(digest(evidence().records));
    }
    for (const e of every()) for (const counts of lostOf(e)) expect(counts.in).toBe(0);
  });

  // REQ-DIODE-010
  it("C6: takes every frame that comes, gives every buffer back, whether `out` is alive or not", () => {
    for (const e of every()) expect(c6(e)).toEqual([]);
  });

  // REQ-DIODE-009
  it.each(OTHERS)("C8: nothing on `in` or the console depends on whether `log` is %s (`out`: C4)", (condition) => {
    const [is, reference] = [evidence("normal", condition), evidence()];
    expect(same(is, reference, ["steps", "registers", "console"])).toEqual([]);
  });

  // REQ-DIODE-017
  it("C8: sends on `log` records with the fields listed for their type, and no others", () => {
    for (const e of every())
      for (const { sequence, ...record } of e.records) {
        expect(sequence).toBeTypeOf("number");
        expect(undeclared(record)).toBeUndefined();
      }
    const types = new Set(evidence().records.map(({ event_type }) => event_type));
    expect([...types].sort()).toEqual(["alert", "anomaly", "drop", "flow", "heartbeat", "weir_rules"]);
  });

  // REQ-DIODE-015
  it("C9: no input changes a table: the policy is in the compartments' memory as it was before the first frame", async () => {
    const places = await tablesIn(quiet, symbols(prebuiltSymbols(arch)));
    const found = new Set(places.map(({ of }) => of.split(" ")[0]));
    expect([...found].sort()).toEqual(["container", "guard", "inspect", "journal"]);
    expect(places.filter(({ of }) => of.startsWith("guard")).length).toBeGreaterThanOrEqual(6);
    for (const e of every()) expect(tablesChanged(e.ram, places)).toEqual([]);
    const names = (e: Evidence) =>
      e.records
        .filter((r) => r.event_type === "heartbeat")
        .map((r) => [r.inspect, r.guard].map((of) => (of as Policy).policy));
    for (const e of every()) expect(new Set(names(e).map(String)).size).toBeLessThanOrEqual(1);
    expect(names(evidence()).length).toBeGreaterThan(5);
  });

  // REQ-LOG-003
  it("has of its keys only what it uses: the log's of this epoch and later ones, in all of the machine's memory", () => {
    const sequenceOf = (e: Evidence) => Number(parseDatagram(e.sent.log.at(-1)!.bytes).sequence);
    expect(sequenceOf(evidence())).toBeGreaterThan(64); // epochs have gone by
    expect(sequenceOf(quiet)).toBeGreaterThan(2 * 64);
    for (const e of [evidence(), quiet]) {
      const sequence = sequenceOf(e);
      expect(keysWrong(e.ram, EPOCH, sequence)).toEqual([]);
    }
  });

  // REQ-DIODE-014
  it("leaves each NIC's registers alone once it is set up, but for doorbells and interrupts taken", () => {
    for (const name of NAMES)
      for (const e of every()) {
        const writes = e.trace.writes[name];
        const running = writes.findIndex(({ register, value }) => register === 0x70 && value === 15);
        const after = new Set(writes.slice(running + 1).map(({ register }) => register));
        for (const register of after) expect([0x50, 0x64]).toContain(register);
        if (name !== "in") expect(after).not.toContain(0x64);
      }
  });
});
