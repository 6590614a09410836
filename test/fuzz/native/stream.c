// Fuzzing that goes on: frames without end through inspect, guard and journal, whose state is put back once in a stretch of
// frames only, with an oracle (oracle.h, content.h) beside guard. What reaches something new is kept and changed further.
//
//   stream SEED FRAMES PCAP [INPUT]...   FRAMES in all, from those of the INPUTs (items.h) on; a finding's stretch goes to PCAP
//   stream - POLICY PCAP                 gives this stretch once more; exit code 2: no such policy, no such file
//
// A stretch's pcap has frames and, as packets of no bytes, ticks. Where batches ended it does not say: each record is given in a batch of
// its own, so what takes several records in one batch is not seen again.
// Everything follows from SEED and INPUTs. A line on standard output: frames, of them forwarded, edges taken, edges there are, kept.
#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>
#include "host.h"
#include "content.h"
#include "grow.h"

#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

extern const uint8_t fuzz_policies[];
extern const uint32_t fuzz_policy_at[], fuzz_policy_count;
extern const char *const fuzz_policy_name[];

// ---- Edges (https://clang.llvm.org/docs/SanitizerCoverage.html, "Inline 8bit-counters") ------------------------------------------

static uint8_t *counters[8], *counters_end[8];
static uint32_t modules, edges, edges_taken;
static uint8_t *seen[8];

void __sanitizer_cov_8bit_counters_init(uint8_t *from, uint8_t *to) {
  if (from == to || modules == 8) return;
  for (uint32_t m = 0; m < modules; m++) if (counters[m] == from) return;
  counters[modules] = from, counters_end[modules] = to;
  seen[modules++] = calloc((size_t)(to - from) + 8, 1);
  edges += (uint32_t)(to - from);
}
void __sanitizer_cov_pcs_init(const uintptr_t *from, const uintptr_t *to) { (void)from, (void)to; }

/** Whether anything was taken for the first time, or so often for the first time (powers of two). */
static bool edges_new(void) {
  bool some = false;
  for (uint32_t m = 0; m < modules; m++)
    for (uint8_t *p = counters[m]; p < counters_end[m]; p += 8) {
      const size_t n = (size_t)(counters_end[m] - p) < 8 ? (size_t)(counters_end[m] - p) : 8;
      uint64_t all = 0;
      memcpy(&all, p, n);
      if (!all) continue;
      for (size_t i = 0; i < n; i++) {
        if (!p[i]) continue;
        uint8_t *const s = seen[m] + (p - counters[m]) + i, bit = (uint8_t)(1u << (31 - __builtin_clz(p[i])));
        if (!*s) edges_taken++;
        if (!(*s & bit)) some = true, *s |= bit;
        p[i] = 0;
      }
    }
  return some;
}

// ---- The oracle's side -------------------------------------------------------------------------------------------------------------

static struct oracle_policy oracle;
static bool denies_five;
static uint8_t came[WEIR_INPUT_SIZE];
static uint16_t identification;
static uint64_t frames, forwarded;

static void before(void) { memcpy(came, compartment_input(GUARD), batch.used); }

static void fail(const char *what, const uint8_t *got, uint32_t got_length, const uint8_t *expected, uint32_t expected_length) {
  for (int row = 0; row < 2; row++) {
    fprintf(stderr, row ? "\nexpected: " : "got:      ");
    for (uint32_t i = 0; i < (row ? expected_length : got_length); i++) fprintf(stderr, "%02x", (row ? expected : got)[i]);
  }
  fprintf(stderr, "\n");
  wrong(what);
}

/** The content of a frame that guard made anew from this one. */
static void check_content(enum oracle_payload kind, const struct oracle_packet *k, const uint8_t *frame, uint32_t n, const uint8_t *in, uint32_t in_length) {
  static uint8_t expected[16384];
  struct oracle_packet left;
  if (!oracle_form(frame, n, false, &left)) wrong("a frame left whose form may not cross");
  const uint32_t length = oracle_make(k, left.payload, left.size, false, identification, out_addresses, expected);
  if (length != n || memcmp(expected, frame, n)) fail("a frame with a payload made anew is not as it must be", frame, n, expected, length);
  const char *why = kind == BUS ? wrong_datagram(left.payload, left.size, in, in_length, denies_five) : 0;
  if (why) fail(why, frame, n, in, in_length);
}

static void behind(uint32_t from, uint32_t stop) {
  static uint8_t expected[16384];
  const uint32_t length = CALL(GUARD, framesLength);
  const uint8_t *at = view(GUARD, CALL(GUARD, framesAt), length), *const end_ = at + length;
  while (from < stop) {
    struct weir_record r;
    memcpy(&r, came + from, sizeof r);
    const uint8_t *in = came + from + sizeof r;
    struct oracle_packet k;
    const bool good = r.kind == WEIR_RECORD_FRAME && r.link == 1 && r.captured == r.original && oracle_form(in, r.captured, oracle.ignores_checksums, &k);
    const int rule = good ? oracle_rule(&oracle, &k) : -1;
    const enum oracle_payload kind = rule < 0 ? COPY : oracle.rules[rule].payload;
    bool left = false;
    for (; at < end_; left = true) {
      const struct weir_frame *f = (const struct weir_frame *)at;
      if (f->record != from) break;
      const uint8_t *frame = at + sizeof *f;
      at += sizeof *f + weir_align8(f->length);
      forwarded++;
      const bool four = get16(frame + 12) == 0x0800;
      if (four && oracle.at_once && get16(frame + 18) != identification) wrong("a frame's identification is not the next");
      if (oracle.transfers && get16(frame + 36) == 6100) {
        if (!sealed_for_out(frame + 42, f->length - 42)) wrong("a transfer's frame left that guard did not seal");
      } else if (oracle.at_once) {
        if (rule < 0 || left) fail("a frame left that must stay", frame, f->length, in, r.captured);
        if (kind == BUS) check_content(kind, &k, frame, f->length, in, r.captured);
        else {
          const uint32_t n = oracle_make(&k, k.payload, k.size, kind == ZERO, identification, out_addresses, expected);
          if (n != f->length || memcmp(expected, frame, n)) fail("a frame left that is not as it must be", frame, f->length, expected, n);
        }
      }
      if (four) identification++;
    }
    if (oracle.exact && rule >= 0 && kind != BUS && !left) fail("a frame stayed that must leave", in, r.captured, in, r.captured);
    from += (uint32_t)sizeof r + weir_align8(r.captured);
  }
  if (at < end_) wrong("a frame left for no record");
}

// ---- What is kept --------------------------------------------------------------------------------------------------------------------

#define KEEP_MOST 8192
static struct { uint8_t *bytes; uint32_t length; } good[KEEP_MOST];
static uint32_t good_count;

static void keep_frame(const uint8_t *bytes, uint32_t length) {
  const uint32_t to = good_count < KEEP_MOST ? good_count++ : roll(KEEP_MOST);
  free(good[to].bytes);
  good[to].bytes = malloc(length ? length : 1);
  memcpy(good[to].bytes, bytes, length);
  good[to].length = length;
}

// The stretch so far, for the one who looks for what led to a finding
#define STRETCH 65536u
static const char *pcap_path;
static uint8_t *pcap;
static size_t pcap_used;

static void note(const uint8_t *bytes, uint32_t length) {
  const uint32_t header[4] = {(uint32_t)(now_ / 1000000000), (uint32_t)(now_ % 1000000000), length, length};
  memcpy(pcap + pcap_used, header, 16), memcpy(pcap + pcap_used + 16, bytes, length);
  pcap_used += 16 + length;
}

static void write_pcap(void) {
  FILE *f = pcap_path ? fopen(pcap_path, "wb") : 0;
  if (!f) return;
  static const uint32_t header[6] = {0xa1b23c4d, 0x00040002, 0, 0, 65535, 1};
  fwrite(header, sizeof header, 1, f), fwrite(pcap, pcap_used, 1, f), fclose(f);
}

static void give(const uint8_t *bytes, uint32_t length) {
  note(bytes, length);
  host_record(WEIR_RECORD_FRAME, 1, bytes, length, length);
  frames++;
}

/** Noted as a packet of no bytes, which no frame of grow() is. */
static void tick(void) {
  static const uint8_t nothing[1];
  note(nothing, 0);
  host_record(WEIR_RECORD_TICK, 0, nothing, 0, 0);
}

/** The items of an input of the other targets. */
static void take_input(const char *path) {
  static uint8_t bytes[65536];
  FILE *f = fopen(path, "rb");
  if (!f) return;
  const size_t n = fread(bytes, 1, sizeof bytes, f);
  fclose(f);
  for (size_t at = 1; at + 4 <= n;) {
    const uint32_t length = get16le(bytes + at + 2);
    if (length > n - at - 4) return;
    if (length >= 14 && length <= LONGEST_FRAME) keep_frame(bytes + at + 4, length);
    at += 4 + length;
  }
}

static void begin(uint32_t policy) {
  state_back((int)policy);
  oracle = oracle_policy(fuzz_policy_name[policy]);
  denies_five = !strcmp(fuzz_policy_name[policy], "bus");
  identification = 0, now_ = 1772438400000000000ull, pcap_used = 0, given_last = (struct given){0};
}

/** A stretch takes some seconds; whatever holds one up for so long, in what is tested or in grow.h, does not end by itself. */
#define STRETCH_SECONDS 300
static void held_up(int signal) { (void)signal, wrong("a stretch that does not end"); }

static void end_of_stretch(void) { // the report of all counters, then whatever is left of a queue
  host_end();
}

/** A few frames, one batch: sometimes the same again, sometimes new ones, sometimes kept ones changed. */
static void burst(void) {
  static uint8_t made[48][FRAME_ROOM];
  static uint32_t lengths[48];
  const uint32_t n = 1 + roll(roll(4) ? 8 : 47);
  for (uint32_t i = 0; i < n; i++) {
    now_ += roll(100) ? roll(200000) : roll(30) ? roll(300000000) : (uint64_t)roll(100) * 1000000000u;
    if (!roll(400)) now_ -= roll(1000000000);
    if (i && !roll(12)) memcpy(made[i], made[i - 1], lengths[i] = lengths[i - 1]);
    else {
      const uint32_t from = good_count && roll(3) ? roll(good_count) : KEEP_MOST;
      lengths[i] = grow(made[i], from < KEEP_MOST ? good[from].bytes : 0, from < KEEP_MOST ? good[from].length : 0);
    }
    give(made[i], lengths[i]);
  }
  if (!roll(8)) tick();
  host_flush();
  if (edges_new()) for (uint32_t i = 0; i < n; i++) if (n < 9 || !roll(4)) keep_frame(made[i], lengths[i]);
}

static int show_stretch(const char *policy, const char *path) {
  FILE *f = fopen(path, "rb");
  uint32_t header[6];
  uint8_t frame[LONGEST_FRAME];
  if (!f || fread(header, sizeof header, 1, f) != 1) return fprintf(stderr, "cannot read %s\n", path), 2;
  uint32_t known = 0;
  while (known < fuzz_policy_count && strcmp(policy, fuzz_policy_name[known])) known++;
  if (known == fuzz_policy_count) return fprintf(stderr, "no policy is called %s\n", policy), 2;
  begin(known);
  fuzz_doing = policy;
  while (fread(header, 16, 1, f) == 1 && header[2] <= sizeof frame && fread(frame, 1, header[2], f) == header[2]) {
    now_ = header[0] * 1000000000ull + header[1];
    if (header[2]) give(frame, header[2]);
    else tick();
    host_flush();
  }
  end_of_stretch();
  printf("%llu frames, %llu forwarded, nothing found\n", (unsigned long long)frames, (unsigned long long)forwarded);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 4) return fprintf(stderr, "stream SEED FRAMES PCAP [INPUT]... | stream - POLICY PCAP\n"), 1;
  setvbuf(stdout, 0, _IOLBF, 0);
  luck = strtoull(argv[1], 0, 10) * 0x9e3779b97f4a7c15u + 1;
  pcap = malloc((size_t)(STRETCH + 64) * (16 + LONGEST_FRAME));
  for (uint32_t n = 0; n < fuzz_policy_count; n++) state_configured(fuzz_policies + fuzz_policy_at[n], fuzz_policy_at[n + 1] - fuzz_policy_at[n]);
  addresses_known = true, keeps = false, before_guard = before, behind_guard = behind;
  if (*argv[1] == '-') return show_stretch(argv[2], argv[3]);
  pcap_path = argv[3];
  for (int i = 4; i < argc; i++) take_input(argv[i]);
  on_wrong = write_pcap;
  signal(SIGALRM, held_up);
  const uint64_t most = strtoull(argv[2], 0, 10);
  for (uint64_t stretch = 0; frames < most; stretch++) {
    const uint32_t policy = (uint32_t)(stretch % fuzz_policy_count);
    alarm(STRETCH_SECONDS);
    begin(policy);
    fuzz_doing = fuzz_policy_name[policy];
    keeps = stretch % 64 < fuzz_policy_count; // now and then every word that is said is looked at, too
    outputs_clear(output_now);
    const uint64_t share = most / (2 * fuzz_policy_count), until = frames + (share < STRETCH ? share + 1 : STRETCH);
    while (frames < until && pcap_used < (size_t)STRETCH * LONGEST_FRAME) burst();
    end_of_stretch();
    edges_new();
    printf("%llu %llu %u %u %u\n", (unsigned long long)frames, (unsigned long long)forwarded, edges_taken, edges, good_count);
  }
  return 0;
}

#pragma clang attribute pop
