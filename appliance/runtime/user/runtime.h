// Between the files of the user part. Nothing here is privileged; the contract with the kernel part is kernel/kernel.h,
// the one with the compartments abi/onboard/abi.ts.
#ifndef WEIR_RUNTIME_H
#define WEIR_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi.h"
#include "kernel/kernel.h"
#include "user.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n); // wasm/memory.c
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);

// ---- text.c: the console -----------------------------------------------------------------------------------------------

void say(const char *text);
void say_number(uint64_t value);
void say_hex(uint64_t value, int digits); // at least so many digits
void say_bytes(const uint8_t *bytes, uint32_t length); // untrusted: what is not printable ASCII becomes a question mark
void say_mac(const uint8_t mac[6]);
void say_fresh(void); // ends a line that was begun
void say_flush(void); // whole lines go out by themselves when the buffer is full, and when this is called
// "weir: <state>: <what><why>", and the end. `why` may be empty.
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why);

// ---- clock.c -------------------------------------------------------------------------------------------------------------

extern bool replaying; // `clock=frames`: the time is in what comes in, and so is everything else of a record
extern uint64_t boot_number; // `boot=`: tells this start from others in the log; 0 when it is missing
void clock_start(void); // reads clock=, epoch=, boot= of the command line
uint64_t clock_now(void); // nanoseconds since 1970; since boot when `epoch=` is missing
const char *option(const char *key); // what is behind `key` on the command line, or null
uint64_t decimal(const char *digits);

// ---- key.c ---------------------------------------------------------------------------------------------------------------

bool tables_key(uint64_t key[2]); // the key of this start; false: that of replays, which the compartments have. Says which

// ---- batch.c: records on their way to the compartments --------------------------------------------------------------------

extern struct batch {
  uint32_t used;                        // bytes of whole records
  uint32_t count;                       // records
  uint32_t starts[WEIR_VERDICTS + 1];   // where each record begins; behind the last one, `used`
  uint64_t number;                      // of the last record made here
} batch;
// Room for `n` more bytes behind `used`? `bytes` are read once: they go to guard's input, and from there to
// inspect's, so that guard's copy does not pass through inspect's memory.
bool batch_fits(uint32_t n);
void batch_write(uint32_t at, const void *bytes, uint32_t n);
// The record of `size` bytes behind `used` is whole.
void batch_close(uint32_t size);
void batch_record(enum weir_record_kind kind, uint64_t time, const void *bytes, uint32_t length);
// Forgets the records; the `rest` bytes behind them (of a record that has only begun) move to the front.
void batch_clear(uint32_t rest);

// ---- recorder.c: the flight recorder, the last records of all that came in --------------------------------------------------

#define RECORDER_SIZE 32768 // bytes, a power of two; the embedded host has none: it can be asked again
extern struct recorder {
  char magic[8];      // "WEIRREC1", by which it is found in a memory image
  uint64_t size;
  uint64_t from, to;  // the records kept are bytes[from % size] to bytes[to % size]; both only grow
  uint8_t bytes[RECORDER_SIZE];
} weir_recorder;
void recorder_start(void); // reads recorder= of the command line: `off`, `memory` (no dump on the console)
void recorder_take(const void *record, uint32_t size); // size: of header and bytes, a multiple of 8
extern bool recorder_dumps;
uint32_t recorder_record(uint64_t at); // bytes of the record that is kept there

// ---- crash.c: kernel.h's user_crash(), and the way to it -----------------------------------------------------------------------

void crash(enum weir_exit code); // does not return (as wasm-ops.h has it); what happened was said already

// ---- compartments.c: the three compartments ---------------------------------------------------------------------------------

enum compartment { INSPECT = 1, GUARD, JOURNAL };
// What was last given to whom: for the crash record.
extern struct given { enum compartment to; uint32_t from, stop; } given_last;
void compartments_start(void); // policy -> configure(); ends the image when one refuses
uint8_t *compartment_input(enum compartment which); // WEIR_INPUT_SIZE bytes
uint64_t guard_tick(void); // ns between the ticks that guard needs
void round_run(void); // the host's round of abi.ts over all of batch

// ---- receive.c, send.c: the rings -----------------------------------------------------------------------------------------------

void receive_start(void);
// Takes the frames that have come, at most as many as fit into the batch, and gives the buffers back. Returns how many.
uint32_t receive(void);
// Halts until `in` has something, or for this long.
void receive_wait(uint64_t nanoseconds);

enum sender { OUT, LOG };
struct counters { uint64_t sent, full; };
extern struct counters sent[2];
void send_start(void);
// Two records of the longest, which a heartbeat can be: what else goes to `log` leaves so many free. So a heartbeat finds room
// whatever else there is to say, unless the device has not even taken the one before.
#define HEARTBEAT_BUFFERS 16
void send(enum sender which, const uint8_t *frame, uint32_t length, uint32_t leave); // leave: buffers that stay free
void send_flush(void); // rings the doorbells that are due
// Says on the console which device takes nothing, and ends the image where the policy wants that of `log`. To be called about
// once a second; passed: nanoseconds since the last call.
void send_watch(uint64_t passed);
void send_drain(void); // until the devices have taken everything

// ---- replay.c: records cut into frames --------------------------------------------------------------------------------------------

void replay_take(const uint8_t *frame, uint32_t length);
uint32_t replay_pending(void); // bytes of a record that has only begun, behind batch.used
extern bool replay_ended; // the END record was processed

#endif
