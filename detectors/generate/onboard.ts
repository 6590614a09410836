/** What flies of the registry: numbers and words (catalogue.ts), and who is called when (dispatch.ts). AssemblyScript. */
import { ACCUSED, type Accused } from "../declaration.ts";
import {
  alertsOf,
  constant,
  FIRST_OF_BUS,
  type Hook,
  inBaseline,
  MOST,
  OTHERS,
  type Registered,
} from "./registered.ts";

const WIDTH = 120;

/** A function with a switch over numbers; `cases` that do the same thing stand together. */
function choice(
  doc: string,
  head: string,
  cases: readonly [label: string, does: string][],
  otherwise: string[],
): string {
  const by = new Map<string, string[]>();
  for (const [label, does] of cases) by.set(does, [...(by.get(does) ?? []), label]);
  const body = [...by].flatMap(([does, labels]) => [
    ...labels.map((label) => `    case ${label}:`),
    ...does.split("\n").map((line) => `      ${line}`),
  ]);
  const last = otherwise.length ? ["    default:", ...otherwise.map((line) => `      ${line}`)] : [];
  return [...(doc ? [`/** ${doc} */`] : []), `${head} {`, ...body, ...last, "  }", "}"].join("\n");
}

const detector = (name: string) => `Detector.${constant(name)}`;

export function catalogue(all: readonly Registered[]): string {
  const alerts = alertsOf(all);
  const says = (word: (alert: (typeof alerts)[number]) => string | undefined) =>
    alerts.flatMap((alert): [string, string][] => {
      const text = word(alert);
      return text ? [[detector(alert.name), `lit(t, ${JSON.stringify(text)});\nreturn;`]] : [];
    });
  const write = (name: string) => `export function ${name}(t: Text, detector: u32): void {\n  switch (detector)`;
  return [
    `// Every detector of the appliance: its number, which alerts carry as signature_id - FIRST_SIGNATURE, its section of the
// policy, and its words for Suricata's readers.
import { Text, lit, unsigned } from "../../lib/onboard/text";

export const FIRST_SIGNATURE: u32 = 7700000;
export const DETECTORS: u32 = ${MOST}; // numbers are below

/** Whether a detector is for MIL-STD-1553. */
@inline export function ofBus(detector: u32): bool {
  return detector >= ${FIRST_OF_BUS} && ${OTHERS.map((other) => `detector != ${other}`).join(" && ")};
}`,
    [
      "export const enum Detector {",
      "  NONE = 0,",
      ...alerts.map(({ name, number, about }) => `  ${constant(name)} = ${number}, // ${about}`),
      "}",
    ].join("\n"),
    [
      "/** Tags of sections of inspect's part of the policy, by the family that learned what is in them. */",
      "export const enum Section {",
      ...families(all).map(({ name, tag }) => `  ${constant(name)} = ${tag},`),
      "}",
    ].join("\n"),
    choice(
      "",
      write("writeDetector"),
      says(({ name }) => name),
      ['lit(t, "none");'],
    ),
    accusations(alerts),
    choice(
      "The alert's title.",
      write("writeSignature"),
      says(({ signature }) => signature),
      ['lit(t, "detector ");', "unsigned(t, detector);"],
    ),
    choice(
      "One of Suricata's classifications (its classification.config).",
      write("writeCategory"),
      says(({ category }) => category),
      ['lit(t, "Misc activity");'],
    ),
  ].join("\n\n");
}

/** Bits as finding.ts numbers them; without a declaration that of nobody. */
function accusations(alerts: ReturnType<typeof alertsOf>): string {
  const bits = (accuses: readonly Accused[] = ["nobody"]) =>
    accuses.reduce((all, one) => all | (1 << ACCUSED.indexOf(one)), 0);
  return choice(
    "Whom findings of a detector may accuse: bit n of each Accused (finding.ts).",
    "export function accuses(detector: u32): u32 {\n  switch (detector)",
    alerts.map(({ name, accuses }): [string, string] => [detector(name), `return ${bits(accuses)};`]),
    ["return 1;"],
  );
}

const families = (all: readonly Registered[]) =>
  all
    .flatMap(({ folder, declaration }) => (declaration.learned ? [{ folder, ...pick(declaration.learned) }] : []))
    .sort((a, b) => a.tag - b.tag);
const pick = ({ name, tag }: { name: string; tag: number }) => ({ name, tag });

export function dispatch(all: readonly Registered[]): string {
  const having = (hook: Hook) => all.filter(({ hooks }) => hooks.has(hook));
  const input = (...wanted: string[]) => all.filter(({ declaration }) => wanted.includes(declaration.input));
  const call = ({ folder }: Registered, hook: Hook, args: string) => `${folder}.${hook}(${args});`;
  const reset = (list: readonly Registered[]) =>
    list.filter(({ hooks }) => hooks.has("reset")).map((one) => `  ${call(one, "reset", "")}`);
  const packets = input("packet", "endpoints");
  const messages = input("message");
  const body = [
    "let learns: bool = false;\nlet stage: u32 = 0; // of an export: whose entries are next",
    block("As at power-on: no traffic, nothing learned or known.", "export function resetDetectors(): void", [
      "  learns = false;",
      "  stage = 0;",
      "  resetScores();",
      "  beginEndpoints(false);",
      ...reset(all),
    ]),
    block(
      "From here on they learn. What was learned of endpoints before is forgotten: the new takes its memory.",
      "export function beginLearning(): void",
      ["  learns = true;", "  stage = 0;", "  beginEndpoints(true);", ...reset(input("endpoints"))],
    ),
    sections(all),
    configure(all),
    block(
      "A decoded packet, its frame at `frame`, its Flow or 0. Returns the verdict on it.",
      "export function packetIn(k: Packet, frame: usize, flow: usize): u32",
      [
        "  const addressed = observe(k, frame, flow);",
        "  look(k, endpoints(), addressed);",
        ...verdicts(having("verdict")),
      ],
    ),
    block(
      "Who learns does so; the others look at the packet as ever.",
      "@inline function look(k: Packet, e: Endpoints, addressed: bool): void",
      looks(packets),
    ),
    ...(messages.length ? [messageIn(messages)] : []),
    block(
      "Record time went on, whether or not anything comes. Not while they learn.",
      "export function timePassed(time: u64): void",
      ["  if (learns) return;", ...having("passing").map((one) => `  ${call(one, "passing", "time")}`)],
    ),
    ...(having("expire").length
      ? [
          block(
            "What times out before a packet of this time, or without one.",
            "export function expire(time: u64): void",
            having("expire").map((one) => `  ${call(one, "expire", "time")}`),
          ),
        ]
      : []),
    ...(having("ending").length
      ? [
          block(
            "Nothing comes any more: the input is at its end.",
            "export function ending(time: u64): void",
            having("ending").map((one) => `  ${call(one, "ending", "time")}`),
          ),
        ]
      : []),
    exportNext(inBaseline(all).filter(({ hooks }) => hooks.has("exportNext"))),
    block(
      "Records forgotten because a table was full: an attack with many addresses shows here.",
      "export function evictions(): u64",
      sum(["endpointEvictions()", ...having("evictions").map(({ folder }) => `${folder}.evictions()`)]),
    ),
    spareDetectors(having("spare")),
    words("What was expected, without quotes.", "expected", all),
    words("What was seen instead, without quotes.", "seen", all),
    words("Further members of alert.context, each behind a comma.", "context", having("context")),
  ].join("\n\n");
  const head =
    "// Calls the detectors, one after the other; ../README.md says what each offers, and when it is called.";
  return `${[head, ...imports(all, body)].join("\n")}\n\n${body}`;
}

/** Where what the dispatch names comes from. */
const NAMES: readonly [path: string, names: string[]][] = [
  ["../../appliance/contract/onboard/abi", ["Action", "stricter"]],
  ["../../appliance/contract/onboard/config", ["section", "sectionLength"]],
  ["../../ip/onboard/packet", ["Packet"]],
  ["../../lib/onboard/text", ["Text"]],
  ["../../mil1553/onboard/channels", ["Bus"]],
  ["../../mil1553/onboard/message", ["Message"]],
  ["../ip/onboard/endpoints", ["Endpoints", "endpoints"]],
  ["../ip/onboard/observe", ["beginEndpoints", "endpointEvictions", "observe", "spareEndpoints", "useKnown"]],
];
const OWN: typeof NAMES = [
  ["./catalogue", ["Detector", "Section"]],
  ["./finding", ["Finding"]],
  ["./scores", ["resetScores"]],
];

/** Of the names, those that the body uses. */
function imports(all: readonly Registered[], body: string): string[] {
  const used = ([path, names]: (typeof NAMES)[number]) => {
    const some = names.filter((name) => new RegExp(`\\b${name}\\b`).test(body));
    return some.length ? [`import { ${some.join(", ")} } from "${path}";`] : [];
  };
  const folders = all.map(({ folder }) => folder).sort();
  return [
    ...NAMES.flatMap(used),
    ...folders.map((folder) => `import * as ${folder} from "../${folder}/onboard/detector";`),
    ...OWN.flatMap(used),
  ];
}

const block = (doc: string, head: string, body: readonly string[]): string =>
  [...(doc ? [`/** ${doc} */`] : []), `${head} {`, ...body, "}"].join("\n");

function sections(all: readonly Registered[]): string {
  const uses = new Map(all.map(({ folder, declaration }) => [folder, declaration.input === "endpoints"]));
  return choice(
    "A section of the baseline; after resetDetectors(). False when it is malformed, or nobody's.",
    "export function configureSection(tag: u32, at: usize, length: u32): bool {\n  switch (tag)",
    families(all).map(({ folder, name }): [string, string] => [
      `Section.${constant(name)}`,
      `${uses.get(folder) ? "useKnown();\n" : ""}return ${folder}.configure(at, length);`,
    ]),
    ["return false;"],
  );
}

function configure(all: readonly Registered[]): string {
  const policy = all.filter(({ hooks }) => hooks.has("configurePolicy"));
  return [
    block("", "function configureFrom(part: usize, tag: u32): bool", [
      "  const at = section(part, tag);",
      "  return at == 0 || configureSection(tag, at, sectionLength(part, tag));",
    ]),
    "",
    block(
      "What the policy says, and the baseline's sections of it; false when anything is malformed.",
      "export function configureDetectors(part: usize, learn: bool): bool",
      [
        "  resetDetectors();",
        ...policy.map(({ folder }) => `  if (!${folder}.configurePolicy(part)) return false;`),
        ...families(all).map(({ name }) => `  if (!configureFrom(part, Section.${constant(name)})) return false;`),
        "  if (learn) beginLearning();",
        "  return true;",
      ],
    ),
  ].join("\n");
}

const messageIn = (list: readonly Registered[]): string =>
  block("A message of MIL-STD-1553.", "export function messageIn(m: Message, bus: Bus): void", [
    "  if (learns) {",
    ...list.map(({ folder, hooks }) => `    ${folder}.${hooks.has("learn") ? "learn" : "check"}(m, bus);`),
    "    return;",
    "  }",
    ...list.map(({ folder }) => `  ${folder}.check(m, bus);`),
  ]);

/**
 * Calls of those that look at packets; those that need addresses stand together. Each function is called in one place only, so
 * that the compiler can put it there.
 */
function looks(list: readonly Registered[]): string[] {
  const out: string[] = [];
  let inside = false;
  for (const { folder, declaration, hooks } of list) {
    const needs = declaration.input === "endpoints";
    if (needs && !inside) out.push("  if (addressed) {");
    if (!needs && inside) out.push("  }");
    inside = needs;
    const indent = needs ? "    " : "  ";
    const args = needs ? "k, e" : "k";
    if (hooks.has("learn"))
      out.push(`${indent}if (learns) ${folder}.learn(${args});`, `${indent}else ${folder}.check(${args});`);
    else out.push(`${indent}${folder}.check(${args});`);
  }
  return inside ? [...out, "  }"] : out;
}

function spareDetectors(list: readonly Registered[]): string {
  const part = list.some(({ declaration }) => declaration.learned) ? "part" : "_part";
  return block(
    "Says which tables stay untouched. The part, which is still at `part`, was taken over.",
    `export function spareDetectors(${part}: usize): void`,
    [
      "  spareEndpoints();",
      ...list.map(({ folder, declaration }) => {
        const { learned } = declaration;
        return `  ${folder}.spare(${learned ? `section(part, Section.${constant(learned.name)}) != 0` : "true"}, learns);`;
      }),
    ],
  );
}

/** Of two that are as strict that of the later in the registry counts. */
function verdicts(list: readonly Registered[]): string[] {
  const [last, ...others] = [...list].reverse();
  if (!last) return ["  return Action.PASS;"];
  return [
    "  if (!addressed) return Action.PASS;",
    `  ${others.length ? "let" : "const"} verdict = ${last.folder}.verdict(k, endpoints());`,
    ...others.map(({ folder }) => `  verdict = stricter(verdict, ${folder}.verdict(k, endpoints()));`),
    "  return verdict;",
  ];
}

function exportNext(list: readonly Registered[]): string {
  return block(
    "Writes the members of the next baseline entry; false when none is left, and the next call begins anew.",
    "export function exportNext(t: Text): bool",
    [
      ...(list.length ? ["  if (learns) {"] : []),
      ...list.flatMap(({ folder }, i) => [
        `    if (stage == ${i}) {`,
        `      if (${folder}.exportNext(t)) return true;`,
        `      stage = ${i + 1};`,
        "    }",
      ]),
      ...(list.length ? ["  }"] : []),
      "  stage = 0;",
      "  return false;",
    ],
  );
}

/** A return of a sum, in lines as they are formatted. */
function sum(terms: readonly string[]): string[] {
  const line = `  return ${terms.join(" + ")};`;
  if (line.length <= WIDTH) return [line];
  return ["  return (", ...terms.map((term, i) => `    ${term}${i < terms.length - 1 ? " +" : ""}`), "  );"];
}

const WRITERS = { expected: "writeExpected", seen: "writeSeen", context: "writeContext" } as const;

const words = (doc: string, hook: keyof typeof WRITERS, all: readonly Registered[]): string =>
  choice(
    doc,
    `export function ${WRITERS[hook]}(t: Text, f: Finding): void {\n  switch (f.detector)`,
    all
      .flatMap(({ folder, declaration }) => declaration.alerts.map(({ name, number }) => ({ folder, name, number })))
      .sort((a, b) => a.number - b.number)
      .map(({ folder, name }): [string, string] => [detector(name), `${folder}.${hook}(t, f);\nreturn;`]),
    [],
  );
