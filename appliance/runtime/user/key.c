// REQ-DETECT-016
// The key of the compartments' tables (lib/onboard/keyed.ts): who does not know it cannot aim at a record. Whence:
//
//   the policy's keys               as `weir run` draws them and puts them into the image; so that a live run can be replayed
//   weir.key= of the command line   32 digits of base 16: replays, and hosts whose images `weir run` cannot put it into
//   otherwise the CPU               random numbers of its own (RDRAND, RNDR), mixed with its counter
//   otherwise its counter alone     from the first instruction until now: better than a known key, and the console says so
//   in a replay, unless given       none: the compartments have the key of replays
//
// It stays in inspect's and guard's memory, and on the command line where it came with that; nothing prints it.
#include "user/runtime.h"

static uint64_t mixed(uint64_t x) { // MurmurHash3's finaliser (Appleby): each bit of the counter reaches each bit
  x = (x ^ x >> 33) * 0xff51afd7ed558ccd;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53;
  return x ^ x >> 33;
}

// False unless these are 32 digits and no more.
static bool read_key(const char *digits, uint64_t key[2]) {
  for (uint32_t n = 0; n < 32; n++) {
    const uint32_t c = (uint8_t)digits[n], value = c - '0' < 10 ? c - '0' : c - 'a' < 6 ? c - 'a' + 10 : 16;
    if (value == 16) return false;
    // Bytes in their order, as 8 bytes of each word, lowest first
    key[n / 16] |= (uint64_t)value << (n % 16 / 2 * 8 + (n % 2 ? 0 : 4));
  }
  return digits[32] == 0 || digits[32] == ' ';
}

bool tables_key(uint64_t key[2]) {
  const char *given = option("weir.key=");
  key[0] = key[1] = 0;
  if (weir_info.keys->is_tables_given) {
    memcpy(key, weir_info.keys->tables, sizeof weir_info.keys->tables);
    say("weir: tables: the key of this start's image\n");
    return true;
  }
  if (given) {
    if (!read_key(given, key)) end(EXIT_COMMAND_LINE, "refused", "weir.key= is not 32 digits of base 16", "");
    say("weir: tables: the key of the command line\n");
    return true;
  }
  if (replaying) return false;
  for (uint32_t n = 0; n < 2; n++)
    key[n] = weir_info.random[n] ^ mixed(mixed(weir_info.entry_ticks + n) + weir_ticks()) ^ mixed(clock_now() + boot_number);
  say(weir_info.is_random ? "weir: tables: a key of the CPU's random numbers\n"
                          : "weir: tables: a key of the clock alone, which can be guessed: the CPU has no random numbers, and no weir.key= was given\n");
  return true;
}
