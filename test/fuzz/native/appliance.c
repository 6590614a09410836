// Fuzz targets over inspect, guard and journal together, by the environment variable TARGET:
//   frame     items are Ethernet frames; what: 0-1 kind (0 as they are, 1 with checksums made right, 2 a tick instead, 3 cut or of
//             another link type by their first two bytes)
//   datagram  items are UDP payloads from one of four recorders; what: 0-1 from whom, 2 with Chapter 10's checksums made right,
//             3 over IPv6, 4 a tick instead, 5 to another port
//   file      an input is a policy, how it is cut, and the bytes of a Chapter 10 file
//   policy    an input is a part and how it is framed (below), and its sections
#include "host.h"
#include "items.h"

#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

// test/fuzz/policies.ts writes them
extern const uint8_t fuzz_policies[], fuzz_traffic[];
extern const uint32_t fuzz_policy_at[], fuzz_policy_again[], fuzz_traffic_length;
extern const uint32_t fuzz_policy_count;

static enum { FRAME, DATAGRAM, FILE_, POLICY } target;
static int bare;

static const uint8_t *container_of(uint32_t n) { return fuzz_policies + fuzz_policy_at[n]; }

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  const char *name = getenv("TARGET");
  static const char *const targets[] = {"frame", "datagram", "file", "policy"};
  while (name && target < 4 && strcmp(name, targets[target])) target++;
  if (!name || target == 4) {
    fprintf(stderr, "TARGET must be frame, datagram, file or policy\n");
    exit(2);
  }
  for (uint32_t n = 0; n < fuzz_policy_count; n++) state_configured(container_of(n), fuzz_policy_at[n + 1] - fuzz_policy_at[n]);
  bare = state_bare();
  return 0;
}

#define EPOCH 1772438400000000000ull

// ---- frame, datagram -----------------------------------------------------------------------------------------------------------

static uint8_t made[4096];

static void give_frame(const struct item *i) {
  const uint32_t n = i->length < 2036 ? i->length : 2036; // BUFFER_SIZE without virtio's header
  switch (i->what & 3) {
    case 0: host_record(WEIR_RECORD_FRAME, 1, i->bytes, n, n); break;
    case 1:
      memcpy(made, i->bytes, n);
      seal_frame(made, n);
      host_record(WEIR_RECORD_FRAME, 1, made, n, n);
      break;
    case 2: host_record(WEIR_RECORD_TICK, 0, i->bytes, 0, 0); break;
    default: {
      if (n < 2) break;
      static const uint16_t links[] = {0, 1, 12, 101, 113, 108, 228, 229, 276, 105};
      host_record(WEIR_RECORD_FRAME, links[i->bytes[0] % 10], i->bytes + 2, n - 2, n - 2 + i->bytes[1] * 7u);
    }
  }
}

static void give_datagram(const struct item *i) {
  if (i->what & 16) { host_record(WEIR_RECORD_TICK, 0, i->bytes, 0, 0); return; }
  const uint32_t n = i->length < 1900 ? i->length : 1900, six = i->what & 8, header = six ? 40 : 20;
  uint8_t *p = made;
  memset(made, 0, 14 + 40 + 8);
  memcpy(p, "\x01\x00\x5e\x7f\x00\x0a\x02\x00\x00\x00\x15\x53", 12);
  put16(p + 12, six ? 0x86dd : 0x0800);
  uint8_t *ip = p + 14, *udp = ip + header;
  if (six) {
    ip[0] = 0x60, put16(ip + 4, 8 + n), ip[6] = 17, ip[7] = 64;
    ip[8] = 0xfd, ip[23] = (uint8_t)(1 + (i->what & 3)), ip[24] = 0xfd, ip[31] = 1, ip[39] = 9;
  } else {
    ip[0] = 0x45, put16(ip + 2, 28 + n), put16(ip + 6, 0x4000), ip[8] = 64, ip[9] = 17;
    memcpy(ip + 12, "\xc0\x00\x02\x35\xef\xff\x00\x0a", 8);
    ip[15] = (uint8_t)(0x35 + (i->what & 3)); // 192.0.2.53 and three beside it
  }
  put16(udp, 40153), put16(udp + 2, i->what & 32 ? 2001 : 2000), put16(udp + 4, 8 + n);
  memcpy(udp + 8, i->bytes, n);
  if (i->what & 4) seal_chapter10(udp + 8, n);
  seal_frame(made, 14 + header + 8 + n);
  host_record(WEIR_RECORD_FRAME, 1, made, 14 + header + 8 + n, 14 + header + 8 + n);
}

static void give_items(const uint8_t *data, size_t size) {
  struct item items[MOST_ITEMS];
  const uint32_t n = items_read(data, size, items);
  now_ = EPOCH;
  for (uint32_t k = 0; k < n; k++) {
    now_ = (uint64_t)((int64_t)now_ + later(items[k].later));
    if (target == FRAME) give_frame(&items[k]);
    else give_datagram(&items[k]);
  }
  host_end();
}

// ---- file ------------------------------------------------------------------------------------------------------------------------

static void give_file(const uint8_t *data, size_t size) {
  if (size < 2) return;
  static uint8_t file[MOST_INPUT];
  uint64_t state = data[1];
  const bool sealed = data[1] & 1;
  data += 2, size -= 2;
  if (size > sizeof file) size = sizeof file;
  memcpy(file, data, size);
  if (sealed) seal_chapter10(file, (uint32_t)size);
  now_ = EPOCH;
  for (uint32_t at = 0; at < size;) {
    uint32_t n = one_by_one ? 1 + dice(&state, dice(&state, 4) ? 2000 : 30) : 60000;
    if (n > size - at) n = (uint32_t)size - at;
    host_record(WEIR_RECORD_CHAPTER10, 0, file + at, n, n);
    at += n;
  }
  host_end();
}

// ---- what guard let out, it lets out again -----------------------------------------------------------------------------------------

static uint8_t again_[2][4096];

/** What a fresh guard makes of one frame, in again_[to]; 0 where nothing. */
static uint32_t guard_alone(int policy, const uint8_t *frame, uint32_t length, int to) {
  state_back_one(policy, GUARD);
  memset(&batch, 0, sizeof batch);
  one_by_one = false;
  now_ = EPOCH;
  host_record(WEIR_RECORD_FRAME, 1, frame, length, length);
  const uint32_t stop = w2c_guard_run(&guard, 0, batch.used);
  if (stop != batch.used) wrong("guard does not finish one frame");
  const uint32_t n = w2c_guard_framesLength(&guard);
  if (!n) return 0;
  const struct weir_frame *f = (const struct weir_frame *)view(GUARD, w2c_guard_framesAt(&guard), n);
  if (weir_align8(f->length) + sizeof *f != n || f->length > sizeof again_[to]) wrong("one frame becomes several");
  memcpy(again_[to], f + 1, f->length);
  return f->length;
}

static void again(int policy) {
  fuzz_doing = "giving guard what it let out";
  const struct kept *k = &outputs[0].out;
  uint32_t tried = 0;
  for (uint32_t at = 0, length; at < k->used && tried < 4; at += 4 + length, tried++) {
    memcpy(&length, k->bytes + at, 4);
    const uint8_t *frame = k->bytes + at + 4;
    const uint32_t once = guard_alone(policy, frame, length, 0), twice = once ? guard_alone(policy, again_[0], once, 1) : 0;
    if (once == length && twice == once && !memcmp(again_[0], again_[1], once) && !memcmp(again_[0], frame, 14)) continue;
    fprintf(stderr, "%u bytes, then %u, then %u:\n", length, once, twice);
    for (int row = 0; row < 3; row++) {
      const uint8_t *p = row ? again_[row - 1] : frame;
      for (uint32_t i = 0; i < (row == 0 ? length : row == 1 ? once : twice); i++) fprintf(stderr, "%02x", p[i]);
      fprintf(stderr, "\n");
    }
    wrong("guard does not let out, as it is, what it let out");
  }
}

// ---- policy --------------------------------------------------------------------------------------------------------------------------

static void give_traffic(void) {
  struct item items[MOST_ITEMS];
  now_ = EPOCH;
  for (uint32_t at = 0; at < fuzz_traffic_length;) { // blocks of items, each with its length in front
    const uint32_t block = get32le(fuzz_traffic + at);
    const uint32_t n = items_read(fuzz_traffic + at + 4, block, items);
    for (uint32_t k = 0; k < n; k++) {
      now_ = (uint64_t)((int64_t)now_ + later(items[k].later));
      if (items[k].what == 255) host_record(WEIR_RECORD_CHAPTER10, 0, items[k].bytes, items[k].length, items[k].length);
      else give_frame(&items[k]);
    }
    at += 4 + block;
  }
  host_end();
}

static bool traps(enum compartment which) {
  trap_expected = true;
  if (!setjmp(on_trap)) {
    CALL(which, run, 0, 32);
    trap_expected = false;
    return false;
  }
  trap_expected = false;
  return true;
}

/** data[0]: 0-1 which part, 2 as it is (else framed: header and digest are made right), 3 another version, 4 another part's number. */
static bool configure_mutant(const uint8_t *data, size_t size) {
  const enum compartment which = (enum compartment)(INSPECT + (data[0] & 3) % 3);
  const uint8_t how = data[0];
  data++, size--;
  const struct weir_container *good = (const struct weir_container *)container_of(0);
  for (enum compartment other = INSPECT; other <= JOURNAL; other++) {
    if (other == which) continue;
    const uint32_t offset = good->parts[other - INSPECT].offset, length = good->parts[other - INSPECT].length;
    memcpy(compartment_input(other), (const uint8_t *)good + offset, length);
    if (CALL(other, configure, length)) wrong("a good policy was refused");
  }
  uint8_t *to = compartment_input(which);
  uint32_t length;
  memset(to, 0, WEIR_INPUT_SIZE);
  if (how & 4) {
    length = size < WEIR_INPUT_SIZE ? (uint32_t)size : WEIR_INPUT_SIZE;
    memcpy(to, data, length);
  } else {
    const uint32_t body = size < WEIR_INPUT_SIZE - 48 ? (uint32_t)size : WEIR_INPUT_SIZE - 48;
    length = 48 + weir_align8(body);
    memcpy(to, "WEIR", 4);
    put16le(to + 4, how & 8 ? 2 : 1);
    put16le(to + 6, which + (how >> 4 & 1));
    put16le(to + 8, length), put16le(to + 10, length >> 16);
    memcpy(to + 48, data, body);
    struct sha256 s;
    sha256_begin(&s);
    sha256_update(&s, to, 16);
    sha256_update(&s, to + 48, length - 48);
    sha256_end(&s, to + 16);
  }
  const u32 refusal = CALL(which, configure, length);
  if (refusal > 6) wrong("configure() gives an undefined refusal");
  if (!refusal && how & 24 && !(how & 4)) wrong("a policy for another version or part was accepted");
  if (refusal && !traps(which)) wrong("a compartment that refused its policy runs");
  return !refusal;
}

// ---- All ---------------------------------------------------------------------------------------------------------------------------------

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size) return 0;
  const int policy = data[0] % (int)fuzz_policy_count;
  for (int round = 0; round < 2; round++) {
    static const char *const doing[] = {"running all in one batch", "running each record by itself"};
    fuzz_doing = doing[round];
    one_by_one = round;
    output_now = &outputs[round];
    outputs_clear(output_now);
    addresses_known = target != POLICY;
    if (target == POLICY) {
      state_back(bare);
      if (!configure_mutant(data, size)) return 0;
      give_traffic();
    } else {
      state_back(policy);
      if (target == FILE_) give_file(data, size);
      else give_items(data, size);
    }
  }
  fuzz_doing = "comparing both";
  outputs_same();
  if ((target == FRAME || target == DATAGRAM) && fuzz_policy_again[policy]) again(policy);
  return 0;
}

#pragma clang attribute pop
