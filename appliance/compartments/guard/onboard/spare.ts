// Which tables this policy leaves untouched.
import { addSpare, beginSpare } from "../../../contract/onboard/spare";
import { MARKS_SIZE, TABLE, TABLE_SIZE, marks } from "../../../../diode/onboard/quarantine";
import { RING, SIZE as QUEUE } from "../../../../diode/onboard/queue";
import { PRODUCT, PRODUCT_SIZE } from "../../../../transfer/onboard/code";
import { FOUND, FOUND_SIZE, SHARDS, SHARDS_SIZE } from "../../../../transfer/onboard/decode";
import { PARITY, PARITY_SIZE } from "../../../../transfer/onboard/encode";
import { RulePayload } from "../../../contract/onboard/config";
import { POLICY, SIZE, rule, ruleCount, settings, transferAt } from "./policy";

/** Once the part, of so many bytes, was taken over. `content`: where payloads of 1553 are made, `size` bytes. */
export function configureSpare(length: u32, content: usize, size: u32): void {
  beginSpare();
  addSpare(POLICY + length, SIZE - length);
  if (settings().queue == 0) addSpare(RING, QUEUE);
  if (settings().quarantineRate == 0) {
    addSpare(TABLE, TABLE_SIZE);
    addSpare(marks, MARKS_SIZE);
  }
  if (!takesMessages()) addSpare(content, size);
  if (transferAt != 0) return;
  addSpare(PRODUCT, PRODUCT_SIZE);
  addSpare(SHARDS, SHARDS_SIZE);
  addSpare(FOUND, FOUND_SIZE);
  addSpare(PARITY, PARITY_SIZE);
}

function takesMessages(): bool {
  for (let i: u32 = 0; i < ruleCount; ++i) if (rule(i).payload == RulePayload.MIL1553) return true;
  return false;
}
