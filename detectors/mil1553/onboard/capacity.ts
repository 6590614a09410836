// Every fixed capacity of the MIL-STD-1553 detectors, and what happens when it is reached. Those that the ground must
// keep to are in ../layouts/section.ts. All of it is static memory, under 624 KiB; learning and operation never happen
// at once and use the same bytes (arena.ts).
//
//   what                        learning       operation      when full
//   buses (channel numbers)     32             32             messages of further ones are not looked at
//   controllers                 16             16             those of further buses have no pauses and no clock
//   message identities          1,280          1,280          further ones are counted as not kept: the inventory of
//                                                             their bus is then incomplete and raises nothing
//   data words                  12,288         12,288         further identities have no data profile
//   data words that change      1,472          2,560          further words have no profile
//   transitions                 4,096          6,144          the order on their bus is not judged
//   response-time profiles      192            192            further terminals have none
//   terminals                   1,024          1,024          every address of every bus has one
//   alerts about one cause      -              64             the oldest goes, and what was part of it is found anew
//   blocks remembered           8,192          8,192          a later block takes the place of an older one
//
// Nothing that was learned is ever displaced by what comes later: a flood of forged commands cannot push the schedule
// out.

export {
  BUSES,
  CHANGING_WORDS,
  CONTROLLERS,
  IDENTITIES,
  RANGES,
  RESPONSES,
  SUCCESSORS,
  WORDS,
} from "./generated/section";

export const CHANGING_LEARNED: u32 = 1472;
export const TRANSITIONS: u32 = 4096; // places; filled to seven eighths
export const TERMINALS: u32 = 1024; // bus * 32 + address
export const GATHERINGS: u32 = 64;
export const BLOCKS: u32 = 8192;
export const PLACES: u32 = 4096; // of identities, by hash; of response times, by terminal and kind of answer

export const NONE: u32 = 0xffff;
