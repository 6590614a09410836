/** Taps of benches: made without IPv6, so that nothing but what a bench sends is in them, and removed. Needs root. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** @param taps names of interfaces, at most 15 characters each */
export function addTaps(taps: Readonly<Record<string, string>>): void {
  for (const tap of Object.values(taps)) {
    execFileSync("ip", ["tuntap", "add", "dev", tap, "mode", "tap"]);
    spawnSync("sysctl", ["-qw", `net.ipv6.conf.${tap}.disable_ipv6=1`]);
    execFileSync("ip", ["link", "set", tap, "up"]);
  }
}

export function removeTaps(taps: Readonly<Record<string, string>>): void {
  for (const tap of Object.values(taps)) spawnSync("ip", ["link", "del", tap]);
}

/** A counter of the kernel's: rx_packets are what whoever is behind the tap has sent. */
export const counterOf = (tap: string, what: string): number =>
  Number(readFileSync(`/sys/class/net/${tap}/statistics/${what}`, "utf8"));
