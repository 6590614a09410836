// The runtime's twin of onboard/abi.ts, where the contract is stated; abi.test.ts compares the numbers.
#ifndef WEIR_ABI_H
#define WEIR_ABI_H

#include <stdint.h>

#define WEIR_ABI_VERSION 1
#define WEIR_RECORD_HEADER 32
#define WEIR_MAX_CAPTURED 66560
#define WEIR_INPUT_SIZE 131072
#define WEIR_EVENT_HEADER 16
#define WEIR_FRAME_HEADER 16
#define WEIR_VERDICTS 128
#define WEIR_COUNTERS 4

enum weir_record_kind { WEIR_RECORD_FRAME, WEIR_RECORD_TICK, WEIR_RECORD_CHAPTER10, WEIR_RECORD_END };

#define WEIR_LINK_ETHERNET 1 // tcpdump.org/linktypes.html

struct weir_record {
  uint64_t time;     // nanoseconds since 1970-01-01T00:00:00Z
  uint64_t number;   // 1, 2, ...
  uint32_t captured; // bytes that follow, then zeros up to a multiple of 8
  uint32_t original;
  uint16_t link;
  uint8_t kind;
  uint8_t source;
  uint32_t verdict;
};
_Static_assert(sizeof(struct weir_record) == WEIR_RECORD_HEADER, "a record's header");

struct weir_frame {
  uint32_t length;
  uint32_t record; // journal: 1 for a heartbeat, else 0
  uint32_t json; // journal: bytes of JSON behind the frame
  uint32_t text; // journal: bytes of console text behind the JSON
};
_Static_assert(sizeof(struct weir_frame) == WEIR_FRAME_HEADER, "a frame's header");

static inline uint32_t weir_align8(uint32_t n) { return (n + 7) & ~7u; }

#endif
