// Every fixed capacity of the MIL-STD-1553 detectors, and what happens when it is reached. All of it is static memory,
// under 600 KiB; learning and operation never happen at once and use the same bytes (mil1553.test.ts adds them up).
//
//   what                        learning         operation       when full
//   buses (channel numbers)     32 x 320         32 x 320        messages of further ones are not looked at
//   message identities          1,280 x 120      1,280 x 144     further ones are counted as not kept: the inventory of
//                                                                their bus is then incomplete and raises nothing
//   data words                  12,288 x 4       12,288 x 4      further identities have no data profile
//   data words that change      1,472 x 144      2,560 x 56      further words have no profile
//   transitions                 4,096 x 8        6,144 x 4       the order on their bus is not judged
//   response-time profiles      192 x 216        192 x 40        further terminals have none
//   terminals                   1,024 x 40       1,024 x 40      every address of every bus has one
//   blocks remembered           8,192 x 4        8,192 x 4       a later block takes the place of an older one
//
// Nothing that was learned is ever displaced by what comes later: a flood of forged commands cannot push the schedule out.

export const BUSES: u32 = 32;
export const IDENTITIES: u32 = 1280;
export const WORDS: u32 = 12288;
export const CHANGING: u32 = 1472;
export const CHANGING_MODEL: u32 = 2560;
export const TRANSITIONS: u32 = 4096; // places; filled to seven eighths
export const SUCCESSORS: u32 = 6144;
export const RESPONSES: u32 = 192;
export const TERMINALS: u32 = 1024; // bus * 32 + address
export const BLOCKS: u32 = 8192;
export const RANGES: u32 = 6; // kinds of interval of one identity

export const NONE: u32 = 0xffff;
