import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { pcapOf } from "../captures/testing/files.ts";
import { Connection, dnp3, float, goose, mmsWrite, modbus, sampled } from "../detectors/content/testing/messages.ts";
import { COLUMNS } from "../ip/decode/format.ts";
import { bytes } from "../ip/testing/frames.ts";
import { ROOT } from "../lib/asc.ts";
import { command } from "./decode.ts";

const SITE = join(ROOT, "fixtures/site.pcap");
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** What the command writes, and its exit code. */
async function run(...argv: string[]): Promise<{ lines: string[]; talk: string; code: unknown }> {
  const out: string[] = [];
  const talk: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation(
    (piece) => out.push(Buffer.from(piece as string).toString()) > 0,
  );
  vi.spyOn(process.stderr, "write").mockImplementation((piece) => talk.push(String(piece)) > 0);
  await command().exitOverride().parseAsync(argv, { from: "user" });
  return { lines: out.join("").trimEnd().split("\n"), talk: talk.join(""), code: process.exitCode };
}

it("writes a JSON line for each packet, by the columns of the CSV", async () => {
  const json = await run("-r", SITE);
  expect(json.code).toBe(0);
  const packets = json.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(packets.map((p) => p.number)).toEqual(packets.map((_, i) => i + 1));
  expect(packets[1]).toMatchObject({ protocols: "eth:ip:tcp", src: "10.0.1.9", dport: 502, tcp_flags: "SYN" });
  for (const key of new Set(packets.flatMap((p) => Object.keys(p)))) expect(COLUMNS).toContain(key);

  const csv = await run("-r", SITE, "--csv");
  expect(csv.lines[0]).toBe(COLUMNS.join(","));
  expect(csv.lines.length).toBe(packets.length + 1);
  for (const [i, line] of csv.lines.slice(1).entries()) {
    const values = [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
    const expected = COLUMNS.map((column) => [packets[i]![column] ?? []].flat().join(";"));
    expect(values).toEqual(expected);
  }
});

it("says what applications say: functions and what they are about, each message of a packet", async () => {
  const two = new Connection(502).say(1, true, bytes(modbus(1, 9, [3, 0, 107, 0, 3]), modbus(2, 9, [6, 1, 0, 0, 5])));
  const frames = [
    ...two.say(2, false, modbus(1, 9, [0x83, 2])).frames,
    ...new Connection(20_000).say(3, true, dnp3(true, 3, 21, [0x3c, 2, 6])).frames,
    ...new Connection(102).say(4, true, mmsWrite(9, "CSWI1$CO$Pos$Oper", float(1))).frames,
    { time: 5e9, data: goose({ state: 7, sequence: 2, since: 1, values: [true] }) },
    { time: 6e9, data: sampled(79, 3) },
  ];
  const path = join(mkdtempSync(join(tmpdir(), "weir-decode-")), "said.pcap");
  writeFileSync(path, pcapOf(frames));
  const json = await run("-r", path);
  expect(json.lines.map((line) => JSON.parse(line)).map((p) => [p.app_proto, ...p.messages].join(" | "))).toEqual([
    "modbus | Modbus function 3 (read holding registers), unit 9, address 107, quantity 3" +
      " | Modbus function 6 (write single register), unit 9, address 256, quantity 1, data 5",
    "modbus | Modbus exception to function 3 (read holding registers), unit 9, octets in the answer: 1",
    "dnp3 | DNP3 function 21 (disable unsolicited), to station 10 from 1, group 60, variation 2",
    "mms | MMS message 0x00a0 00a5 (write)",
    "goose | GOOSE of APPID 0x1001, gocbRef IED1LD0/LLN0$GO$gcb1, state 7, sequence 2",
    "sv | Sampled Values of APPID 0x4001, svID MU01, sample 79",
  ]);
  const csv = await run("-r", path, "--csv");
  expect(csv.lines[1]).toContain(',modbus,"Modbus function 3 (read holding registers), unit 9, ');
});

it("says what commands write", async () => {
  const said = (port: number, ...data: (Uint8Array | string)[]) =>
    data.map((one, k) => {
      const octets = typeof one === "string" ? Buffer.from(one, "hex") : one;
      return new Connection(port, 40_000 + k).say(k, true, octets).frames[0]!;
    });
  const crob = [12, 1, 0x28, 1, 0, 3, 0, 0x41, 1, 0xf4, 1, 0, 0, 0x64, 0, 0, 0, 0];
  const frames = [
    ...said(
      502,
      modbus(1, 1, [5, 0, 7, 0xff, 0]),
      modbus(1, 1, [16, 0, 7, 0, 5, 10, ...[1, 2, 3, 4, 5].flatMap((n) => [0, n])]),
      modbus(1, 1, [15, 0, 7, 0, 9, 2, 0xcd, 1]),
      modbus(1, 1, [22, 0, 4, 0, 0xf2, 0, 0x25]),
      modbus(1, 1, [23, 0, 3, 0, 6, 0, 14, 0, 2, 4, 0, 8, 1, 0]),
    ),
    ...said(
      20_000,
      dnp3(true, 1, 5, crob),
      dnp3(true, 1, 3, [41, 2, 0x17, 2, 1, 0x10, 0, 0, 4, 0xff, 0xff, 0]),
      dnp3(true, 1, 4, [41, 3, 0, 6, 6, 0, 0, 0xc0, 0x3f, 0]),
    ),
    ...said(
      2404,
      "680e020002002d010600010050000081",
      "681202000200320106000100500000cdcccc3d00",
      "6810020002003101060001005000002eff00",
      "6810020002003001060001005000000040 80".replace(" ", ""),
    ),
    ...said(
      102,
      "0300002702f080320100000500000e0008050112 0a10020002000184000100 00040020 0102abcd".replaceAll(" ", ""),
    ),
    ...said(44_818, `6f001800${"00".repeat(26)}020000000000b20008001002200124010b00`),
  ];
  const path = join(mkdtempSync(join(tmpdir(), "weir-decode-")), "written.pcap");
  writeFileSync(path, pcapOf(frames));
  const { lines } = await run("-r", path);
  expect(
    lines.flatMap((line) => (JSON.parse(line).messages ?? []).map((text: string) => text.replace(/^.*?\)/, ""))),
  ).toEqual([
    ", unit 1, address 7, quantity 1, data 65280",
    ", unit 1, address 7, quantity 5, data 1 2 3 4...",
    ", unit 1, address 7, quantity 9, data 0xcd01",
    "Modbus function 22, unit 1, address 4, quantity 1, and_mask 242, or_mask 37",
    "Modbus function 23, unit 1, address 3, quantity 6, data 8 256",
    ", to station 10 from 1, group 12, variation 1, index 3, op_type 1, tcc 1, count 1, ontime 500, offtime 100",
    ", to station 10 from 1, group 41, variation 2, index 1, value 16, index 4, value -1",
    ", to station 10 from 1, group 41, variation 3, index 6, value 1.5",
    ", cause 6, common address 1, object 80, value 1, select",
    ", cause 6, common address 1, object 80, value 0.1",
    ", cause 6, common address 1, object 80, value -210",
    ", cause 6, common address 1, object 80, value 0.5, select",
    "S7 message 0x0100 0005, area 132, data block 1, bit address 256, data 0x0102abcd",
    "EtherNet/IP command 0x006f, CIP service 0x10, class 1, attribute 0, data 0x0b00",
  ]);
});

it("names 1553 messages and their data by an interface-control file", async () => {
  const recording = ["-r", join(ROOT, "fixtures/mil1553/clean.ch10")];
  const icd = ["--icd", join(ROOT, "fixtures/mil1553/avionics.yaml")];
  const csv = await run(...recording, ...icd, "--csv", "--where", "value hydraulic-pressure > 3020");
  expect(csv.lines.length).toBeGreaterThan(1);
  expect(csv.lines[0]).toMatch(/,name,message,values$/);
  for (const line of csv.lines.slice(1))
    expect(line).toMatch(/,fcc-status,"state=2560; .*; hydraulic-pressure=30[23]\d psi; faults=0"$/);
  const json = await run(...recording, ...icd, "--where", "value hydraulic-pressure > 3020");
  expect(json.lines.length).toBe(csv.lines.length - 1);
  expect(JSON.parse(json.lines[0]!).icd).toMatchObject({ message: "fcc-status" });
  await expect(run(...recording, "--where", "message fcc-status")).rejects.toThrow(
    "--where: names of messages and values are those of a file, expected --icd FILE",
  );
});

it("ends with 2 on a cut file, after all good packets", async () => {
  const cut = join(mkdtempSync(join(tmpdir(), "weir-decode-")), "cut.pcap");
  const whole = readFileSync(SITE);
  writeFileSync(cut, whole.subarray(0, 24 + 16 + 60 + 16 + 30));
  const { lines, talk, code } = await run("-r", cut);
  expect(lines.length).toBe(1);
  expect(talk).toContain("cut.pcap: offset 100");
  expect(code).toBe(2);
});

it("refuses a file that is not there", async () => {
  await expect(run("-r", "/nowhere.pcap")).rejects.toThrow("no such file");
});
