/**
 * A policy with other thresholds, as text: for weir tune, and for whoever moves thresholds by hand (the page). No imports
 * but the YAML library, so it runs in a browser.
 *
 * The text is changed only where it must be: comments, order and spacing stay. At its beginning stands where the thresholds
 * come from, in place of what an earlier tuning said.
 */
import { type Document, isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";

export interface Provenance {
  /** What wrote it: `weir tune 0.1.0`. */
  tool: string;
  /** Who, if that was said. */
  by?: string;
  /** ISO 8601, if that was said. */
  date?: string;
  /** How the thresholds follow from the captures: a sentence. */
  rule: string;
  /** Such as `1 alarm per hour`. */
  budget?: string;
  captures: readonly { name: string /** In hexadecimal. */; sha256: string; hours: number }[];
  /** The same with labels. */
  attacked?: readonly { name: string; sha256: string; hours: number }[];
  /** Of the baseline that the thresholds were chosen with. */
  baseline?: { name: string; sha256: string };
  /** More lines, such as what is to be expected. */
  notes?: readonly string[];
}

export interface PolicyChange {
  /**
   * By detector (detectors/catalogue.ts): the factor on the thresholds of its baseline, 0.01 to 100, or "off". Those that are
   * not in it stay as they are.
   */
  thresholds: Readonly<Record<string, number | "off">>;
  /** Path of the baseline, relative to where the policy will stand; without it the policy's stays. */
  baseline?: string;
  provenance: Provenance;
}

const BEGIN = "# ---- thresholds: where they come from";
const END = "# ---- end";

/**
 * @param text a policy file
 * @returns the policy file with the changes: the same text and changes give the same text
 * @throws Error when the text is no YAML mapping
 */
export function tunedPolicy(text: string, change: PolicyChange): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const bare = withoutProvenance(text.replaceAll("\r\n", "\n"));
  const wanted = parsed(bare);
  if (change.baseline !== undefined) wanted.set("baseline", change.baseline);
  for (const [name, factor] of Object.entries(change.thresholds)) setThreshold(wanted, name, factor);
  let out = bare;
  if (change.baseline !== undefined) out = withScalar(out, [], "baseline", JSON.stringify(change.baseline));
  // Each goes in front of what is there: the first one last
  for (const [name, factor] of Object.entries(change.thresholds).reverse()) out = withThreshold(out, name, factor);
  // Anchors, merges, tags: where splicing would not give what is meant, the library writes the file anew
  if (!same(out, wanted)) out = wanted.toString({ lineWidth: 0 });
  return `${provenanceText(change.provenance)}\n${out}`.replaceAll("\n", eol);
}

function parsed(text: string): Document {
  const document = parseDocument(text);
  if (document.errors.length) throw new Error(document.errors[0]!.message.split("\n")[0]);
  if (!isMap(document.contents)) throw new Error("not a mapping, expected a policy");
  return document as Document;
}

function same(text: string, wanted: Document): boolean {
  const document = parseDocument(text);
  return !document.errors.length && ordered(document.toJS()) === ordered(parseDocument(String(wanted)).toJS());
}

/** As JSON, keys in order. */
const ordered = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

// ---- Where thresholds come from -----------------------------------------------------------------------------------------

function withoutProvenance(text: string): string {
  if (!text.startsWith(BEGIN)) return text;
  const end = text.indexOf(`\n${END}`);
  if (end < 0) return text;
  const line = text.indexOf("\n", end + 1);
  return line < 0 ? "" : text.slice(line + 1);
}

/** Names are somebody else's: whatever is in them, they stay on their line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are replaced
const plain = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, "?");

export function provenanceText({
  tool,
  by,
  date,
  rule,
  budget,
  captures,
  attacked,
  baseline,
  notes,
}: Provenance): string {
  const recording = ({ name, sha256, hours }: Provenance["captures"][number]) =>
    `  ${name}, sha256 ${sha256}, ${hours.toFixed(4)} h`;
  const lines = [
    `by         ${by ?? "not said"}`,
    `with       ${tool}`,
    ...(date ? [`date       ${date}`] : []),
    ...(budget ? [`budget     ${budget}`] : []),
    `rule       ${rule}`,
    ...(baseline ? [`baseline   ${baseline.name}, sha256 ${baseline.sha256}`] : []),
    "captures",
    ...captures.map(recording),
    ...(attacked?.length ? ["labelled captures", ...attacked.map(recording)] : []),
    ...(notes ?? []),
  ];
  return [BEGIN, ...lines.map((line) => `# ${plain(line)}`), END].join("\n");
}

// ---- Changes ----------------------------------------------------------------------------------------------------------

/** As what the result must mean. */
function setThreshold(document: Document, name: string, factor: number | "off"): void {
  const path = ["detectors", name];
  if (!isMap(document.get("detectors"))) document.set("detectors", document.createNode({}));
  const there = document.getIn(path, true);
  if (factor === "off") {
    if (isMap(there)) document.setIn([...path, "off"], true);
    else document.setIn(path, "off");
    return;
  }
  if (!isMap(there)) document.setIn(path, document.createNode({ threshold: factor }));
  else {
    document.setIn([...path, "threshold"], factor);
    document.deleteIn([...path, "off"]);
  }
}

function withThreshold(text: string, name: string, factor: number | "off"): string {
  const there = mapAt(text, ["detectors", name]);
  if (there)
    return withScalar(
      text,
      ["detectors", name],
      factor === "off" ? "off" : "threshold",
      factor === "off" ? "true" : String(factor),
    );
  return withScalar(text, ["detectors"], name, factor === "off" ? "off" : `{ threshold: ${factor} }`);
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

function mapAt(text: string, path: readonly string[]): YAMLMap | undefined {
  let node: unknown = parseDocument(text).contents;
  for (const key of path) node = isMap(node) ? pairOf(node, key)?.value : undefined;
  return isMap(node) ? node : undefined;
}

const begin = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

/** Puts `key: value` into the mapping at a path, where it is there in place of its value. */
function withScalar(text: string, path: readonly string[], key: string, value: string): string {
  const map = mapAt(text, path);
  if (!map) {
    const [parent, last] = [path.slice(0, -1), path.at(-1)];
    if (last === undefined) return text;
    return withScalar(text, parent, last, parent.length ? `{ ${key}: ${value} }` : `\n  ${key}: ${value}`);
  }
  const pair = pairOf(map, key);
  const old = (pair?.value as Node | null | undefined)?.range;
  if (pair && old) {
    // Nothing there: behind the colon, in front of a comment
    const colon = text.indexOf(":", (pair.key as Node).range![1]) + 1;
    if (old[0] === old[1] && colon > 0)
      return `${text.slice(0, colon)}${value.startsWith("\n") ? "" : " "}${value}${text.slice(colon)}`;
    return text.slice(0, old[0]) + value + text.slice(old[1]);
  }
  const first = begin(map.items[0]?.key);
  if (map.flow) {
    const at = map.range![0] + 1;
    return `${text.slice(0, at)} ${key}: ${value}${first === undefined ? " " : ","}${text.slice(at)}`;
  }
  if (first === undefined) return text;
  if (!path.length)
    return `${text}${text.endsWith("\n") ? "" : "\n"}${key}:${value.startsWith("\n") ? "" : " "}${value}\n`;
  const line = text.lastIndexOf("\n", first - 1) + 1;
  const indent = text.slice(line, first);
  // A first key behind something else on its line (`? `, `- `) has no indentation to be copied
  if (indent.trim() !== "") return text;
  return `${text.slice(0, line)}${indent}${key}: ${value}\n${text.slice(line)}`;
}
