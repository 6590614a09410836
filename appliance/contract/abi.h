// Generated from appliance/contract/layouts/record.ts by `npm run generate`: do not edit.
#ifndef WEIR_ABI_H
#define WEIR_ABI_H

#include <stddef.h>
#include <stdint.h>

// Records, events, frames

#define WEIR_ABI_VERSION 1
#define WEIR_RECORD_HEADER 32 // bytes
#define WEIR_MAX_CAPTURED 66560 // bytes: the largest IPv4 packet with room for link layers; the host cuts longer ones
#define WEIR_INPUT_SIZE 131072 // bytes that a compartment's input has
#define WEIR_EVENT_HEADER 16 // bytes
#define WEIR_MAX_EVENT 1112 // JSON bytes of one event: with all headers a datagram stays under 1,400 bytes
#define WEIR_FRAME_HEADER 16 // bytes
#define WEIR_COUNTERS 4 // u64s at countersAt()
#define WEIR_VERDICTS 128 // records of one inspect.run: keeps what they cause within the journal's input
#define WEIR_ACTIONS 7 // values of Action
#define WEIR_LINK_ETHERNET 1 // tcpdump.org/linktypes.html

// In front of a record: one frame (or tick, or stretch of Chapter 10 bytes) with its circumstances.
struct weir_record {
  uint64_t time; // ns: since 1970-01-01T00:00:00Z
  uint64_t number; // 1, 2, ... over everything that came in
  uint32_t captured; // bytes: that follow, then zeros up to a multiple of 8; at most MAX_CAPTURED
  uint32_t original; // bytes: the frame had on the wire; >= captured, larger when the capture or the host cut it
  uint16_t link; // a LINKTYPE_ number (tcpdump.org/linktypes.html); meaningful for kind FRAME
  uint8_t kind; // RecordKind
  uint8_t source; // which interface of the capture (0 for the image's `in`)
  uint32_t verdict; // Verdict: into inspect: 0. Into guard: what inspect said of this record
};
_Static_assert(sizeof(struct weir_record) == 32, "RecordHeader");
_Static_assert(offsetof(struct weir_record, time) == 0, "RecordHeader.time");
_Static_assert(offsetof(struct weir_record, number) == 8, "RecordHeader.number");
_Static_assert(offsetof(struct weir_record, captured) == 16, "RecordHeader.captured");
_Static_assert(offsetof(struct weir_record, original) == 20, "RecordHeader.original");
_Static_assert(offsetof(struct weir_record, link) == 24, "RecordHeader.link");
_Static_assert(offsetof(struct weir_record, kind) == 26, "RecordHeader.kind");
_Static_assert(offsetof(struct weir_record, source) == 27, "RecordHeader.source");
_Static_assert(offsetof(struct weir_record, verdict) == 28, "RecordHeader.verdict");

enum weir_record_kind {
  WEIR_RECORD_FRAME = 0, // a link-layer frame
  WEIR_RECORD_TICK = 1, // time went on and nothing came; captured = 0
  WEIR_RECORD_CHAPTER10 = 2, // the next bytes of a Chapter 10 file, cut anywhere
  WEIR_RECORD_END = 3, // nothing will follow: report what is still open; captured = 0
};

// In front of an event, in an events buffer.
struct weir_event_header {
  uint32_t record; // offset in input of the record it belongs to; the journal merges inspect's and guard's by it
  uint16_t json; // bytes: of the JSON object (EVE, no line end)
  uint16_t text; // bytes: of the short form for the console, behind the JSON; 0 = not for the console
  uint8_t severity; // RFC 5424: 1 alert, 4 warning, 5 notice, 6 informational
  uint8_t kind; // EventKind
  uint8_t pad[6]; // zero
};
_Static_assert(sizeof(struct weir_event_header) == 16, "EventHeader");
_Static_assert(offsetof(struct weir_event_header, record) == 0, "EventHeader.record");
_Static_assert(offsetof(struct weir_event_header, json) == 4, "EventHeader.json");
_Static_assert(offsetof(struct weir_event_header, text) == 6, "EventHeader.text");
_Static_assert(offsetof(struct weir_event_header, severity) == 8, "EventHeader.severity");
_Static_assert(offsetof(struct weir_event_header, kind) == 9, "EventHeader.kind");
_Static_assert(offsetof(struct weir_event_header, pad) == 10, "EventHeader.pad");

// What a detector found in a record: the body of an event of kind SCORE.
struct weir_score {
  uint64_t time; // ns: of the record
  uint64_t number; // of the record at hand, or of the 1553 message on its bus; 0 = none was
  uint64_t key; // findings of a detector with the same key are about the same thing
  double score; // finite, >= 0
  double threshold; // finite, > 0: the policy's factor is in it
  uint32_t detector; // Detector
  uint8_t pad[4]; // zero
};
_Static_assert(sizeof(struct weir_score) == 48, "Score");
_Static_assert(offsetof(struct weir_score, time) == 0, "Score.time");
_Static_assert(offsetof(struct weir_score, number) == 8, "Score.number");
_Static_assert(offsetof(struct weir_score, key) == 16, "Score.key");
_Static_assert(offsetof(struct weir_score, score) == 24, "Score.score");
_Static_assert(offsetof(struct weir_score, threshold) == 32, "Score.threshold");
_Static_assert(offsetof(struct weir_score, detector) == 40, "Score.detector");
_Static_assert(offsetof(struct weir_score, pad) == 44, "Score.pad");

// In front of a frame, in a frames buffer. guard: for `out`; journal: for `log`, and the JSON and text it was made of.
struct weir_frame {
  uint32_t length; // bytes: of the frame
  uint32_t record; // guard: offset of the record it came from; journal: 1 for a heartbeat, for which the host keeps room on `log`, else 0
  uint32_t json; // bytes: journal: of JSON behind the frame (the host that has no `log` takes it from here)
  uint32_t text; // bytes: journal: of console text behind the JSON
};
_Static_assert(sizeof(struct weir_frame) == 16, "FrameHeader");
_Static_assert(offsetof(struct weir_frame, length) == 0, "FrameHeader.length");
_Static_assert(offsetof(struct weir_frame, record) == 4, "FrameHeader.record");
_Static_assert(offsetof(struct weir_frame, json) == 8, "FrameHeader.json");
_Static_assert(offsetof(struct weir_frame, text) == 12, "FrameHeader.text");

static inline uint32_t weir_align8(uint32_t n) { return (n + 7) & ~7u; }

#endif
