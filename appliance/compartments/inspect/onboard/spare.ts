// Which tables this policy leaves untouched: those of what is learned from normal traffic, where it is neither learned
// nor known, and those of recorders' datagrams, where it names no recorder. A gap of a page between neighbours is not
// worth a line here.
import { spareDetectors } from "../../../../detectors/onboard/dispatch";
import { Tag, sectionLength } from "../../../contract/onboard/config";
import { addSpare, beginSpare } from "../../../contract/onboard/spare";
import { spareUdp } from "../../../../mil1553/onboard/udp/udp";
import { anyRecorder } from "./recorders";
import { spareHosts } from "../../../../detectors/newcomer/onboard/lists";
import { spareServices } from "../../../../ip/onboard/services";
import { LISTS, LISTS_SIZE, STRIDE, TRACKED, counters } from "./suppression";

/** Once the part, which is still at `part`, was taken over. */
export function configureSpare(part: usize): void {
  beginSpare();
  if (sectionLength(part, Tag.ALERTS) == 0) {
    addSpare(counters, TRACKED * STRIDE);
    addSpare(LISTS, LISTS_SIZE);
  }
  spareHosts();
  spareServices();
  if (!anyRecorder()) spareUdp();
  spareDetectors(part);
}
