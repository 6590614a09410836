/** The ground's half of the MIL-STD-1553 detectors. */
import { Tag } from "../../appliance/contract/config.ts";
import type { Entry, LearnedDetector } from "../learned.ts";
import { messagesOf } from "./accept.ts";
import { KINDS, keyOf, merge } from "./ground/entries.ts";
import { pack } from "./ground/section.ts";
import { show } from "./ground/show.ts";
import { thresholds } from "./ground/thresholds.ts";

export const mil1553: LearnedDetector = {
  name: "bus",
  tag: Tag.BASELINE_1553,
  entries: KINDS,
  keyOf: (entry: Entry) => keyOf(entry),
  merge,
  thresholds,
  pack,
  show,
  accept: messagesOf,
};
