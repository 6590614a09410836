// The contract between the two parts of the runtime.
//
// The kernel part runs privileged (ring 0, EL1): it boots, owns page tables, traps, the clock's set-up, the console and
// all device registers, and then only answers the calls below. The user part runs unprivileged (ring 3, EL0): the loop, the
// rings, the compartments. There are no threads, no allocation and no interrupts while the user part runs: an interrupt is
// taken inside WEIR_IDLE and nowhere else.
//
// ---- What the user part can reach -------------------------------------------------------------------------------------
//
//   its code                                   read, execute        weir_info, policy, constants     read
//   its data, its stack, linear memories       read, write          the pages of the rings: see weir_rings
//   Not mapped at all: page 0, one page below each stack, one before and behind each linear memory, all memory that the
//   image does not use. Never reachable: the kernel part's code and data, device registers.
//
// ---- Calls: one trap, weir_call(call, argument) in arch/<cpu>/user.h ----------------------------------------------------
//
//   WEIR_EXIT    argument: an exit code. Resets all devices, so nothing more is forwarded, then ends the machine through
//                isa-debug-exit where there is one, else halts for ever. Does not return.
//   WEIR_PRINT   argument: bytes at the start of weir_console to write to the console, at most its size.
//   WEIR_NOTIFY  argument: a role. Rings the doorbell of that NIC's one queue.
//   WEIR_IDLE    argument: nanoseconds, at most four seconds. Halts until then, or until `in` interrupts, or earlier.
//                An interrupt that came before the call ends it at once: look at the ring, allow interrupts, look again, call.
//   WEIR_CRASH   argument: an exit code. Resets all devices, so nothing more is forwarded, and goes on at user_crash(); see below.
//   Any other call, or an argument out of its range: the user part is not what was built; WEIR_EXIT with EXIT_BAD_CALL.
#ifndef WEIR_KERNEL_H
#define WEIR_KERNEL_H

#include <stdint.h>
#include "virtio/virtio.h"

enum weir_call { WEIR_EXIT, WEIR_PRINT, WEIR_NOTIFY, WEIR_IDLE, WEIR_CRASH };

// ---- Exit codes. isa-debug-exit makes 2 * code + 1 of them. hosts/exits.ts has the same names -----------------------------

enum weir_exit {
  EXIT_DONE = 1,             // replay: everything was processed and everything sent was taken
  // The image refused to start; a line on the console says why.
  EXIT_MEMORY = 10,          // too little memory for image and policy
  EXIT_COMMAND_LINE = 11,    // too long, or a device transport outside the addresses they may have
  EXIT_MANIFEST = 12,        // the image's manifest is not `in`, `out`, `log`
  EXIT_DEVICES = 13,         // the devices are not those of the manifest
  EXIT_DEVICE_REFUSED = 14,  // a device does not agree to what the image needs of it
  EXIT_CLOCK = 15,           // no way to learn the counter's frequency
  EXIT_POLICY_MISSING = 16,
  EXIT_POLICY_DAMAGED = 17,  // not a policy container of this version, or its lengths contradict each other
  EXIT_POLICY_REFUSED = 18,  // a compartment refused its part
  EXIT_ABI = 19,             // a compartment is of another version than the runtime
  // It stopped, and forwards nothing more (fail closed).
  EXIT_HOSTILE_DEVICE = 30,  // a device wrote into a ring what no device may
  EXIT_CONTRACT = 31,        // a compartment broke the contract of abi.ts
  EXIT_STREAM = 32,          // replay: what came in is no stream of records
  EXIT_STALLED = 33,         // replay: a transmit ring stayed full for WAIT_SECONDS
  EXIT_BAD_CALL = 34,
  EXIT_INSPECT_TRAP = 41,    // a compartment trapped: WebAssembly's own traps
  EXIT_GUARD_TRAP = 42,
  EXIT_JOURNAL_TRAP = 43,
  EXIT_FAULT_TEXT = 50,      // the user part wrote to code
  EXIT_FAULT_READ_ONLY = 51, // wrote to a page it may only read: constants, policy, receive descriptors and buffers
  EXIT_FAULT_EXECUTE = 52,   // executed data
  EXIT_FAULT_NULL = 53,      // touched page 0
  EXIT_FAULT_STACK = 54,     // ran out of stack
  EXIT_FAULT_PRIVILEGED = 55, // touched what is the kernel part's: its memory, a device register
  EXIT_FAULT_UNMAPPED = 56,  // touched what is not there
  EXIT_FAULT_INSTRUCTION = 57, // undefined or privileged instruction, an address no address can be
  EXIT_FAULT_ARITHMETIC = 58,
  EXIT_FAULT_OTHER = 59,
  EXIT_FAULT_KERNEL = 60,    // anything at all in the kernel part
};

// ---- The manifest: ELF note, owner "Weir", type 1 (build/manifest.ts writes it) -------------------------------------------

enum weir_role { ROLE_IN, ROLE_OUT, ROLE_LOG, ROLES };
enum weir_direction { RECEIVE_ONLY = 1, TRANSMIT_ONLY = 2 };
#define MANIFEST_VERSION 1
#define MANIFEST_MAX 8

struct weir_interface {
  char name[8];
  uint8_t direction;
  uint8_t zero;
  uint8_t mac[6];
};
struct weir_manifest {
  uint32_t version;
  uint32_t count;
  struct weir_interface interfaces[MANIFEST_MAX]; // of this runtime: in, out, log, in the order of enum weir_role
};

// ---- The policy, untrusted (build/container.ts writes it) -----------------------------------------------------------------

#define CONTAINER_MAGIC 0x4c4f5057
#define CONTAINER_VERSION 2
struct weir_container {
  uint32_t magic, version, length, count;
  struct { uint32_t offset, length; } parts[3]; // inspect, guard, journal
  uint8_t spare[256]; // a bit for each page of their memories, one behind the other: 1 = it has nothing behind it
};

// ---- What the kernel part tells the user part; one page, read-only ------------------------------------------------------

struct weir_info {
  uint64_t entry_ticks;      // the counter (weir_ticks() in arch/<cpu>/user.h) at the first instruction of the image
  uint64_t ticks_per_second;
  char clock[16];            // how that was learnt
  uint64_t memory;           // bytes of RAM the machine has
  const uint8_t *policy;     // a struct weir_container, perhaps
  uint64_t policy_length;    // bytes that can be read there
  struct weir_manifest manifest;
  char command_line[3072];   // ends with zero
};
extern struct weir_info weir_info;

// ---- The rings, in memory both parts and the devices share ----------------------------------------------------------------
//
// One queue for each NIC and no other: a receive queue on `in`, transmit queues on `out` and `log`. Queue sizes are powers
// of two. What a device writes, and what tells a device where to write, the user part can only read:
//
//   receive_table   read        in's descriptors: laid out once, one receive buffer each, never changed again
//   device_rings    read        the used rings of all three; untrusted
//   receive_buffer  read        untrusted bytes, each behind VIRTIO_NET_HEADER bytes
//   driver_rings    read, write available rings, and the descriptors of what is to be sent
//   send_buffer     read, write

#define IN_BUFFERS 128
#define BUFFER_SIZE 2048
// `out` holds as many of Ethernet's longest frames, in two buffers each, as `in` does: what came while the host stood still
// is lost otherwise.
#define SEND_BUFFERS 256
#define OUT_SIZE 768
#define LOG_SIZE 208

extern struct virtq_desc weir_receive_table[IN_BUFFERS];

extern struct weir_device_rings {
  VIRTQ_USED(IN_BUFFERS) in;
  VIRTQ_USED(SEND_BUFFERS) send[2];
} weir_device_rings;

extern struct weir_driver_rings {
  VIRTQ_AVAIL(IN_BUFFERS) in;
  VIRTQ_AVAIL(SEND_BUFFERS) send[2];
  struct virtq_desc table[2][SEND_BUFFERS] __attribute__((aligned(16)));
} weir_driver_rings;

extern uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE];
extern struct weir_send_buffer {
  uint8_t out[SEND_BUFFERS][OUT_SIZE], log[SEND_BUFFERS][LOG_SIZE];
} weir_send_buffer;

extern char weir_console[4096];

// The user part's first function; its stack is fresh, and it must not return.
_Noreturn void user_main(void);

// ---- A crash: WEIR_CRASH, or a trap of the user part -------------------------------------------------------------------------
//
// The kernel part says what it was (a trap) in one line, resets all devices, and enters the user part once more, here, so
// that what there is to tell of memory that hostile frames have passed through is told unprivileged. From then on there is
// WEIR_PRINT; any other call, or another trap, ends the machine with the first crash's exit code.

_Noreturn void user_crash(void);
extern struct user_crashed {
  uint64_t registers[40]; // written by the kernel part: those that WEIR_REGISTERS of arch/<cpu>/user.h names
  char stack[4096];       // that user_crash() begins on
} user_crashed;

#endif
