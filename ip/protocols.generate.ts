/** The registry as onboard code: enumerations, texts, what a number announces, and the call of each decoder. */
import { relative } from "node:path";
import { generatedFrom, type Output } from "../appliance/contract/generate/text.ts";
import { DECLARATIONS, LINK_TYPES, PROTOCOLS } from "./declarations.ts";
import type { Declaration, Protocol } from "./declare.ts";

const FOLDER = "ip/onboard/generated";
const WIDTH = 120;

const often = (one: Protocol): number => one.often ?? Number.POSITIVE_INFINITY;
/** The most frequent ones first. */
const byFrequency = (protocols: readonly Protocol[]): Protocol[] =>
  [...protocols].sort((a, b) => (often(a) === often(b) ? 0 : often(a) - often(b)));

/** A number as the standards write it. */
const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
const plain = (value: number): string => String(value);

/** A case for all of these labels. */
const cases = (labels: readonly string[], body: readonly string[]): string[] =>
  labels.length ? [...labels.map((label) => `    case ${label}:`), ...body.map((line) => `      ${line}`)] : [];

function switchOver(what: string, arms: readonly string[], otherwise: string): string[] {
  return [`  switch (${what}) {`, ...arms, "    default:", `      ${otherwise}`, "  }"];
}

/** A function from a number to the protocol that it announces. */
function fromNumber(doc: string, name: string, numbersOf: (one: Protocol) => readonly string[]): string[] {
  const arms = byFrequency(PROTOCOLS).flatMap((one) => cases(numbersOf(one), [`return Protocol.${one.id};`]));
  const head = [`/** ${doc}; NONE where it is not known here. */`, `export function ${name}(n: u32): u32 {`];
  return [...head, ...switchOver("n", arms, "return Protocol.NONE;"), "}"];
}

/** A function that writes the name of a number. */
function writer(doc: string, name: string, parameter: string, first: string[], named: Map<string, string[]>): string[] {
  const arms = [...named].flatMap(([text, labels]) => cases(labels, [`lit(t, "${text}");`, "break;"]));
  const head = [`/** ${doc} */`, `export function ${name}(t: Text, ${parameter}: u32): void {`, ...first];
  return [...head, ...switchOver(parameter, arms, 'lit(t, "unknown");'), "}"];
}

function grouped(pairs: readonly (readonly [name: string, label: string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, label] of pairs) groups.set(name, [...(groups.get(name) ?? []), label]);
  return groups;
}

function output(name: string, doc: string, lines: readonly string[]): Output {
  const head = [`// ${generatedFrom("ip/registry.ts")}`, `// ${doc}`];
  return { path: `${FOLDER}/${name}.ts`, text: `${[...head, ...lines].join("\n")}\n` };
}

const TEXT = 'import { Text, lit } from "../../../lib/onboard/text";';
const PROTOCOL = 'import { Protocol } from "./protocol";';

function protocolFile(): Output {
  const members = ["NONE", ...PROTOCOLS.map(({ id }) => id), "COUNT"];
  const names = grouped(PROTOCOLS.map(({ id, name }) => [name, `Protocol.${id}`]));
  return output(
    "protocol",
    "Protocols that the stack of a packet can name, by the names of tshark's frame.protocols.",
    [
      ...[TEXT, "", "export const enum Protocol {"],
      ...members.map((id, n) => `  ${id} = ${n},`),
      ...["}", ""],
      ...writer("Writes the name of a protocol.", "writeProtocol", "protocol", [], names),
    ],
  );
}

function anomalyFile(): Output {
  const all = anomaliesOf(DECLARATIONS);
  const names = grouped(all.map(({ id, name }) => [name, `Anomaly.${id}`]));
  const comment = ({ name, isOurs, why }: (typeof all)[number]) =>
    ` // ${name}${isOurs ? " +" : ""}${why ? `: ${why}` : ""}`;
  const doc =
    "REQ-DECODE-002. What can be wrong with a packet, by Suricata's names in EVE; with a + where it has none.";
  return output("anomaly", doc, [
    ...[TEXT, "", "export const enum Anomaly {", "  NONE = 0,"],
    ...all.map((one) => `  ${one.id} = ${one.number},${comment(one)}`),
    ...[`  COUNT = ${all.length + 1},`, "}", ""],
    ...writer(
      "Writes an anomaly's event name: decoder.ipv4.trunc_pkt.",
      "writeAnomaly",
      "id",
      ['  lit(t, "decoder.");'],
      names,
    ),
  ]);
}

function numbersFile(): Output {
  const links = ({ links = [] }: Protocol) => links.flatMap(({ number, also = [] }) => [number, ...also]).map(plain);
  return output("numbers", "What a number announces.", [
    ...[PROTOCOL, ""],
    ...fromNumber("The first protocol by LINKTYPE_ number", "fromLink", links),
    "",
    ...fromNumber("By EtherType", "fromEtherType", ({ etherTypes = [] }) => etherTypes.map(hex)),
    "",
    ...fromNumber("By IP protocol number", "ofIpProtocol", ({ ipProtocols = [] }) => ipProtocols.map(plain)),
    "",
    ...fromNumber("By next header, what only IPv6 has", "ofExtension", ({ extensions = [] }) => extensions.map(plain)),
  ]);
}

function layerFile(): Output {
  const files = new Map<string, string[]>();
  for (const { decoder } of PROTOCOLS)
    if (decoder) {
      const file = relative(FOLDER, `ip/${decoder.file}`);
      files.set(file, [...new Set([...(files.get(file) ?? []), decoder.function])].sort());
    }
  const ordered = byFrequency(PROTOCOLS);
  const calls = grouped(ordered.flatMap((one) => (call(one) ? [[call(one)!, `Protocol.${one.id}`]] : [])));
  return output("layer", "The decoder of each protocol.", [
    ...[...files].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([file, names]) => importOf(names, file)),
    ...['import { Packet } from "../packet";', PROTOCOL, ""],
    ...["/** Decodes one layer; returns what follows it. */", "export function layer(k: Packet, protocol: u32): u32 {"],
    ...switchOver(
      "protocol",
      [...calls].flatMap(([what, labels]) => cases(labels, [what])),
      "return Protocol.NONE;",
    ),
    "}",
  ]);
}

const call = ({ decoder, is }: Protocol): string | undefined =>
  decoder ? `return ${decoder.function}(k);` : is && `return Protocol.${is};`;

function importOf(names: readonly string[], file: string): string[] {
  const line = `import { ${names.join(", ")} } from "${file}";`;
  return line.length <= WIDTH ? [line] : ["import {", ...names.map((name) => `  ${name},`), `} from "${file}";`];
}

/** All anomalies by their numbers. @throws Error when a number is used twice or left out */
export function anomaliesOf(declarations: readonly Declaration[]) {
  const all = declarations.flatMap(({ anomalies }) =>
    Object.entries(anomalies?.names ?? {}).map(([id, one], n) => ({ id, number: anomalies!.first + n, ...one })),
  );
  for (const [n, { id, number }] of all.entries())
    if (number !== n + 1) throw new Error(`Anomaly.${id} is ${number}, expected ${n + 1}: first of its declaration`);
  return all;
}

/** @throws Error when two declare the same number or the same name */
export function checkUnique(protocols: readonly Protocol[]): void {
  const kinds: [string, (one: Protocol) => readonly (number | string)[]][] = [
    ["id", ({ id }) => [id]],
    ["link type", ({ links = [] }) => links.flatMap(({ number, also = [] }) => [number, ...also])],
    ["EtherType", ({ etherTypes = [] }) => etherTypes],
    ["IP protocol", ({ ipProtocols = [], extensions = [] }) => [...ipProtocols, ...extensions]],
  ];
  for (const [kind, valuesOf] of kinds) {
    const owners = new Map<number | string, string>();
    for (const one of protocols)
      for (const value of valuesOf(one)) {
        const other = owners.get(value);
        if (other) throw new Error(`${kind} ${value} is declared by ${other} and by ${one.id}`);
        owners.set(value, one.id);
      }
  }
}

export default function protocols(): Output[] {
  checkUnique(PROTOCOLS);
  checkUnique(LINK_TYPES.map(({ name }) => ({ id: name, name })));
  return [protocolFile(), anomalyFile(), numbersFile(), layerFile()];
}
