// What the hosts say of frames of `log` that no journal made, and of programs that do not end.
import { expect, it, vi } from "vitest";
import { parseDatagram } from "./datagram.ts";
import { decodeExit } from "./exits.ts";
import { whyNoJail } from "./jail.ts";
import { startProgram } from "./program.ts";

/** IPv4 and UDP around so many bytes. */
function frame(bytes: number): Buffer {
  const made = Buffer.alloc(42 + bytes);
  made.writeUInt16BE(0x0800, 12);
  made[14] = 0x45;
  made.writeUInt16BE(28 + bytes, 16);
  made[23] = 17;
  made.writeUInt16BE(8 + bytes, 38);
  return made;
}
const changed = (at: number, value: number) => {
  const made = frame(5);
  made[at] = value;
  return made;
};

it.each<[string, Buffer, string]>([
  ["that is cut", frame(0).subarray(0, 41), "log: not a UDP datagram over IPv4 without options"],
  ["of ARP", changed(13, 6), "log: not a UDP datagram over IPv4 without options"],
  ["with options", changed(14, 0x46), "log: not a UDP datagram over IPv4 without options"],
  ["of TCP", changed(23, 6), "log: not a UDP datagram over IPv4 without options"],
  ["of another length, says IPv4", changed(17, 34), "log: the lengths in its headers do not match the frame"],
  ["of another length, says UDP", changed(39, 14), "log: the lengths in its headers do not match the frame"],
])("a frame of log %s", (_, bytes, message) => {
  expect(() => parseDatagram(bytes)).toThrow(new Error(message));
});

it("a program that does not end is ended, and what a process came to has words", async () => {
  const running = startProgram({ program: "sleep", args: ["1000"] }, { timeout: 1 });
  expect(await running.exit).toEqual({ name: "TIMEOUT", text: "it did not end within 1 ms" });
  expect(decodeExit(0, null)).toEqual({ name: "STOPPED", text: "stopped from outside" });
  expect(decodeExit(null, "SIGKILL")).toEqual({ name: "STOPPED", text: "stopped from outside" });
  expect(decodeExit(7, null)).toEqual({ name: "HYPERVISOR", text: "the hypervisor ended with status 7" });
  expect(decodeExit(null, "SIGSEGV")).toEqual({ name: "HYPERVISOR", text: "the hypervisor ended with SIGSEGV" });
});

it("why Firecracker has no jail", () => {
  const user = vi.spyOn(process, "getuid").mockReturnValue(1000);
  expect(whyNoJail()).toBe("only root can use it");
  user.mockReturnValue(0);
  vi.stubEnv("PATH", "/nowhere");
  expect(whyNoJail()).toBe("jailer is not installed");
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
