// The runtime's reading of the policy container (compartments.c as it is): every single-bit flip of the file given, and the file as it is.
// Prints a line for each: the exit code, or where the parts are that it would give to the compartments.
// usage: container FILE BYTES-MAPPED
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "inspect.h"
#include "guard.h"
#include "journal.h"
#include "user/runtime.h"
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/compartments.c"

bool tables_key(uint64_t key[2]) { return (void)key, false; } // that of replays

struct weir_info weir_info = {.queue = {IN_BUFFERS, SEND_BUFFERS, SEND_BUFFERS}};
struct counters sent[2];
uint64_t boot_number;
void send(enum sender which, const uint8_t *frame, uint32_t length, uint32_t leave) { (void)which, (void)frame, (void)length, (void)leave; }
void say(const char *text) { (void)text; }
void say_bytes(const uint8_t *bytes, uint32_t length) { (void)bytes, (void)length; }
void say_flush(void) {}
static jmp_buf over;
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  (void)state, (void)what, (void)why;
  longjmp(over, (int)code);
}
void crash(enum weir_exit code) { longjmp(over, (int)code); }
const char *option(const char *key) { (void)key; return 0; }
void weir_call(enum weir_call call, uint64_t argument) {
  if (call != WEIR_TAKEN) longjmp(over, (int)argument);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  FILE *file = fopen(argv[1], "rb");
  static _Alignas(8) uint8_t bytes[1 << 20];
  const size_t length = fread(bytes, 1, sizeof bytes, file);
  weir_info.policy = bytes;
  const uint64_t mapped = strtoull(argv[2], 0, 10);
  const struct weir_container *c = (const struct weir_container *)bytes;
  const uint32_t keys_at = c->keys;
  for (long bit = -1; bit < (long)length * 8; bit++) {
    if (bit >= 0 && bit / 8 >= c->parts[2].offset + c->parts[2].length && bit / 8 < keys_at) continue; // nobody reads what is between
    if (bit >= 0) bytes[bit >> 3] ^= (uint8_t)(1 << (bit & 7));
    // As kernel/memory.c does
    const bool has_keys = c->keys && c->keys % 4096 == 0 && c->keys < c->length && c->length - c->keys <= 4096 && c->keys < mapped;
    weir_info.keys = has_keys ? (const struct weir_keys *)(bytes + c->keys) : 0;
    weir_info.policy_length = has_keys ? c->keys : mapped;
    const int code = setjmp(over);
    if (!code) compartments_start();
    if (code) printf("%ld %d\n", bit, code);
    else {
      printf("%ld 0 %u,%u %u,%u %u,%u\n", bit, c->parts[0].offset, c->parts[0].length, c->parts[1].offset, c->parts[1].length, c->parts[2].offset, c->parts[2].length);
    }
    if (bit >= 0) bytes[bit >> 3] ^= (uint8_t)(1 << (bit & 7));
  }
  return 0;
}
