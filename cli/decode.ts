// `weir decode`: a line for each packet, or for each MIL-STD-1553 message.
import { Command, Option } from "commander";
import { RecordKind } from "../appliance/contract/abi.ts";
import { damageText } from "../captures/damage.ts";
import { Filter } from "../captures/filter/filter.ts";
import { Icd } from "../captures/mil1553/icd.ts";
import { decodeChapter10, findingText } from "../captures/mil1553/index.ts";
import { csvOf, jsonWith, NAMED_COLUMNS, namesOf, receivedOfCsv, receivedOfJson } from "../captures/mil1553/named.ts";
import { type Asked, fieldsOfCsv, fieldsOfJson, whereOf } from "../captures/mil1553/where.ts";
import { CaptureReader } from "../captures/reader.ts";
import { Decoder } from "../ip/decode/decoder.ts";
import { COLUMNS, toCsv, toJson } from "../ip/decode/format.ts";

interface Options {
  read: string[];
  filter?: string;
  recursive?: boolean;
  csv?: boolean;
  k: "all" | "none";
  1553?: boolean;
  packets?: boolean;
  udpPort?: number[];
  year?: number;
  where?: Asked;
  icd?: Icd;
}

export function command(): Command {
  return new Command("decode")
    .description(
      "Decodes captures (pcap, pcapng, Chapter 10, each also as .gz, .zst) and writes a line for each packet to standard output.\nA Chapter 10 file gives a line for each MIL-STD-1553 message.",
    )
    .argument("[files...]", "captures, as with -r")
    .option("-r, --read <files...>", "captures: files, folders, - for standard input", [])
    .option(
      "--filter <words>",
      "only frames that match, in libpcap's filter syntax: 'tcp port 80' (captures/filter/README.md)",
    )
    .option("--recursive", "read folders inside folders too")
    .option("--csv", "CSV with a header instead of JSON lines")
    .addOption(new Option("-k <checksums>", "verify checksums").choices(["all", "none"]).default("all"))
    .option("--1553", "MIL-STD-1553: Chapter 10 in UDP datagrams of a packet capture")
    .option("--packets", "Chapter 10: a row for each packet (CSV), not for each message")
    .option("--udp-port <ports...>", "with --1553: UDP destination ports that carry Chapter 10", ports)
    .option("--year <year>", "Chapter 10: the year of times that come as the day of a year", year)
    .option(
      "--where <words>",
      "1553: only messages that match: 'rt 5 and sa 2 and error' (captures/mil1553/README.md)",
      where,
    )
    .option(
      "--icd <file>",
      "1553: message and data in the names and units of this interface-control file (captures/mil1553/README.md)",
      Icd.read,
    )
    .action(async (files: string[], options: Options) => {
      process.exitCode = await decode([...options.read, ...files], options);
    });
}

function ports(text: string, before: number[] = []): number[] {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`--udp-port ${text}: expected 1 to 65535`);
  return [...before, port];
}

function where(words: string): Asked {
  try {
    return whereOf(words);
  } catch (error) {
    throw new Error(`--where ${(error as Error).message}`);
  }
}

function year(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1970 || number > 2499)
    throw new Error(`--year ${text}: expected 1970 to 2499`);
  return number;
}

/** Returns the exit code: 2 when some of the input was damaged, else 0. */
async function decode(files: string[], options: Options): Promise<number> {
  if (files.length === 0) throw new Error("no capture: expected -r FILE");
  if (options.where?.names && !options.icd)
    throw new Error("--where: names of messages and values are those of a file, expected --icd FILE");
  const filter = options.filter === undefined ? undefined : await Filter.create(options.filter);
  const reader = await CaptureReader.open(files, { recursive: options.recursive ?? false, ...(filter && { filter }) });
  const input = await Peeked.of(reader);
  const damaged =
    options[1553] || options.packets || input.kind === RecordKind.CHAPTER10
      ? await chapter10(input, options)
      : await packets(input, options);
  for (const { file, why } of reader.summary.skipped) process.stderr.write(`weir: ${file}: left out: ${why}\n`);
  for (const note of filter?.notes(reader.summary) ?? []) process.stderr.write(`weir: ${note}\n`);
  for (const damage of reader.summary.damage) process.stderr.write(`weir: ${damageText(damage)}\n`);
  return damaged || reader.summary.damages > 0 ? 2 : 0;
}

async function packets(input: Peeked, options: Options): Promise<boolean> {
  const decoder = await Decoder.create({ checksums: options.k !== "none", messages: true });
  const line = options.csv ? toCsv : toJson;
  if (options.csv) await write(`${COLUMNS.join(",")}\n`);
  for (;;) {
    const length = await input.fill(decoder.input);
    if (length === 0) break;
    let text = "";
    for (const packet of decoder.decode(length)) text += `${line(packet)}\n`;
    await write(text);
  }
  for (const { file, format } of input.reader.summary.files)
    if (format === "chapter10")
      process.stderr.write(`weir: ${file}: a Chapter 10 file among packet captures: decode it in a separate run\n`);
  return false;
}

async function chapter10(input: Peeked, options: Options): Promise<boolean> {
  const rows = options.packets ? "packets" : options.csv ? "messages" : "json";
  const { udpPort = [], year = 0, where, icd } = options;
  const to =
    (where || icd) && rows !== "packets"
      ? lineByLine(rowOf(rows, where, icd), rows === "json" ? undefined : icd ? `,${NAMED_COLUMNS}` : "")
      : write;
  const result = await decodeChapter10(input, { rows, ports: udpPort, year }, to, (finding) => {
    process.stderr.write(`weir: ${findingText(finding)}\n`);
  });
  return result.damaged;
}

/** A row as it is written, with names where there is a file of them; undefined: it does not match. */
function rowOf(rows: "messages" | "json", asked: Asked | undefined, icd: Icd | undefined) {
  const isJson = rows === "json";
  return (line: string): string | undefined => {
    const named = icd?.nameOf(isJson ? receivedOfJson(line) : receivedOfCsv(line));
    if (asked) {
      const fields = isJson ? fieldsOfJson(line) : fieldsOfCsv(line);
      if (!asked.where({ ...fields, names: namesOf(named) })) return undefined;
    }
    if (!icd) return line;
    return isJson ? jsonWith(line, named) : line + csvOf(named);
  };
}

/** Writes the rows, which come as whole lines, each as `row` has it. `columns`: behind a CSV's header; JSON has none. */
function lineByLine(row: ReturnType<typeof rowOf>, columns: string | undefined): typeof write {
  let header = columns !== undefined;
  return async (piece) => {
    const text = Buffer.from(piece as Uint8Array).toString("latin1");
    const lines = text.split("\n").slice(0, -1);
    const first = header ? `${lines.shift()}${columns}` : undefined;
    header = false;
    const kept = lines.flatMap((line) => row(line) ?? []);
    if (first !== undefined) kept.unshift(first);
    if (kept.length) await write(Buffer.from(`${kept.join("\n")}\n`, "latin1"));
  };
}

/** The reader, with the first batch already there: what kind of records it holds decides how to decode. */
class Peeked {
  readonly reader: CaptureReader;
  readonly kind: number | undefined;
  #first: Uint8Array | undefined;

  private constructor(reader: CaptureReader, first: Uint8Array) {
    this.reader = reader;
    this.#first = first;
    this.kind = first.length ? first[26] : undefined; // appliance/contract: RecordHeader.kind
  }

  static async of(reader: CaptureReader): Promise<Peeked> {
    const buffer = new Uint8Array(new ArrayBuffer(131072));
    const length = await reader.fill(buffer);
    return new Peeked(reader, buffer.slice(0, length));
  }

  get file(): string {
    return this.reader.file;
  }

  async fill(target: Uint8Array): Promise<number> {
    const first = this.#first;
    if (!first) return this.reader.fill(target);
    this.#first = undefined;
    target.set(first);
    return first.length;
  }
}

/** Waits when whoever reads standard output is slower. */
async function write(data: string | Uint8Array): Promise<void> {
  // bytes are valid only until this returns: they are copied before they wait in the stream's queue
  const piece = typeof data === "string" ? data : Buffer.from(data);
  if (piece.length && !process.stdout.write(piece)) await new Promise((done) => process.stdout.once("drain", done));
}
