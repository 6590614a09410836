/**
 * Ground truth for captures, in the forms in which it is found. Numbers count records from 1: packets of a capture, or
 * messages of a MIL-STD-1553 recording. A record that no row speaks of is benign.
 *
 *   records    number,label[,name]     label: 0 or 1, -1 = ambiguous (left out), or the attack's name; `,` `;` or tab; with a
 *              header or without; the numbers may begin at 0
 *              label                   a row for each record
 *              number,label,name,channel,rtc48,change    of the bus simulator (mil1553/simulator/labels.ts)
 *   times      start,end,label         ISO 8601, or seconds: since 1970, or (below 10^8) since the first record. An attack each
 *              strike,name,intensity,channel,begin_rtc48,...,begin,end,...    of the bus simulator
 *   flows      source and destination address, [ports], [protocol], [time, [duration]], label: of CICFlowMeter or Zeek
 *              (rows.ts)
 */
import { ip } from "../../ip/decode/addresses.ts";
import { parseNetwork } from "../../lib/addresses.ts";
import { MOST_MADE, readText } from "../../lib/files.ts";
import { type Problem, Problems } from "../../lib/yaml.ts";
import { clockOf, timeOf } from "./clock.ts";
import { type Field, type Row, rowsOf } from "./csv.ts";
import { type End, type FlowLabels, type LabelledFlow, protocolOf } from "./rows.ts";

/** What a label without a name is called. */
export const UNNAMED = "attack";
const BENIGN = new Set(["0", "benign", "normal", "clean", "background", "legitimate", "false", "none", "-", ""]);
const MALICIOUS = new Set(["1", "attack", "malicious", "anomaly", "true"]);
const MOST_PROBLEMS = 20;
export type Unit = "packets" | "messages";

export interface LabelledRecord {
  /** From 1. */
  number: number;
  /** "" = ambiguous: left out of every figure. */
  name: string;
  line: number;
}

export interface RecordLabels {
  kind: "records";
  file: string;
  form: string;
  /** What it counts, where the form says it. */
  unit?: Unit;
  /** All that are not benign; the same number may be there with several names. */
  records: LabelledRecord[];
  /** Largest number that it speaks of, and where. */
  last: number;
  lastLine: number;
  /** It has rows for benign records too: then it should have one for each. */
  complete: boolean;
  /** Its rows may be about something else than records: their number must be the records'. */
  amongOthers?: boolean;
}

export interface LabelledTime {
  name: string;
  /** Seconds since 1970, or since the first record. */
  from: number;
  to: number;
  relative: boolean;
  line: number;
}

export interface TimeLabels {
  kind: "times";
  file: string;
  form: string;
  unit?: Unit;
  times: LabelledTime[];
}

/** Those that say by themselves which records they are about. */
export type OwnLabels = RecordLabels | TimeLabels;
export type Labels = OwnLabels | FlowLabels;

/** @throws Problems; Error when the file cannot be read */
export function readLabels(path: string): Labels {
  return parseLabels(readText(path, MOST_MADE), path);
}

/** @throws Problems with every fault, at most twenty */
export function parseLabels(content: string, file: string): Labels {
  // Zeek names its columns in a comment, and labels are added to its logs behind three blanks
  const zeek = /^#fields\t/m.test(content);
  const rows = rowsOf(zeek ? content.replace(/^#fields\t/m, "").replaceAll("   ", "\t") : content);
  return new Parser(file, rows).labels();
}

type Column = "number" | "label" | "name" | "from" | "to" | "begin_rtc48" | "rtc48" | FlowColumn;
type FlowColumn =
  | "source"
  | "target"
  | "sourcePort"
  | "targetPort"
  | "protocol"
  | "begin"
  | "duration"
  | "microseconds";
type Columns = Partial<Record<Column, number>>;

const COLUMN_NAMES: [keyof Columns, readonly string[]][] = [
  [
    "source",
    [
      "source ip",
      "src ip",
      "src_ip",
      "srcip",
      "source address",
      "source",
      "src",
      "saddr",
      "srcaddr",
      "ipv4_src_addr",
      "id.orig_h",
    ],
  ],
  [
    "target",
    [
      "destination ip",
      "dst ip",
      "dst_ip",
      "dstip",
      "dest_ip",
      "destination address",
      "destination",
      "dst",
      "daddr",
      "dstaddr",
      "ipv4_dst_addr",
      "id.resp_h",
    ],
  ],
  ["sourcePort", ["source port", "src port", "src_port", "srcport", "sport", "l4_src_port", "id.orig_p"]],
  [
    "targetPort",
    ["destination port", "dst port", "dst_port", "dstport", "dest_port", "dport", "dsport", "l4_dst_port", "id.resp_p"],
  ],
  ["protocol", ["protocol", "proto"]],
  ["begin", ["timestamp", "ts", "stime", "time", "start_time", "starttime", "start", "first seen"]],
  ["duration", ["duration", "dur"]],
  ["microseconds", ["flow duration"]],
  ["number", ["", "number", "packet", "no.", "no", "frame", "index", "id", "#", "pcap_cnt"]],
  ["label", ["label", "class", "labels", "x", "y", "malicious"]],
  ["name", ["name", "attack", "type", "category", "detailed-label", "attack_cat"]],
  ["from", ["start", "begin", "from", "start_time"]],
  ["to", ["end", "stop", "to", "end_time"]],
  ["begin_rtc48", ["begin_rtc48"]],
  ["rtc48", ["rtc48"]],
];

class Parser {
  readonly #file: string;
  readonly #rows: Row[];
  readonly #problems: Problem[] = [];

  constructor(file: string, rows: Row[]) {
    this.#file = file;
    this.#rows = rows;
  }

  labels(): Labels {
    const [first] = this.#rows;
    if (!first) this.#fail(1, 1, "no rows, expected labels");
    else if (isValue(first.fields[0]!.text)) return this.#checked(this.#withoutHeader(first));
    else return this.#checked(this.#withHeader(first));
    throw new Problems(this.#problems);
  }

  #checked(labels: Labels): Labels {
    if (this.#problems.length) throw new Problems(this.#problems);
    return labels;
  }

  #withoutHeader({ fields }: Row): Labels {
    if (fields.length === 1) return this.#records({ label: 0 }, this.#rows, "label for each record");
    const [first, second] = fields.map(({ text }) => text) as [string, string];
    const times = fields.length > 2 && timeOf(first) && timeOf(second) && second !== "0" && second !== "1";
    if (isCount(first) && !times)
      return this.#records({ number: 0, label: 1, ...(fields.length > 2 && { name: 2 }) }, this.#rows, "number, label");
    return this.#times({ from: 0, to: 1, label: 2 }, this.#rows, "start, end, label");
  }

  #withHeader({ line, fields }: Row): Labels {
    const columns: Columns = {};
    for (const [name, words] of COLUMN_NAMES) {
      const at = fields.findIndex(({ text }) => words.includes(text.toLowerCase()));
      if (at >= 0) columns[name] = at;
    }
    const rest = this.#rows.slice(1);
    if (columns.source !== undefined && columns.target !== undefined) return this.#flows(line, columns, rest);
    if (columns.begin_rtc48 !== undefined && columns.from !== undefined && columns.to !== undefined)
      return { ...this.#times(columns, rest, "attacks of weir simulate"), unit: "messages" };
    if (columns.from !== undefined && columns.to !== undefined) return this.#times(columns, rest, "start, end, label");
    if (columns.label === undefined && columns.name === undefined)
      this.#fail(
        line,
        fields[0]!.column,
        `columns ${named(fields)}: expected number and label, or start, end and label`,
      );
    if (columns.rtc48 !== undefined)
      return { ...this.#records(columns, rest, "labels of weir simulate"), unit: "messages" };
    if (columns.number !== undefined) return this.#records(columns, rest, "number, label");
    if (fields.length === 1) return this.#records(columns, rest, "label for each record");
    return { ...this.#records(columns, rest, "label for each record, among other columns"), amongOthers: true };
  }

  #records(columns: Columns, rows: readonly Row[], form: string): RecordLabels {
    const counted = rows.map((row, i) => this.#numberOf(row, columns, i));
    const shift = counted.length && Math.min(...counted.slice(0, 2)) === 0 ? 1 : 0;
    const result: RecordLabels = {
      kind: "records",
      file: this.#file,
      form,
      records: [],
      last: 0,
      lastLine: 1,
      complete: columns.number === undefined,
    };
    for (const [i, row] of rows.entries()) {
      const number = counted[i]! + shift;
      const name = this.#nameOf(row, columns);
      if (number === 0) this.#fail(row.line, row.fields[columns.number ?? 0]!.column, "0, expected a number from 1");
      if (number > result.last) [result.last, result.lastLine] = [number, row.line];
      if (name === undefined) result.complete = true;
      else result.records.push({ number, name, line: row.line });
    }
    return result;
  }

  #numberOf({ line, fields }: Row, { number }: Columns, index: number): number {
    if (number === undefined) return index + 1;
    const field = this.#field(line, fields, number, "number");
    if (!field || isCount(field.text)) return Number(field?.text ?? 1);
    this.#fail(line, field.column, `number: "${field.text}", expected a whole number`);
    return 1;
  }

  /** The attack's name, "" when it is ambiguous, undefined when the record is benign. */
  #nameOf({ line, fields }: Row, { label, name }: Columns): string | undefined {
    const named = name === undefined ? undefined : fields[name]?.text;
    if (label === undefined) return BENIGN.has(named?.toLowerCase() ?? "") ? undefined : named;
    const field = this.#field(line, fields, label, "label");
    const text = field?.text.toLowerCase() ?? "";
    if (BENIGN.has(text)) return undefined;
    if (text === "-1" || text === "ambiguous") return "";
    if (MALICIOUS.has(text)) return named || UNNAMED;
    if (/^[-+.\d]/.test(text) && !Number.isNaN(Number(text)))
      this.#fail(line, field!.column, `label: "${text}", expected 0, 1, -1 or the name of an attack`);
    return field!.text;
  }

  #flows(header: number, columns: Columns, rows: readonly Row[]): FlowLabels {
    if (columns.label === undefined && columns.name === undefined)
      this.#fail(header, 1, "flows without a column label: expected one");
    const has = { ports: columns.sourcePort !== undefined, protocols: columns.protocol !== undefined };
    const clock = clockOf(rows.map(({ fields }) => fields[columns.begin ?? -1]?.text ?? ""));
    const value = <T>(row: Row, column: Column, what: string, read: (text: string) => T | undefined): T | undefined => {
      const at = columns[column];
      const field = at === undefined ? undefined : this.#field(row.line, row.fields, at, column);
      if (!field || (column === "duration" && field.text === "-")) return undefined;
      const found = read(field.text);
      if (found === undefined) this.#fail(row.line, field.column, `${column}: "${field.text}", expected ${what}`);
      return found;
    };
    const port = (text: string) => (isCount(text) && Number(text) < 65536 ? text : undefined);
    const seconds = (text: string) => (/^\d/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined);
    const flows = rows.map((row): LabelledFlow => {
      const end = (side: "source" | "target"): End => {
        const address = value(row, side, "an IP address", addressText) ?? "";
        return [address, Number(value(row, `${side}Port`, "a port", port) ?? 0)];
      };
      const protocol = value(row, "protocol", "a protocol's name or number", protocolOf);
      const begin = value(row, "begin", "a time: ISO 8601, seconds, or 31/12/2017 15:30[:59]", clock);
      // CICFlowMeter writes -1 where it has none
      const micro = value(row, "microseconds", "microseconds", (text) => (text === "-1" ? 0 : seconds(text)));
      const duration = micro === undefined ? value(row, "duration", "seconds", seconds) : micro / 1e6;
      const name = this.#nameOf(row, columns);
      return {
        ...{ ends: [end("source"), end("target")] as [End, End], line: row.line },
        ...(protocol !== undefined && { protocol }),
        ...(begin && { begin }),
        ...(duration !== undefined && { duration }),
        ...(name !== undefined && { name }),
      };
    });
    return { kind: "flows", file: this.#file, form: "flows", unit: "packets", has, flows };
  }

  #times(columns: Columns, rows: readonly Row[], form: string): TimeLabels {
    const times = rows.flatMap(({ line, fields }): LabelledTime[] => {
      const [from, to] = [columns.from!, columns.to!].map((column) => this.#time(line, fields, column));
      if (!from || !to) return [];
      const name = fields[columns.name ?? columns.label ?? -1]?.text || UNNAMED;
      if (BENIGN.has(name.toLowerCase())) return [];
      if (to.seconds < from.seconds || to.relative !== from.relative)
        this.#fail(
          line,
          fields[columns.to!]!.column,
          `end: "${fields[columns.to!]!.text}", expected a time after start`,
        );
      return [{ name, from: from.seconds, to: to.seconds, relative: from.relative, line }];
    });
    return { kind: "times", file: this.#file, form, times };
  }

  #time(line: number, fields: readonly Field[], column: number) {
    const field = this.#field(line, fields, column, "time");
    if (!field) return undefined;
    const time = timeOf(field.text);
    if (!time) this.#fail(line, field.column, `time: "${field.text}", expected ISO 8601 or seconds`);
    return time;
  }

  #field(line: number, fields: readonly Field[], at: number, what: string): Field | undefined {
    const field = fields[at];
    if (!field)
      this.#fail(line, fields.at(-1)!.column, `${fields.length} columns, expected ${what} in column ${at + 1}`);
    return field;
  }

  #fail(line: number, column: number, what: string): void {
    this.#problems.push({ file: this.#file, line, column, path: "", what });
    if (this.#problems.length >= MOST_PROBLEMS) throw new Problems(this.#problems);
  }
}

/** An address as ip/decode/addresses.ts writes it. */
function addressText(text: string): string | undefined {
  const network = parseNetwork(text);
  return network && !text.includes("/") ? ip(network.version, network.hi, network.lo) : undefined;
}

/** Columns for a message: the first few. */
const named = (fields: readonly Field[]) =>
  fields
    .slice(0, 12)
    .map(({ text }) => text)
    .join(", ") + (fields.length > 12 ? `, ${fields.length - 12} more` : "");
const isCount = (text: string) => /^\d{1,15}$/.test(text);
/** Not a column's name. */
const isValue = (text: string) =>
  /^-?\d/.test(text) || (text !== "" && BENIGN.has(text.toLowerCase())) || text.toLowerCase() === "malicious";
