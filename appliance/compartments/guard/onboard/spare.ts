// Which tables this policy leaves untouched.
import { addSpare, beginSpare } from "../../../contract/onboard/spare";
import { MARKS_SIZE, TABLE, TABLE_SIZE, marks } from "../../../../diode/onboard/quarantine";
import { RING, SIZE as QUEUE } from "../../../../diode/onboard/queue";
import { PRODUCT, PRODUCT_SIZE } from "../../../../transfer/onboard/code";
import { FOUND, FOUND_SIZE, SHARDS, SHARDS_SIZE } from "../../../../transfer/onboard/decode";
import { PARITY, PARITY_SIZE } from "../../../../transfer/onboard/encode";
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
  addSpare(PRODUCT, PRODUCT_SIZE);
  addSpare(SHARDS, SHARDS_SIZE);
  addSpare(FOUND, FOUND_SIZE);
  addSpare(PARITY, PARITY_SIZE);
}
