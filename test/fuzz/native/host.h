// The host's round (appliance/runtime/user/batch.c, recorder.c, compartments.c, as they are) around the natively compiled compartments, as a
// program of the build machine: what they send is kept, and what they say is held against the contract (appliance/contract/onboard/abi.ts)
// more strictly than the image's runtime does. Each input begins with compartments fresh from configure().
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "inspect.h"
#include "guard.h"
#include "journal.h"
#include "user/runtime.h"

// Edges of the harness are none of what is tested.
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)
#include "json.h"
#include "seal.h"

struct weir_info weir_info = {.ticks_per_second = 1000000000, .clock = "fuzz"};
struct counters sent[2];
uint64_t boot_number;

static const char *fuzz_doing = "starting";

static void (*on_wrong)(void);

/** A finding: what is wrong, where; libFuzzer keeps the input. */
static _Noreturn void wrong(const char *what) {
  if (on_wrong) on_wrong();
  fprintf(stderr, "FINDING: %s (while %s)\n", what, fuzz_doing);
  abort();
}

// ---- What the runtime's files are linked with -----------------------------------------------------------------------------

static jmp_buf on_trap;
static bool trap_expected;

static char said[256];
void say(const char *text) { strncat(said, text, sizeof said - strlen(said) - 1); }
void say_flush(void) {}
void crash(enum weir_exit code) {
  if (trap_expected && code >= EXIT_INSPECT_TRAP && code <= EXIT_JOURNAL_TRAP) longjmp(on_trap, 1);
  wrong(said);
}
const char *option(const char *key) { (void)key; return 0; }
bool tables_key(uint64_t key[2]) { return (void)key, false; } // that of replays
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  char text[400];
  snprintf(text, sizeof text, "exit %d: %s: %s%s", code, state, what, why);
  wrong(text);
}
void weir_call(enum weir_call call, uint64_t argument) {
  if (call == WEIR_TAKEN && !argument) return;
  char text[400];
  snprintf(text, sizeof text, "call %d %llu: %s", call, (unsigned long long)argument, said);
  wrong(text);
}

// ---- What came out ----------------------------------------------------------------------------------------------------------

#define KEPT (1u << 22)
/** Bytes behind each other with their lengths in front; `hash` is over all, also what did not fit. */
struct kept { uint8_t bytes[KEPT]; uint32_t used, count; uint64_t hash; };
static struct output { struct kept out, log, console; } outputs[2], *output_now = outputs;

static void keep(struct kept *k, const void *bytes, uint32_t length) {
  k->count++;
  k->hash = (k->hash ^ length) * 0x100000001b3;
  for (uint32_t i = 0; i < length; i++) k->hash = (k->hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
  if (sizeof length + length > KEPT - k->used) { k->used = KEPT; return; }
  memcpy(k->bytes + k->used, &length, sizeof length);
  memcpy(k->bytes + k->used + sizeof length, bytes, length);
  k->used += (uint32_t)sizeof length + length;
}

static void outputs_clear(struct output *o) {
  struct kept *all[] = {&o->out, &o->log, &o->console};
  for (int i = 0; i < 3; i++) all[i]->used = all[i]->count = 0, all[i]->hash = 0xcbf29ce484222325;
}

/** Of stream.c: what it looks at before and behind a run of guard. */
static void (*before_guard)(void), (*behind_guard)(uint32_t from, uint32_t stop);
static bool keeps = true; // what comes out; what is said is looked at, too

/** To and from whom every frame on `out` and on `log` must be; policies.ts says the same in each of its policies. */
static bool addresses_known;
static const uint8_t out_addresses[12] = {0x52, 0x54, 0, 0x77, 0, 0x12, 0x52, 0x54, 0, 0x77, 0, 2};
static const uint8_t log_addresses[12] = {0x52, 0x54, 0, 0x77, 0, 0x13, 0x52, 0x54, 0, 0x77, 0, 3};

static void check_ipv4(const uint8_t *frame, uint32_t length, const char *what) {
  if (length < 34 || get16(frame + 12) != 0x0800 || frame[14] != 0x45) wrong(what);
  if (folded(sum16(frame + 14, 20, 0)) || get16(frame + 16) > length - 14) wrong(what);
}

void send(enum sender which, const uint8_t *frame, uint32_t length, uint32_t leave) {
  (void)leave;
  sent[which].sent++;
  if (keeps) keep(which == OUT ? &output_now->out : &output_now->log, frame, length);
  if (which == LOG) {
    if (length > 1400) wrong("a datagram of the log is longer than 1,400 bytes");
    check_ipv4(frame, length, "a datagram of the log has a wrong header");
  } else {
    if (length < 60) wrong("a frame on `out` is shorter than Ethernet allows");
    if (get16(frame + 12) == 0x0800) check_ipv4(frame, length, "a frame on `out` has a wrong header");
    else if (get16(frame + 12) != 0x86dd) wrong("a frame on `out` is no IP");
  }
  if (addresses_known && memcmp(frame, which == OUT ? out_addresses : log_addresses, 12))
    wrong("a frame is not from or to the addresses of the policy");
}

void say_bytes(const uint8_t *bytes, uint32_t length) { if (keeps) keep(&output_now->console, bytes, length); }

// ---- What compartments say, held against the contract ----------------------------------------------------------------------

static u32 checked_inspect(w2c_inspect *, u32, u32);
static u32 checked_guard(w2c_guard *, u32, u32);
static u32 checked_journal(w2c_journal *, u32, u32);
#define w2c_inspect_run checked_inspect
#define w2c_guard_run checked_guard
#define w2c_journal_run checked_journal
#pragma clang attribute pop
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/compartments.c"
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)
#undef w2c_inspect_run
#undef w2c_guard_run
#undef w2c_journal_run

static bool starts_a_record(uint32_t at) {
  for (uint32_t i = 0; i < batch.count; i++) if (batch.starts[i] == at) return true;
  return false;
}

static void check_zero(const uint8_t *p, uint32_t n, const char *what) {
  for (uint32_t i = 0; i < n; i++) if (p[i]) wrong(what);
}

static void check_json(enum compartment which, uint32_t kind, const uint8_t *json, uint32_t length) {
  if (!keeps) return;
  static uint8_t whole[2048];
  uint32_t n = 0;
  if (kind == 1 && which == GUARD) whole[n++] = '{';
  memcpy(whole + n, json, length);
  n += length;
  if (kind == 1) whole[n++] = '}';
  if (json_object(whole, n)) return;
  fprintf(stderr, "%s: %.*s\n", names[which], (int)length, (const char *)json);
  wrong("an event is no JSON");
}

/** `from`, `to`: of the records that the last run() could have been about. */
static void check_events(enum compartment which, uint32_t from, uint32_t to) {
  const uint32_t length = CALL(which, eventsLength);
  if (!length) return;
  const uint8_t *at = view(which, CALL(which, eventsAt), length), *const stop = at + length;
  for (uint32_t last = from; at < stop;) {
    if (stop - at < WEIR_EVENT_HEADER) wrong("half an event's header");
    uint32_t record;
    memcpy(&record, at, 4);
    const uint32_t json = get16le(at + 4), text = get16le(at + 6), kind = at[9];
    if (weir_align8(json + text) > (size_t)(stop - at) - WEIR_EVENT_HEADER) wrong("an event is longer than its buffer");
    if (record < last || record >= to || !starts_a_record(record)) wrong("an event belongs to no record of the batch");
    if (kind < 2 && at[8] != 1 && at[8] != 4 && at[8] != 5 && at[8] != 6) wrong("an event has an undefined severity");
    if (kind > 2 || (kind == 2 && which != INSPECT)) wrong("an event is of an undefined kind");
    if (kind < 2 && json > 1112) wrong("an event is longer than MAX_EVENT");
    check_zero(at + 10, 6, "an event's header ends in no zeros");
    at += WEIR_EVENT_HEADER;
    if (kind < 2) check_json(which, kind, at, json);
    check_zero(at + json + text, weir_align8(json + text) - json - text, "there are no zeros behind an event");
    at += weir_align8(json + text);
    last = record;
  }
}

static u32 checked_inspect(w2c_inspect *m, u32 from, u32 to) {
  const u32 stop = w2c_inspect_run(m, from, to);
  check_events(INSPECT, from, to);
  const uint32_t n = w2c_inspect_verdictsLength(m);
  if (n > WEIR_VERDICTS) wrong("more verdicts than VERDICTS");
  const uint8_t *verdicts = view(INSPECT, w2c_inspect_verdictsAt(m), 4 * n);
  for (uint32_t i = 0; i < n; i++) {
    if ((verdicts[4 * i] & 15) > 1) wrong("an undefined verdict"); // abi.ts, Action
  }
  const uint32_t measures = w2c_inspect_measuresLength(m);
  if (measures > WEIR_MEASURES) wrong("more measures than MEASURES");
  const struct weir_measure *measure =
    (const struct weir_measure *)view(INSPECT, w2c_inspect_measuresAt(m), measures * sizeof *measure);
  for (uint32_t i = 0; i < measures; i++) {
    if (measure[i].action < 2 || measure[i].action >= WEIR_ACTIONS) wrong("a measure of an undefined action");
    if (measure[i].version != 4 && measure[i].version != 6) wrong("a measure of an undefined version");
    if (measure[i].record < from || measure[i].record >= to || !starts_a_record(measure[i].record))
      wrong("a measure belongs to no record of the batch");
  }
  return stop;
}

static u32 checked_guard(w2c_guard *m, u32 from, u32 to) {
  if (before_guard) before_guard();
  const u32 stop = w2c_guard_run(m, from, to);
  check_events(GUARD, from, to);
  const uint32_t length = w2c_guard_framesLength(m);
  const uint8_t *at = view(GUARD, w2c_guard_framesAt(m), length), *const end_ = at + length;
  while (at < end_) { // compartments.c has checked nothing yet
    if (end_ - at < WEIR_FRAME_HEADER) wrong("half a frame's header");
    const struct weir_frame *f = (const struct weir_frame *)at;
    if (weir_align8(f->length) > (size_t)(end_ - at) - sizeof *f) wrong("a frame is longer than its buffer");
    if (!f->length || f->json || f->text) wrong("guard's frame has no bytes, or more than those");
    if (f->record < from || f->record >= to || !starts_a_record(f->record)) wrong("a frame belongs to no record of the batch");
    check_zero(at + sizeof *f + f->length, weir_align8(f->length) - f->length, "there are no zeros behind a frame");
    at += sizeof *f + weir_align8(f->length);
  }
  if (behind_guard) behind_guard(from, stop);
  return stop;
}

static u32 checked_journal(w2c_journal *m, u32 from, u32 to) {
  const u32 stop = w2c_journal_run(m, from, to);
  const uint32_t length = w2c_journal_framesLength(m);
  const uint8_t *at = view(JOURNAL, w2c_journal_framesAt(m), length), *const end_ = at + length;
  while (at < end_) {
    if (end_ - at < WEIR_FRAME_HEADER) wrong("half a frame's header");
    const struct weir_frame *f = (const struct weir_frame *)at;
    const uint64_t body = (uint64_t)f->length + f->json + f->text;
    if (body > (size_t)(end_ - at) - sizeof *f) wrong("a record of the log is longer than its buffer");
    if (keeps && !json_object(at + sizeof *f + f->length, f->json)) {
      fprintf(stderr, "%.*s\n", (int)f->json, (const char *)at + sizeof *f + f->length);
      wrong("a record of the log is no JSON");
    }
    at += sizeof *f + ((body + 7) & ~7ull);
  }
  return stop;
}

// ---- Fresh starts: memory as configure() left it is copied back. (Mapping it anew costs a fault for each page that is used:
// under a hypervisor without nested paging ten times as much.) ------------------------------------------------------------------

#define MOST_STATES 8
static struct state { uint8_t *kept[4]; w2c_inspect inspect; w2c_guard guard; w2c_journal journal; uint32_t input[4]; } states[MOST_STATES];
static int states_made;

/** Keeps the compartments as they are; returns the number of this state. */
static int state_keep(void) {
  if (states_made == MOST_STATES) wrong("too many states");
  struct state *s = &states[states_made];
  for (enum compartment which = INSPECT; which <= JOURNAL; which++) {
    if (!(s->kept[which] = malloc(size[which]))) wrong("malloc");
    memcpy(s->kept[which], memory[which], size[which]);
  }
  s->inspect = inspect, s->guard = guard, s->journal = journal;
  memcpy(s->input, input, sizeof input);
  return states_made++;
}

static void state_back_one(int n, enum compartment which) {
  const struct state *s = &states[n];
  memcpy(memory[which], s->kept[which], size[which]);
  if (which == INSPECT) inspect = s->inspect;
  else if (which == GUARD) guard = s->guard;
  else journal = s->journal;
}

static void state_back(int n) {
  for (enum compartment which = INSPECT; which <= JOURNAL; which++) state_back_one(n, which);
  memcpy(input, states[n].input, sizeof input);
  memset(&batch, 0, sizeof batch);
  memset(sent, 0, sizeof sent);
  said[0] = 0;
  weir_recorder.from = weir_recorder.to = 0;
  recorder_start();
}

/** Memory as at the machine's start. */
static void memory_clear(void) {
  for (enum compartment which = INSPECT; which <= JOURNAL; which++) memset(memory[which], 0, size[which]);
}

/** Compartments that were instantiated and know no policy. */
static int state_bare(void) {
  memory_clear();
  wasm2c_inspect_instantiate(&inspect);
  wasm2c_guard_instantiate(&guard);
  wasm2c_journal_instantiate(&journal);
  for (enum compartment which = INSPECT; which <= JOURNAL; which++) input[which] = CALL(which, inputAt);
  return state_keep();
}

/** Compartments that were configured by the runtime with this container. */
static int state_configured(const uint8_t *container, uint32_t length) {
  memory_clear();
  weir_info.policy = container, weir_info.policy_length = length - sizeof(struct weir_keys); // kernel/memory.c
  weir_info.keys = (const struct weir_keys *)(container + weir_info.policy_length);
  compartments_start();
  return state_keep();
}

// ---- Records ------------------------------------------------------------------------------------------------------------------

static uint64_t now_;
static bool one_by_one; // each record is a batch of its own

static void host_flush(void) {
  if (!batch.count) return;
  round_run();
  batch_clear(0);
}

static void host_record(enum weir_record_kind kind, uint16_t link, const uint8_t *bytes, uint32_t captured, uint32_t original) {
  static const uint64_t zeros;
  const uint32_t padded = weir_align8(captured);
  if (!batch_fits(WEIR_RECORD_HEADER + padded)) host_flush();
  const struct weir_record header = {
    .time = now_, .number = batch.number + 1, .captured = captured, .original = original, .link = link, .kind = (uint8_t)kind};
  batch.number += kind == WEIR_RECORD_FRAME; // as captures/records.ts and receive.c count
  batch_write(batch.used, &header, sizeof header);
  batch_write(batch.used + WEIR_RECORD_HEADER, bytes, captured);
  batch_write(batch.used + WEIR_RECORD_HEADER + captured, &zeros, padded - captured);
  batch_close(WEIR_RECORD_HEADER + padded);
  if (one_by_one) host_flush();
}

static void host_end(void) {
  host_record(WEIR_RECORD_END, 0, (const uint8_t *)"", 0, 0);
  host_flush();
}

static void show(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) fputc(bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.', stderr);
  fputc('\n', stderr);
}

static void show_difference(const char *what, const struct kept *a, const struct kept *b) {
  uint32_t at = 0, n = 0;
  for (; at < a->used && at < b->used; n++) {
    uint32_t la, lb;
    memcpy(&la, a->bytes + at, 4), memcpy(&lb, b->bytes + at, 4);
    const uint8_t *pa = a->bytes + at + 4, *pb = b->bytes + at + 4;
    if (la != lb || memcmp(pa, pb, la)) {
      fprintf(stderr, "%s %u of %u, %u:\n", what, n, a->count, b->count);
      show(pa, la), show(pb, lb);
      return;
    }
    at += 4 + la;
  }
  fprintf(stderr, "%s: %u and %u\n", what, a->count, b->count);
}

static void same(const char *what, const struct kept *a, const struct kept *b) {
  if (a->count == b->count && a->hash == b->hash) return;
  show_difference(what, a, b);
  wrong("the same input gives another output when it is batched otherwise");
}

static void outputs_same(void) {
  same("frame on out", &outputs[0].out, &outputs[1].out);
  same("datagram", &outputs[0].log, &outputs[1].log);
  same("line", &outputs[0].console, &outputs[1].console);
}

#pragma clang attribute pop
#endif
