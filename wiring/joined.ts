/** What is wrong with a wiring, and with the way to the collector, in plain words, and what to do. Looks only. */
import { existsSync, readFileSync } from "node:fs";
import { type Counts, countsOf } from "./counts.ts";
import { bad, type Finding, good, unsure } from "./doctor.ts";
import { type Link, links, neighbourSeen } from "./kernel.ts";
import { look } from "./make.ts";
import { found, isHere, pathOf, tapsOf, type Wiring } from "./wiring.ts";

/** Of the wiring: what does not hold, what was lost or refused, which ports have no link, who else has a hand in it. */
export function wired(wiring: Wiring): Finding[] {
  const findings: Finding[] = [];
  const all = links();
  let outcomes: ReturnType<typeof look>;
  try {
    outcomes = look(wiring);
  } catch (error) {
    return [bad((error as Error).message, "plug it in, or set it up anew: weir host setup --watch ...")];
  }
  const wrong = outcomes.filter(({ did }) => did === "wrong");
  for (const { step } of wrong)
    findings.push(bad(`it does not hold that ${step.what}`, `weir host setup --again --name ${wiring.name}`));
  if (!wrong.length) findings.push(good(`all ${outcomes.length} settings of the ports and taps hold`));
  const ports = wiring.watch.map((port) => found(port, all)!);
  const names = ports.map(({ name }) => name);
  const others = [...(wiring.out ? [wiring.out] : []), ...(wiring.log && !isHere(wiring.log) ? [wiring.log] : [])];
  for (const port of [...ports, ...others.map((port) => found(port, all)!)]) findings.push(...linked(port));
  findings.push(...lost(countsOf(wiring.name, names), tapsOf(wiring.name).in, names));
  const tap = tapsOf(wiring.name).in;
  findings.push(
    all.get(tap)?.flags.has("LOWER_UP")
      ? good(`an image has ${tap} open`)
      : bad(`nobody has ${tap} open: no image is running, nothing is watched`, `weir run IMAGE --in ${tap} ...`),
  );
  return findings;
}

function linked({ name, flags }: Link): Finding[] {
  return flags.has("LOWER_UP")
    ? [good(`${name} has a link`)]
    : [bad(`${name} has no link`, "look at the cable, and whether the other side is on")];
}

/** What was lost or refused. */
export function lost(
  { arrived, lostByImage, lostByPort, refusedOnWatched, refusedFromIn }: Counts,
  tap: string,
  ports: readonly string[],
): Finding[] {
  const of = `${arrived + lostByPort} frames since the wiring was made`;
  const findings: Finding[] = [];
  if (lostByImage)
    findings.push(
      bad(
        `of ${of} ${lostByImage} were lost because the image did not take them in time`,
        "watch less, or give it a CPU of its own and KVM: docs/handbook/sizing.md",
      ),
    );
  if (lostByPort)
    findings.push(
      bad(
        `of ${of} ${lostByPort} were lost by ${ports.join(", ")}`,
        "larger rings: ethtool -G; look at ethtool -S for damage on the wire",
      ),
    );
  if (!lostByImage && !lostByPort)
    findings.push(
      arrived
        ? good(`of ${of} none was lost`)
        : bad(`nothing has come in on ${ports.join(", ")}`, "look at the switch: does the SPAN port mirror anything?"),
    );
  if (refusedOnWatched)
    findings.push(
      unsure(
        `this host tried to send ${refusedOnWatched} frames on ${ports.join(", ")}; none was sent`,
        "ss -0 -p lists programs that send past the network stack; DHCP clients and NetworkManager must leave the port alone",
      ),
    );
  if (refusedFromIn)
    findings.push(
      bad(
        `${refusedFromIn} frames came out of ${tap}, which only receives; none went on`,
        "no image does that: the hypervisor is not what it was; keep the machine for forensics",
      ),
    );
  return findings;
}

/** Whether the log arrives where the policy says, as far as this host can see. */
export function collector(wiring: Wiring, at: { address: string; mac: string; port: number }): Finding[] {
  if (!wiring.log)
    return [bad("the log goes nowhere: the wiring has no --log", "weir host setup ... --log INTERFACE, or here")];
  if (isHere(wiring.log)) {
    const { address, mac } = wiring.log;
    if (address !== at.address || mac !== at.mac)
      return [
        bad(
          `the policy's collector is ${at.address} at ${at.mac}, the wiring's ${address} at ${mac}: no record arrives`,
          "weir host setup ... --log here -c POLICY",
        ),
      ];
    return [
      listens(at.port)
        ? good(`somebody listens on UDP port ${at.port}`)
        : bad(
            `nobody listens on UDP port ${at.port} of this host: the log is thrown away`,
            `weir collect --listen ${at.port} ...`,
          ),
    ];
  }
  const seen = neighbourSeen(at.address);
  if (seen === undefined)
    return [
      unsure(
        `whether ${at.address} is at ${at.mac} cannot be seen from this host`,
        "on the collector: ip link; the image never asks by ARP, so the policy must have its MAC address, or its router's",
      ),
    ];
  return [
    seen === at.mac
      ? good(`${at.address} is at ${at.mac}, as the policy says`)
      : bad(
          `${at.address} is at ${seen}, the policy says ${at.mac}: no record arrives`,
          "interfaces.log.collector.mac in the policy; then build the image anew",
        ),
  ];
}

/** @see Linux, Documentation/networking/proc_net_tcp.rst; UDP's has the same columns */
function listens(port: number): boolean {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  return ["/proc/net/udp", "/proc/net/udp6"].some(
    (path) =>
      existsSync(path) &&
      readFileSync(path, "latin1")
        .split("\n")
        .some((line) => line.trim().split(/\s+/)[1]?.concat(" ").endsWith(end)),
  );
}

export function unwired(folder: string, name: string): Finding {
  return existsSync(pathOf(folder, name))
    ? good(`${name} is wired`)
    : bad(`there is no wiring ${name}: no port is watched`, "weir host setup --watch INTERFACE ...");
}
