// Which tables this policy leaves untouched.
import { addSpare, beginSpare } from "../../../contract/onboard/spare";
import { MARKS_SIZE, TABLE, TABLE_SIZE, marks } from "../../../../diode/onboard/quarantine";
import { RING, SIZE as QUEUE } from "../../../../diode/onboard/queue";
import { PRODUCT } from "../../../../transfer/onboard/code";
import { FOUND, SHARDS } from "../../../../transfer/onboard/decode";
import { PARITY } from "../../../../transfer/onboard/encode";
import { POLICY, SIZE, settings, transferAt } from "./policy";

/** Once the part, of this many bytes, was taken over. */
export function configureSpare(length: u32): void {
  beginSpare();
  addSpare(POLICY + length, SIZE - length);
  if (settings().queue == 0) addSpare(RING, QUEUE);
  if (settings().quarantineRate == 0) {
    addSpare(TABLE, TABLE_SIZE);
    addSpare(marks, MARKS_SIZE);
  }
  if (transferAt != 0) return;
  addSpare(PRODUCT, 65536);
  addSpare(SHARDS, 32 * 8 * 1424);
  addSpare(FOUND, 8 * 1424);
  addSpare(PARITY, 2 * 16 * 8 * 1424);
}
