import { declare } from "../declaration.ts";
import { mil1553 } from "./learned.ts";

export default declare({
  input: "message",
  alerts: [
    {
      name: "bus-message",
      number: 20,
      about: "a 1553 message that is not in the inventory",
      signature: "unknown 1553 message",
    },
    {
      name: "bus-period",
      number: 21,
      about: "a known message too early, too late, or not any more",
      signature: "1553 message out of schedule",
      belated: true,
    },
    {
      name: "bus-order",
      number: 22,
      about: "a known message behind one that it never followed",
      signature: "1553 messages out of order",
      belated: true,
    },
    {
      name: "bus-response",
      number: 23,
      about: "response time of a terminal",
      signature: "unusual 1553 response time",
      category: "Potentially Bad Traffic",
    },
    {
      name: "bus-gap",
      number: 24,
      about: "intermessage gap",
      signature: "unusual 1553 intermessage gap",
      belated: true,
    },
    {
      name: "bus-error",
      number: 25,
      about: "more errors of a terminal or a bus than is normal there",
      signature: "unusual 1553 errors",
      category: "Detection of a Denial of Service Attack",
      ceiling: 4,
      belated: true,
    },
    {
      name: "bus-status",
      number: 26,
      about: "status bits that this terminal never sets",
      signature: "unusual 1553 status bits",
    },
    {
      name: "bus-data",
      number: 27,
      about: "a data word outside of its profile",
      signature: "unusual 1553 data",
    },
    {
      name: "bus-mode",
      number: 28,
      about: "a mode code that this bus does not use",
      signature: "unusual 1553 mode code",
      category: "Potentially Bad Traffic",
    },
    {
      name: "bus-load",
      number: 29,
      about: "load of a bus",
      signature: "unusual 1553 bus load",
      category: "Detection of a Denial of Service Attack",
      belated: true,
    },
  ],
  learned: mil1553,
  place: 9,
});
