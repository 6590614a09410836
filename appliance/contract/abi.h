// Generated from appliance/contract/layouts/image.ts, appliance/contract/layouts/record.ts by `npm run generate`: do
// not edit.
#ifndef WEIR_ABI_H
#define WEIR_ABI_H

#include <stddef.h>
#include <stdint.h>

// The image

// isa-debug-exit makes 2 * code + 1 of them.
enum weir_exit {
  EXIT_DONE = 1, // replay: everything was processed and everything sent was taken
  EXIT_MEMORY = 10,
  EXIT_COMMAND_LINE = 11, // too long, or a device transport outside the addresses they may have
  EXIT_MANIFEST = 12, // the image's manifest is not `in`, `out`, `log`
  EXIT_DEVICES = 13,
  EXIT_DEVICE_REFUSED = 14,
  EXIT_CLOCK = 15, // no way to learn the counter's frequency
  EXIT_POLICY_MISSING = 16,
  EXIT_POLICY_DAMAGED = 17, // not a policy container of this version, or its lengths contradict each other
  EXIT_POLICY_REFUSED = 18,
  EXIT_ABI = 19,
  EXIT_TIMER = 20,
  EXIT_HOSTILE_DEVICE = 30, // a device wrote into a ring what no device may
  EXIT_CONTRACT = 31, // a compartment broke the contract of abi.ts
  EXIT_STREAM = 32,
  EXIT_STALLED = 33, // replay: a transmit ring stayed full for WAIT_SECONDS
  EXIT_BAD_CALL = 34,
  EXIT_LOG_SILENT = 35, // the policy's `interfaces.log.stop-when-silent`: frames are lost that nobody can count
  EXIT_INSPECT_TRAP = 41,
  EXIT_GUARD_TRAP = 42,
  EXIT_JOURNAL_TRAP = 43,
  EXIT_FAULT_TEXT = 50, // wrote to code
  EXIT_FAULT_READ_ONLY = 51, // wrote to a page it may only read: constants, policy, receive descriptors and buffers
  EXIT_FAULT_EXECUTE = 52, // executed data
  EXIT_FAULT_NULL = 53, // touched page 0
  EXIT_FAULT_STACK = 54, // ran out of stack
  EXIT_FAULT_PRIVILEGED = 55, // touched what is the kernel part's: its memory, a device register
  EXIT_FAULT_UNMAPPED = 56, // touched what is not there
  EXIT_FAULT_INSTRUCTION = 57, // an address no address can be, too
  EXIT_FAULT_ARITHMETIC = 58,
  EXIT_FAULT_OTHER = 59,
  EXIT_FAULT_KERNEL = 60, // anything at all in the kernel part
};

#define MANIFEST_VERSION 2
#define MAX_INTERFACES 8
#define MIN_LOG_SILENCE 15 // s: longer than a busy image, or a paused one, goes without looking (user/main.c)
#define MAX_LOG_SILENCE 3600 // s
#define CONTAINER_MAGIC 0x4c4f5057 // the bytes "WPOL"
#define CONTAINER_VERSION 3
#define CONTAINER_PARTS 3
#define CONTAINER_KEYS 3 // of parts, at most: the log's, and a transfer's two
#define MAX_CONTAINER 0x1000000 // bytes: a larger one is a mistake, and would eat the guest's memory

enum weir_direction {
  RECEIVE_ONLY = 1,
  TRANSMIT_ONLY = 2,
};

// An interface, and which way it works.
struct weir_interface {
  char name[8]; // ASCII, zeros behind
  uint8_t direction; // Direction
  uint8_t zero; // zero
  uint8_t mac[6];
};
_Static_assert(sizeof(struct weir_interface) == 16, "Interface");
_Static_assert(offsetof(struct weir_interface, name) == 0, "Interface.name");
_Static_assert(offsetof(struct weir_interface, direction) == 8, "Interface.direction");
_Static_assert(offsetof(struct weir_interface, zero) == 9, "Interface.zero");
_Static_assert(offsetof(struct weir_interface, mac) == 10, "Interface.mac");

// Bits of Manifest.flags.
enum weir_manifest_flag {
  MANIFEST_ONE_QUEUE = 1, // each NIC has the one queue that is used, and no inert one: for hosts that start it so
};

// ELF note, owner "Weir", type 1. In a runtime's own: in, out, log, in the order of enum weir_role.
struct weir_manifest {
  uint32_t version; // MANIFEST_VERSION
  uint32_t count; // interfaces that follow; 0 in an image without a policy
  struct weir_interface interfaces[8];
  uint32_t flags; // ManifestFlag
  uint32_t log_silence; // s: the image ends when `log` has taken nothing for so long although frames are there: MIN_LOG_SILENCE to MAX_LOG_SILENCE; 0 = never
};
_Static_assert(sizeof(struct weir_manifest) == 144, "Manifest");
_Static_assert(offsetof(struct weir_manifest, version) == 0, "Manifest.version");
_Static_assert(offsetof(struct weir_manifest, count) == 4, "Manifest.count");
_Static_assert(offsetof(struct weir_manifest, interfaces) == 8, "Manifest.interfaces");
_Static_assert(offsetof(struct weir_manifest, flags) == 136, "Manifest.flags");
_Static_assert(offsetof(struct weir_manifest, log_silence) == 140, "Manifest.logSilence");

// Where a compartment's part is.
struct weir_container_part {
  uint32_t offset; // bytes: from the start of the container, a multiple of 8
  uint32_t length; // bytes
};
_Static_assert(sizeof(struct weir_container_part) == 8, "ContainerPart");
_Static_assert(offsetof(struct weir_container_part, offset) == 0, "ContainerPart.offset");
_Static_assert(offsetof(struct weir_container_part, length) == 4, "ContainerPart.length");

// In front of the policy as it lies in an image. Behind it the parts, zeros up to multiples of 8 between and behind,
// then Keys.
struct weir_container {
  uint32_t magic; // CONTAINER_MAGIC
  uint32_t version; // CONTAINER_VERSION
  uint32_t length; // bytes: of all, this header included
  uint32_t count; // of parts: 3
  struct weir_container_part parts[3]; // inspect, guard, journal, in this order
  uint8_t spare[256]; // a bit for each 4 KiB page of the three linear memories, one behind the other, lowest bit first: 1 = this policy leaves it untouched, and it has no memory behind it. The image holds it against what the compartments say
  uint32_t keys; // bytes: from the start of the container to Keys, which begin a page and end the container
  uint32_t edition; // of the policy: greater than those before it, so that an older one that was signed, too, is told from it; 0 = not said
};
_Static_assert(sizeof(struct weir_container) == 304, "Container");
_Static_assert(offsetof(struct weir_container, magic) == 0, "Container.magic");
_Static_assert(offsetof(struct weir_container, version) == 4, "Container.version");
_Static_assert(offsetof(struct weir_container, length) == 8, "Container.length");
_Static_assert(offsetof(struct weir_container, count) == 12, "Container.count");
_Static_assert(offsetof(struct weir_container, parts) == 16, "Container.parts");
_Static_assert(offsetof(struct weir_container, spare) == 40, "Container.spare");
_Static_assert(offsetof(struct weir_container, keys) == 296, "Container.keys");
_Static_assert(offsetof(struct weir_container, edition) == 300, "Container.edition");

// A key that a compartment's part has zeros for.
struct weir_part_key {
  uint32_t part; // whose: 1 inspect, 2 guard, 3 journal
  uint32_t offset; // bytes: in the part, where it belongs
  uint8_t key[32];
};
_Static_assert(sizeof(struct weir_part_key) == 40, "PartKey");
_Static_assert(offsetof(struct weir_part_key, part) == 0, "PartKey.part");
_Static_assert(offsetof(struct weir_part_key, offset) == 4, "PartKey.offset");
_Static_assert(offsetof(struct weir_part_key, key) == 8, "PartKey.key");

// What must not stay in the machine's memory: keys of the log and of transfers, and the tables' key of this start.
// The user part puts the former where they belong before it hands a part on; when all are taken, the kernel part erases
// this page and takes it away.
struct weir_keys {
  uint32_t count; // of keys of parts
  uint32_t is_tables_given; // 1: the tables have the key below; 0: the image draws one, or has that of the command line
  uint8_t tables[16];
  struct weir_part_key keys[3];
};
_Static_assert(sizeof(struct weir_keys) == 144, "Keys");
_Static_assert(offsetof(struct weir_keys, count) == 0, "Keys.count");
_Static_assert(offsetof(struct weir_keys, is_tables_given) == 4, "Keys.isTablesGiven");
_Static_assert(offsetof(struct weir_keys, tables) == 8, "Keys.tables");
_Static_assert(offsetof(struct weir_keys, keys) == 24, "Keys.keys");

// Records, events, frames

#define WEIR_ABI_VERSION 2
#define WEIR_RECORD_HEADER 32 // bytes
#define WEIR_MAX_CAPTURED 66560 // bytes: the largest IPv4 packet with room for link layers; the host cuts longer ones
#define WEIR_INPUT_SIZE 131072 // bytes that a compartment's input has
#define WEIR_EVENT_HEADER 16 // bytes
#define WEIR_MAX_EVENT 1112 // JSON bytes of one event: with all headers a datagram stays under 1,400 bytes
#define WEIR_FRAME_HEADER 16 // bytes
#define WEIR_COUNTERS 4 // u64s at countersAt()
#define WEIR_VERDICTS 128 // records of one inspect.run: keeps what they cause within the journal's input
#define WEIR_MEASURES 128 // of one inspect.run
#define WEIR_ACTIONS 8 // values of Action
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
  uint32_t verdict; // Verdict: into inspect: 0. Into guard: what inspect said of this record and of nothing else
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

// What inspect asks guard to do about somebody, who need not have sent the record with which it was found.
struct weir_measure {
  uint32_t record; // offset in input of that record: guard takes the measure before it
  uint8_t action; // Action: QUARANTINE_SOURCE or a later one
  uint8_t detector; // the detector that asked for it
  uint8_t version; // of the addresses: 4 or 6
  uint8_t protocol; // of a flow
  uint64_t src_hi; // whose: the source, or the recorder that a terminal or a message is of
  uint64_t src_lo;
  uint64_t dst_hi; // of a flow
  uint64_t dst_lo;
  uint64_t mac; // of a source: only with this MAC address as its sender; 0 = with any
  uint16_t src_port; // of a flow
  uint16_t dst_port; // of ICMP: type
  uint16_t channel; // of a terminal or a message
  uint16_t command; // a command word of theirs
};
_Static_assert(sizeof(struct weir_measure) == 56, "Measure");
_Static_assert(offsetof(struct weir_measure, record) == 0, "Measure.record");
_Static_assert(offsetof(struct weir_measure, action) == 4, "Measure.action");
_Static_assert(offsetof(struct weir_measure, detector) == 5, "Measure.detector");
_Static_assert(offsetof(struct weir_measure, version) == 6, "Measure.version");
_Static_assert(offsetof(struct weir_measure, protocol) == 7, "Measure.protocol");
_Static_assert(offsetof(struct weir_measure, src_hi) == 8, "Measure.srcHi");
_Static_assert(offsetof(struct weir_measure, src_lo) == 16, "Measure.srcLo");
_Static_assert(offsetof(struct weir_measure, dst_hi) == 24, "Measure.dstHi");
_Static_assert(offsetof(struct weir_measure, dst_lo) == 32, "Measure.dstLo");
_Static_assert(offsetof(struct weir_measure, mac) == 40, "Measure.mac");
_Static_assert(offsetof(struct weir_measure, src_port) == 48, "Measure.srcPort");
_Static_assert(offsetof(struct weir_measure, dst_port) == 50, "Measure.dstPort");
_Static_assert(offsetof(struct weir_measure, channel) == 52, "Measure.channel");
_Static_assert(offsetof(struct weir_measure, command) == 54, "Measure.command");

// Where guard finds them: this, then as many Measures.
struct weir_measure_list {
  uint32_t count; // at most MEASURES
  uint32_t taken; // the host writes 0 with each new list
};
_Static_assert(sizeof(struct weir_measure_list) == 8, "MeasureList");
_Static_assert(offsetof(struct weir_measure_list, count) == 0, "MeasureList.count");
_Static_assert(offsetof(struct weir_measure_list, taken) == 4, "MeasureList.taken");

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

// Why configure() refused a part of the policy.
enum weir_refusal {
  WEIR_REFUSAL_NONE = 0,
  WEIR_REFUSAL_MISSING = 1, // empty
  WEIR_REFUSAL_NOT_OURS = 2, // no magic number
  WEIR_REFUSAL_VERSION = 3,
  WEIR_REFUSAL_LENGTH = 4, // says another length than it has
  WEIR_REFUSAL_DAMAGED = 5,
  WEIR_REFUSAL_CONTENT = 6, // a field is out of its range, or a table larger than the compartment's
};
#define WEIR_REFUSAL_WORDS(BEFORE) \
  { BEFORE "accepted", \
    BEFORE "missing", \
    BEFORE "not a Weir policy", \
    BEFORE "made for another version", \
    BEFORE "of another length than it says", \
    BEFORE "damaged: its checksum does not match", \
    BEFORE "out of range" }

static inline uint32_t weir_align8(uint32_t n) { return (n + 7) & ~7u; }

#endif
