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
//   WEIR_TAKEN   argument: 0. The keys are taken (struct weir_keys of the policy's container): erases their page, which the user
//                part cannot reach from then on. Each key is then only where it is used.
//   WEIR_CRASH   argument: an exit code. Resets all devices, so nothing more is forwarded, and goes on at user_crash(); see below.
//   Any other call, or an argument out of its range: the user part is not what was built; WEIR_EXIT with EXIT_BAD_CALL.
#ifndef WEIR_KERNEL_H
#define WEIR_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include "abi.h"
#include "virtio/virtio.h"

enum weir_call { WEIR_EXIT, WEIR_PRINT, WEIR_NOTIFY, WEIR_IDLE, WEIR_CRASH, WEIR_TAKEN };

// Exit codes, the manifest (build/manifest.ts writes it) and the policy's container (untrusted; build/container.ts writes it):
// appliance/contract/layouts/image.ts.

enum weir_role { ROLE_IN, ROLE_OUT, ROLE_LOG, ROLES };

// ---- What the kernel part tells the user part; one page, read-only ------------------------------------------------------

struct weir_info {
  uint64_t entry_ticks;      // the counter (weir_ticks() in arch/<cpu>/user.h) at the first instruction of the image
  uint64_t ticks_per_second;
  char clock[16];            // how that was learnt
  uint64_t memory;           // bytes of RAM the machine has
  const uint8_t *policy;     // a struct weir_container, perhaps
  uint64_t policy_length;    // bytes that can be read there, without the keys
  const struct weir_keys *keys; // behind them, until WEIR_TAKEN; null: no policy has them so
  struct weir_manifest manifest;
  uint64_t rings_moved;      // what makes an address in the pages of the rings the machine's
  uint32_t queue[ROLES];     // how many buffers of each role's ring the device works with
  uint64_t random[2];        // of the CPU, from the start; 0 where it has none
  bool is_random;            // it has
  char command_line[3072];   // ends with zero
};
extern struct weir_info weir_info;

// ---- The rings, in memory both parts and the devices share ----------------------------------------------------------------
//
// One queue for each NIC is used: a receive queue on `in`, transmit queues on `out` and `log`; the other one of each is inert
// (kernel/network.c). Queue sizes are powers of two, at most those below. What a device writes, and what tells a device where to write, the user part can only read:
//
//   receive_table   read        in's descriptors: laid out once, one receive buffer each, never changed again
//   device_rings    read        the used rings of all three; untrusted
//   receive_buffer  read        untrusted bytes, each behind VIRTIO_NET_HEADER bytes
//   driver_rings    read, write available rings, and the descriptors of what is to be sent
//   send_buffer     read, write

#define IN_BUFFERS 128
#define BUFFER_SIZE 2048
// `out` holds as many of Ethernet's longest frames, in two buffers each, as `in` does. With fewer, frames that came while
// the host stood still would be lost.
#define SEND_BUFFERS 256
#define LEAST_BUFFERS 64 // a device whose queues are shorter is refused; in between it is as long as the device can
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
// The kernel part says what it was (a trap) in one line, resets all devices, and enters the user part once more, here:
// memory that hostile frames have passed through is read and printed unprivileged. From then on only WEIR_PRINT is
// allowed; any other call, or another trap, ends the machine with the first crash's exit code.

_Noreturn void user_crash(void);
extern struct user_crashed {
  uint64_t registers[40]; // written by the kernel part: those that WEIR_REGISTERS of arch/<cpu>/user.h names
  char stack[4096];       // that user_crash() begins on
} user_crashed;

#endif
