// The traffic-shape detector as the dispatch calls it; index.ts has what it does.
import { addSpare } from "../../../appliance/contract/onboard/spare";
import { Packet } from "../../../ip/onboard/packet";
import { countScore } from "../../onboard/scores";
import { ADDRESSES, CHANNELS, PAIRS, SENDERS, SOCKETS } from "./capacity";
import { CHANNEL, ONE, PAIRED, addresses, channels, pairs, senders, sockets } from "./features";
import * as shape from "./index";
import { LEARNING, learning } from "./learn";
import { CLASSES, DESCRIPTION, descriptions } from "./model";

export { configure, evictions, expected, exportNext, reset, seen } from "./index";

export function check(k: Packet): void {
  countScore(shape.check(k));
}

export function learn(k: Packet): void {
  countScore(shape.learn(k));
}

/** Tables that stay untouched where there is no section, or nothing is learned. */
export function spare(configured: bool, learns: bool): void {
  if (learns) return;
  addSpare(learning, LEARNING);
  if (configured) return;
  addSpare(senders, SENDERS * ONE);
  addSpare(addresses, ADDRESSES * ONE);
  addSpare(channels, CHANNELS * CHANNEL);
  addSpare(sockets, SOCKETS * ONE);
  addSpare(pairs, PAIRS * PAIRED);
  addSpare(descriptions, CLASSES * DESCRIPTION);
}
