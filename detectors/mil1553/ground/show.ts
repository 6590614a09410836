/** One line for people about a baseline entry. */
import type { Entry } from "../../learned.ts";
import type { Any } from "./entries.ts";
import { countOf } from "./model.ts";
import { rangesOf } from "./period.ts";
import { isConstant } from "./words.ts";

const terminalOf = (c: number) => (c >> 11 === 31 ? "all" : `terminal ${c >> 11}`);
const command = (c: number) =>
  `${terminalOf(c)} ${c & 0x400 ? "transmits" : "receives"} subaddress ${(c >> 5) & 31} ${
    ((c >> 5) & 31) % 31 ? `words ${c & 31 || 32}` : `mode ${c & 31}`
  }`;
const ms = (ticks: number) => `${Math.round(ticks / 10) / 1000} ms`;

export function show(entry: Entry): string {
  const e = entry as Any;
  const bus = `bus ${e.channel}`;
  switch (e.detector) {
    case "bus": {
      const load = e.windows ? `, load ${e.loadMin! / 100} to ${e.loadMax! / 100} %` : "";
      const lost = e.identitiesLost + e.wordsLost + e.changesLost + e.transitionsLost;
      return `${bus}: ${e.messages} messages in ${Math.round(e.span / 1e6) / 10} s${load}${lost ? `, ${lost} things found no room` : ""}`;
    }
    case "bus.message": {
      const ranges = rangesOf(e);
      const every = ranges
        ? `every ${ranges.map((r) => (ms(r.least) === ms(r.most) ? ms(r.least) : `${ms(r.least)}-${ms(r.most)}`)).join(" or ")}`
        : "without a schedule";
      return `${bus}: ${e.commands.map(command).join(", ")}: ${countOf(e)} messages (${e.b} on bus B, ${e.damaged} failed), ${every}`;
    }
    case "bus.order":
      return `${bus}: behind ${e.commands.map(command).join(", ")}: ${e.next.length} different messages`;
    case "bus.terminal":
      return `${bus}: terminal ${e.terminal}: ${e.trials} messages, ${e.failures} failed; status bits 0x${(e.bits & 0x7ff).toString(16).padStart(3, "0")}`;
    case "bus.response": {
      const kind = ["receive", "transmit", "mode code", "RT-RT receive"][e.answer];
      return `${bus}: terminal ${e.terminal} answers to ${kind} after ${Math.round((e.sum / e.count) * 10) / 100} us (${e.count} times)`;
    }
    case "bus.pause": {
      const [, , least, most] = e.means.reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0, 0, 0]);
      const us = (mean: number) => Math.round((mean / 64 + 20) * 10) / 100;
      return `${bus}: intermessage gaps of ${us(least)} to ${us(most)} us on average`;
    }
    case "bus.clock":
      return `${bus}: ${e.commands.map(command).join(", ")}: every ${e.least / 1e4} to ${e.most / 1e4} ms in ${4 * e.segments} s`;
    default:
      return `${bus}: ${e.commands.map(command).join(", ")}: ${e.words.filter((w) => !isConstant(w)).length} of ${e.words.length} data words change`;
  }
}
