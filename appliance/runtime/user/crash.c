// The crash record: what is told on the console when the image ends by a trap, for `weir debug` to make sense of
// (debug/record.ts reads it). It runs unprivileged, on a stack of its own, when all devices were reset. Whatever it looks at
// may be wrong by now, so every place is checked before it is read.
//
//   weir: crash: 1 at <where the user part's code is> text <FNV-1a of that> policy <of the policy>
//   weir: crash: registers <name>=<hex> ...
//   weir: crash: calls <bytes from the stack pointer>:<address> ...      what looks like return addresses on the stack
//   weir: crash: given <compartment> <first record's number> <last one's>
//   weir: crash: recorder <first byte> <behind the last one>
//   weir: record: <byte> <base64 of the first 60 bytes of a record> <FNV-1a of these, 32 bits>
//   weir: bytes: <byte> <base64 of the record's next 60 bytes> <FNV-1a of these>
//   weir: crash: end
#include "user/runtime.h"

#define CALLS 64 // candidates that are told; the deepest chain of calls has fewer
#define IN_LINE 60

extern char user_text[], user_text_end[], user_stack[], user_stack_end[]; // the linker script's
struct user_crashed user_crashed __attribute__((aligned(16)));

void crash(enum weir_exit code) {
  weir_call(WEIR_CRASH, code);
  __builtin_unreachable();
}

static uint64_t fnv1a(const uint8_t *bytes, uint64_t n) {
  uint64_t hash = 0xcbf29ce484222325;
  while (n--) hash = (hash ^ *bytes++) * 0x100000001b3;
  return hash;
}

static void tell_image(void) {
  say("weir: crash: 1 at ");
  say_hex((uint64_t)user_text, 1);
  say(" text ");
  say_hex(fnv1a((const uint8_t *)user_text, (uint64_t)(user_text_end - user_text)), 16);
  say(" policy ");
  say_hex(fnv1a(weir_info.policy, weir_info.policy_length), 16);
}

static void tell_registers(void) {
  static const char *const names[] = {WEIR_REGISTERS};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    say(i % 6 ? " " : "\nweir: crash: registers ");
    say(names[i]);
    say("=");
    say_hex(user_crashed.registers[i], 1);
  }
}

// Without frame pointers nothing here knows which of the words on the stack are return addresses; the ground does.
static void tell_calls(void) {
  const uint64_t low = (uint64_t)user_stack, high = (uint64_t)user_stack_end, pointer = user_crashed.registers[1];
  unsigned told = 0;
  for (uint64_t at = (pointer > low ? pointer : low) & ~7ull; at < high && told < CALLS; at += 8) {
    const uint64_t word = *(const uint64_t *)at;
    if (word < (uint64_t)user_text + WEIR_CALL_BYTES || word > (uint64_t)user_text_end) continue;
    if (!weir_after_call((const uint8_t *)word)) continue;
    say(told++ % 6 ? " " : "\nweir: crash: calls ");
    say_hex(at - pointer, 1);
    say(":");
    say_hex(word, 1);
  }
}

static uint64_t number_at(uint32_t at) {
  struct weir_record header = {.number = 0};
  if (at % 8 == 0 && at <= WEIR_INPUT_SIZE - sizeof header)
    memcpy(&header, compartment_input(GUARD) + at, sizeof header);
  return header.number;
}

static void tell_given(void) {
  static const char *const names[] = {"none", "inspect", "guard", "journal"};
  const uint32_t to = given_last.to, last = batch.count ? batch.count - 1 : 0;
  say("\nweir: crash: given ");
  say(names[to <= JOURNAL ? to : 0]);
  if (to != INSPECT && to != GUARD) return; // events have no numbers
  say(" ");
  say_number(number_at(given_last.from));
  say(" ");
  say_number(number_at(last < WEIR_VERDICTS ? batch.starts[last] : 0));
}

static void tell_base64(const uint8_t *bytes, uint32_t n) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (uint32_t i = 0; i < n; i += 3) {
    const uint32_t three = (uint32_t)bytes[i] << 16 | (i + 1 < n ? bytes[i + 1] : 0u) << 8 | (i + 2 < n ? bytes[i + 2] : 0u);
    const char four[5] = {
      digits[three >> 18], digits[three >> 12 & 63], i + 1 < n ? digits[three >> 6 & 63] : '=', i + 2 < n ? digits[three & 63] : '=', 0};
    say(four);
  }
}

static void tell_bytes(uint64_t at, uint32_t n, const char *what) {
  uint8_t line[IN_LINE];
  for (uint32_t i = 0; i < n; i++) line[i] = weir_recorder.bytes[(at + i) % RECORDER_SIZE];
  say(what);
  say_number(at);
  say(" ");
  tell_base64(line, n);
  say(" ");
  say_hex((uint32_t)fnv1a(line, n), 8);
}

static void tell_recorder(void) {
  const struct recorder *r = &weir_recorder;
  if (!recorder_dumps || r->to - r->from > RECORDER_SIZE) return;
  say("\nweir: crash: recorder ");
  say_number(r->from);
  say(" ");
  say_number(r->to);
  for (uint64_t at = r->from; at < r->to;) {
    const uint32_t size = recorder_record(at);
    if (size > r->to - at) return; // overwritten: this size cannot be true
    for (uint32_t done = 0; done < size; done += IN_LINE)
      tell_bytes(at + done, size - done < IN_LINE ? size - done : IN_LINE, done ? "\nweir: bytes: " : "\nweir: record: ");
    at += size;
  }
}

void user_crash(void) {
  say_fresh();
  tell_image();
  tell_registers();
  tell_calls();
  tell_given();
  tell_recorder();
  say("\nweir: crash: end\n");
  say_flush();
  weir_call(WEIR_EXIT, 0); // the kernel part knows the code
  __builtin_unreachable();
}
