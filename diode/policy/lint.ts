// REQ-GROUND-014
/** What is wrong or doubtful in a policy that is well-formed: found by looking at rules together. */
import { MAX_CHECKS, MAX_RECORDERS, MAX_SCANNERS, MAX_TUNNELS } from "../../appliance/contract/config.ts";
import { ACCUSES } from "../../detectors/catalogue.ts";
import { macText, type Network, networkText } from "../../lib/addresses.ts";
import { inOrder, type Problem, type YamlSource } from "../../lib/yaml.ts";
import type { Policy, Rule } from "./model.ts";
import { packRecorders, packTunnels } from "./pack.ts";
import { type Box, boxesOf, overlap, without } from "./space.ts";

type Path = (string | number)[];

export interface Findings {
  errors: Problem[];
  warnings: Problem[];
}

export function lint(policy: Policy, source: YamlSource): Findings {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  const wrong = (path: Path, what: string) => errors.push(source.problem(path, what));
  const doubtful = (path: Path, what: string) => warnings.push(source.problem(path, what));
  checkInterfaces(policy, wrong);
  checkDetectors(policy, wrong, doubtful);
  checkHostBits(policy, doubtful);
  checkRules(policy, wrong, doubtful);
  checkMessages(policy, wrong, doubtful);
  checkBelieved(policy, wrong, doubtful);
  return { errors: inOrder(errors), warnings: inOrder(warnings) };
}

type Say = (path: Path, what: string) => void;

function checkInterfaces(policy: Policy, wrong: Say): void {
  const macs = (["in", "out", "log"] as const).map((name) => ({ name, mac: policy[name].mac }));
  for (const [n, { name, mac }] of macs.entries()) {
    const other = macs.slice(0, n).find((before) => before.mac === mac);
    if (other)
      wrong(["interfaces", name, "mac"], `${macText(mac)} is also that of ${other.name}, expected a different one`);
  }
  if (macs.some(({ mac }) => mac === policy.out.nextHop))
    wrong(["interfaces", "out", "next-hop"], "an address of the image itself, expected that of the receiver on out");
}

/** Messages and the rules that let them out are of no use without each other. */
function checkMessages({ rules, messages }: Policy, wrong: Say, doubtful: Say): void {
  const streams = rules.some(({ payload }) => payload === "mil1553");
  if (streams && !messages.some(({ allow }) => allow))
    wrong(["messages"], "none is allowed, so a rule with payload: mil1553 lets out times only");
  if (messages.length && !streams) doubtful(["messages"], "do nothing without a rule with payload: mil1553");
  if (messages.reduce((sum, { checks }) => sum + checks.length, 0) > MAX_CHECKS)
    wrong(["messages"], `more than ${MAX_CHECKS} checks of data words`);
}

function checkDetectors(
  { scan, newcomer, tuning, quarantine, protectedSources, rules, transfer }: Policy,
  wrong: Say,
  doubtful: Say,
): void {
  if (scan.theta1 >= scan.theta0)
    wrong(
      ["detectors", "scan", "scanner-success"],
      `${scan.theta1}, expected less than benign-success (${scan.theta0})`,
    );
  if (scan.alpha >= scan.power)
    wrong(["detectors", "scan", "false-positive"], `${scan.alpha}, expected less than detection (${scan.power})`);
  if (!quarantine)
    for (const [name, { action }] of [
      ...Object.entries({ scan, newcomer }),
      ...tuning.map((t) => [t.name, t] as const),
    ])
      if (action.startsWith("quarantine") || action === "tighten")
        wrong(["detectors", name, "action"], `${action} has no duration, expected a section quarantine`);
  if (newcomer.action !== "alert" && !newcomer.hosts && !newcomer.services)
    doubtful(["detectors", "newcomer", "action"], "does nothing without a list of known hosts or services");
  if (protectedSources.length && !quarantine) doubtful(["protected"], "does nothing without quarantine");
  const actions = [scan, newcomer, ...tuning].map(({ action }) => action);
  if (quarantine && actions.every((action) => action === "alert" || action === "drop"))
    doubtful(["quarantine"], "does nothing: no detector has action: quarantine");
  if (rules.some(({ payload }) => payload === "transfer") !== (transfer !== undefined))
    (transfer ? doubtful : wrong)(
      transfer ? ["transfer"] : ["rules"],
      transfer ? "does nothing: no rule has payload: transfer" : "payload: transfer: expected a section transfer",
    );
  if (quarantine && !quarantine.tightened && actions.includes("tighten"))
    wrong(["quarantine"], "tightened is missing, expected the rate that action: tighten tightens to");
  const ofBus = actions.some((action) => action === "quarantine-terminal" || action === "quarantine-message");
  for (const { name, action } of tuning)
    if (action !== "alert" && (ACCUSES[name] ?? ["nobody"]).every((accused) => accused === "nobody"))
      doubtful(["detectors", name, "action"], `${action} does nothing: what ${name} finds accuses nobody`);
  if (ofBus && rules.every(({ payload }) => payload !== "mil1553"))
    doubtful(["quarantine"], "of terminals and messages does nothing: no rule has payload: mil1553");
}

/** Recorders and tunnels: what is believed of whom. */
function checkBelieved(policy: Policy, wrong: Say, doubtful: Say): void {
  const { rules } = policy;
  const count = (what: "recorders" | "tunnels", packed: number, most: number) => {
    if (packed > most)
      wrong([what], `${packed} combinations of addresses, ports and channels, expected at most ${most} in all`);
    if (policy[what] === "any" && rules.some(({ allow }) => allow))
      doubtful([what], "any: whoever sends what looks like one is believed, and can have others shut out");
  };
  count("recorders", packRecorders(policy).length, MAX_RECORDERS);
  count("tunnels", packTunnels(policy).length, MAX_TUNNELS);
  const scanners = policy.scan.scanners.length;
  if (scanners > MAX_SCANNERS)
    wrong(["detectors", "scan", "scanners"], `${scanners} networks, expected at most ${MAX_SCANNERS}`);
  if (policy.scan.scanners.some(({ bits }) => bits === 0))
    doubtful(["detectors", "scan", "scanners"], "any: everybody may scan, and no scan is found");
}

/** 10.0.0.5/24 is most often a slip: of what, only its author knows. */
function checkHostBits(policy: Policy, doubtful: Say): void {
  const look = (path: Path, networks: readonly Network[]) => {
    for (const [n, network] of networks.entries())
      if (network.hostBits)
        doubtful(
          [...path, n],
          `${network.hostBits} has bits set after its prefix: read as ${networkText(network)}; for the one host write ` +
            `${network.hostBits.split("/")[0]}`,
        );
  };
  for (const [n, { from, to }] of policy.rules.entries()) {
    look(["rules", n, "from"], from);
    look(["rules", n, "to"], to);
  }
  look(["protected"], policy.protectedSources);
  for (const [n, { between }] of (policy.tunnels === "any" ? [] : policy.tunnels).entries())
    look(["tunnels", n, "between"], between);
  look(["detectors", "newcomer", "hosts"], policy.newcomer.hosts ?? []);
  look(["detectors", "scan", "scanners"], policy.scan.scanners);
}

function checkRules({ rules, out }: Policy, wrong: Say, doubtful: Say): void {
  const boxes = rules.map((rule, n) => {
    const found = boxesOf(rule);
    if (!found) wrong(["rules", n], "its lists have too many combinations, expected several rules instead");
    else if (found.length === 0)
      wrong(
        ["rules", n, rule.to.length ? "to" : "from"],
        "no frame can match: addresses and protocol are of different IP versions",
      );
    return found ?? [];
  });
  for (const [n, rule] of rules.entries()) {
    if (rule.allow && rule.size.first + 28 > out.mtu)
      doubtful(["rules", n, "size"], `no frame can pass: the mtu of out is ${out.mtu}`);
    const { verdict, by } = reach(rules, boxes, n);
    if (verdict === "unreachable")
      doubtful(["rules", n], `${rule.name} is never reached: ${by.join(" and ")} before it match all its frames`);
    else
      for (const before of by)
        doubtful(["rules", n], `${rule.name} overlaps ${before}, which comes first and decides where both match`);
  }
}

/** What of rule n is left by those before it, and who took it. Of overlaps only those that may surprise are named. */
export function reach(
  rules: readonly Rule[],
  boxes: readonly (readonly Box[])[],
  n: number,
): { verdict: "reached" | "unreachable"; by: string[] } {
  const mine = boxes[n]!;
  const before = rules.slice(0, n).flatMap((rule, m) => (overlap(mine, boxes[m]!) ? [{ rule, m }] : []));
  const left = without(
    mine,
    before.flatMap(({ m }) => boxes[m]!),
  );
  if (mine.length && left?.length === 0) {
    // Name the fewest that suffice: drop those without which the others still cover all.
    let needed = before;
    for (const one of before) {
      const others = needed.filter((other) => other !== one);
      if (
        without(
          mine,
          others.flatMap(({ m }) => boxes[m]!),
        )?.length === 0
      )
        needed = others;
    }
    return { verdict: "unreachable", by: needed.map(({ rule }) => rule.name) };
  }
  return {
    verdict: "reached",
    by: before.filter(({ rule }) => surprising(rule, rules[n]!)).map(({ rule }) => rule.name),
  };
}

/** A deny before a wider allow is how exceptions are written; an allow that lets through what a later rule treats otherwise is not. */
function surprising(first: Rule, second: Rule): boolean {
  if (!first.allow) return false;
  return !second.allow || first.payload !== second.payload || first.rate?.text !== second.rate?.text;
}
