// Which tables this policy leaves untouched: those of what is learned from normal traffic, where it is neither learned nor
// known. A gap of a page between neighbours is not worth a line here.
import { addSpare, beginSpare } from "../../../contract/onboard/spare";
import { Tag, section, sectionLength } from "../../../contract/onboard/config";
import { AREA, area } from "../../../../detectors/ip/onboard/area";
import {
  BUS,
  SHARED,
  blocks,
  buses,
  keys,
  places,
  responsePlaces,
  shared,
  terminals,
  words,
} from "../../../../detectors/mil1553/onboard/arena";
import { BLOCKS, BUSES, IDENTITIES, TERMINALS, WORDS } from "../../../../detectors/mil1553/onboard/capacity";
import { ADDRESSES, CHANNELS, PAIRS, SENDERS, SOCKETS } from "../../../../detectors/shape/onboard/capacity";
import {
  CHANNEL,
  ONE,
  PAIRED,
  addresses,
  channels,
  pairs,
  senders,
  sockets,
} from "../../../../detectors/shape/onboard/features";
import { LEARNING, learning as lessons } from "../../../../detectors/shape/onboard/learn";
import { CLASSES, DESCRIPTION, descriptions } from "../../../../detectors/shape/onboard/model";
import { learning } from "./learning";
import { STRIDE, TRACKED, counters } from "./suppression";

/** Once the part, which is still at `part`, was taken over. */
export function configureSpare(part: usize): void {
  beginSpare();
  if (sectionLength(part, Tag.ALERTS) == 0) addSpare(counters, TRACKED * STRIDE);
  if (learning()) return;
  addSpare(lessons, LEARNING);
  if (section(part, Tag.BASELINE_SHAPE) == 0) {
    addSpare(senders, SENDERS * ONE);
    addSpare(addresses, ADDRESSES * ONE);
    addSpare(channels, CHANNELS * CHANNEL);
    addSpare(sockets, SOCKETS * ONE);
    addSpare(pairs, PAIRS * PAIRED);
    addSpare(descriptions, CLASSES * DESCRIPTION);
  }
  if (section(part, Tag.BASELINE_1553) == 0) {
    addSpare(buses, BUSES * BUS);
    addSpare(keys, IDENTITIES * 8);
    addSpare(places, 4096 * 2);
    addSpare(words, WORDS * 4);
    addSpare(terminals, TERMINALS * 40);
    addSpare(blocks, BLOCKS * 4);
    addSpare(responsePlaces, 4096 * 2);
    addSpare(shared, SHARED);
  }
  for (let tag: u32 = Tag.FLOOD; tag <= <u32>Tag.TUNNEL; ++tag) if (section(part, tag) != 0) return;
  addSpare(area, AREA);
}
