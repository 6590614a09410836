/** Where a policy sends its log, in words that people and ip(8) read. */
import { compilePolicy } from "../diode/policy.ts";
import { macText, networkText } from "../lib/addresses.ts";
import type { Here } from "../wiring/wiring.ts";

/** @param path of the policy @returns undefined where nothing is sent @throws Problems of the policy */
export function collectorIn(path: string): Here | undefined {
  const { collector, address } = compilePolicy(path).policy.log;
  if (!collector) return undefined; // with one there is an address, too (diode/policy/schema.ts)
  const { mac, port } = collector;
  return { address: addressText(collector.address), mac: macText(mac), from: addressText(address), port };
}

const addressText = (lo: number) => networkText({ version: 4, hi: 0n, lo: BigInt(lo), bits: 32 });
