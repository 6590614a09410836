// REQ-IMAGE-010, REQ-IMAGE-012, REQ-IMAGE-019
// The three compartments: starting them, and the host's round (abi.ts). What they say is checked before it is used: a
// compartment that a hostile frame has taken over can lie, but not reach beyond its own memory.
#include "user/runtime.h"
#include "inspect.h"
#include "guard.h"
#include "journal.h"

static w2c_inspect inspect;
static w2c_guard guard;
static w2c_journal journal;

#define PAGE_SIZE 4096u
static const char *const names[] = {"", "inspect", "guard", "journal"};
static uint8_t *const memory[] = {0, weir_memory_inspect, weir_memory_guard, weir_memory_journal};
static const uint32_t size[] = {
  0, WEIR_MEMORY_SIZE_inspect, WEIR_MEMORY_SIZE_guard, WEIR_MEMORY_SIZE_journal};
static const uint32_t first_page[] = { // in the container's list
  0, 0, WEIR_MEMORY_SIZE_inspect / PAGE_SIZE, (WEIR_MEMORY_SIZE_inspect + WEIR_MEMORY_SIZE_guard) / PAGE_SIZE};
_Static_assert((WEIR_MEMORY_SIZE_inspect + WEIR_MEMORY_SIZE_guard + WEIR_MEMORY_SIZE_journal) / PAGE_SIZE
  <= 8 * sizeof(((struct weir_container *)0)->spare), "the list of pages is too short");
static uint32_t input[4];

// An export of any of the three, without a pointer to a function: who calls whom stays known, and with it the stack.
#define CALL(which, name, ...) \
  ((which) == INSPECT ? w2c_inspect_##name(&inspect __VA_OPT__(, ) __VA_ARGS__) \
   : (which) == GUARD ? w2c_guard_##name(&guard __VA_OPT__(, ) __VA_ARGS__) \
                      : w2c_journal_##name(&journal __VA_OPT__(, ) __VA_ARGS__))

struct given given_last;

static __attribute__((nomerge)) void ends(enum weir_exit code, const char *state, enum compartment which, const char *what) {
  say("weir: ");
  say(state);
  say(names[which]);
  say(what);
  say("\n");
  say_flush();
  crash(code);
}

#define broken(which, what) (ends(EXIT_CONTRACT, "stopped: ", which, what), __builtin_unreachable())

// WebAssembly's traps, from the code that wasm2c generated.
void weir_trap(unsigned which, weir_trap_reason reason) {
  static const char *const reasons[] = {
    "", ": out of bounds", ": integer overflow", ": division by zero", ": invalid conversion", ": unreachable"};
  ends(EXIT_INSPECT_TRAP + which - INSPECT, "trap: ", which, reasons[reason]);
}

static uint8_t *view(enum compartment which, uint32_t at, uint32_t length) {
  if (at > size[which] || length > size[which] - at) broken(which, " points outside its memory");
  return memory[which] + at;
}

uint8_t *compartment_input(enum compartment which) { return memory[which] + input[which]; }

// ---- Start ------------------------------------------------------------------------------------------------------------

static void check_policy(const struct weir_container *c) {
  if (weir_info.policy_length < sizeof *c || c->magic != CONTAINER_MAGIC)
    end(EXIT_POLICY_MISSING, "refused", "no policy in this image", "");
  if (c->version != CONTAINER_VERSION) end(EXIT_POLICY_DAMAGED, "refused", "policy: of another version", "");
  const struct weir_keys *k = weir_info.keys;
  if (!k || c->keys != weir_info.policy_length || c->length != c->keys + sizeof *k || k->count > CONTAINER_KEYS || c->count != CONTAINER_PARTS)
    end(EXIT_POLICY_DAMAGED, "refused", "policy: damaged", "");
}

static bool is_spare(const struct weir_container *c, uint32_t page) { return c->spare[page / 8] >> page % 8 & 1; }

// Memory holds what was there before the start.
static void clear(enum compartment which, const struct weir_container *c) {
  for (uint32_t i = 0; i < size[which] / PAGE_SIZE; i++)
    if (!is_spare(c, first_page[which] + i)) memset(memory[which] + i * PAGE_SIZE, 0, PAGE_SIZE);
}

// Each page without memory must be one that the compartment says it leaves untouched.
static void check_spare(enum compartment which, const struct weir_container *c) {
  const uint32_t pages = size[which] / PAGE_SIZE;
  uint32_t left = 0;
  for (uint32_t i = 0; i < pages; i++) left += is_spare(c, first_page[which] + i);
  uint64_t stretch;
  for (uint32_t n = 0; (stretch = CALL(which, spare, n)); n++) {
    const uint64_t from = (uint32_t)stretch, to = from + (stretch >> 32);
    for (uint64_t i = (from + PAGE_SIZE - 1) / PAGE_SIZE; i < pages && (i + 1) * PAGE_SIZE <= to; i++)
      left -= is_spare(c, first_page[which] + (uint32_t)i);
  }
  if (left) end(EXIT_POLICY_DAMAGED, "refused", "policy: no memory for what it uses of ", names[which]);
}

// The keys of its part go where they belong, by way of nothing else.
static void give_keys(enum compartment which, uint32_t length) {
  for (uint32_t n = 0; n < weir_info.keys->count; n++) {
    const struct weir_part_key *k = &weir_info.keys->keys[n];
    if (k->part != which) continue;
    if (k->offset > length || length - k->offset < sizeof k->key)
      end(EXIT_POLICY_DAMAGED, "refused", "policy: damaged: the keys of ", names[which]);
    memcpy(compartment_input(which) + k->offset, k->key, sizeof k->key);
  }
}

static void configure(enum compartment which, const struct weir_container *c) {
  static const char *const refusals[] = WEIR_REFUSAL_WORDS(": ");
  const uint32_t offset = c->parts[which - INSPECT].offset, length = c->parts[which - INSPECT].length;
  if (offset > c->keys || length > c->keys - offset || length > WEIR_INPUT_SIZE)
    end(EXIT_POLICY_DAMAGED, "refused", "policy: damaged: the part of ", names[which]);
  memcpy(compartment_input(which), (const uint8_t *)c + offset, length);
  give_keys(which, length);
  const uint32_t refusal = CALL(which, configure, length);
  if (!refusal) return;
  say("weir: refused: policy of ");
  say(names[which]);
  say(refusal < sizeof refusals / sizeof *refusals ? refusals[refusal] : ": refused");
  say("\n");
  say_flush();
  weir_call(WEIR_EXIT, EXIT_POLICY_REFUSED);
}

static uint64_t tables[2]; // their key, not on the stack: until they have it

void compartments_start(void) {
  const struct weir_container *policy = (const struct weir_container *)weir_info.policy;
  check_policy(policy);
  for (enum compartment which = INSPECT; which <= JOURNAL; which++) clear(which, policy);
  wasm2c_inspect_instantiate(&inspect);
  wasm2c_guard_instantiate(&guard);
  wasm2c_journal_instantiate(&journal);
  if (tables_key(tables)) w2c_inspect_key(&inspect, tables[0], tables[1]), w2c_guard_key(&guard, tables[0], tables[1]);
  for (uint32_t n = 0; n < 2; n++) *(volatile uint64_t *)&tables[n] = 0;
  for (enum compartment which = INSPECT; which <= JOURNAL; which++) {
    if (CALL(which, abi) != WEIR_ABI_VERSION) end(EXIT_ABI, "refused", names[which], ": of another ABI version");
    input[which] = CALL(which, inputAt);
    if (CALL(which, inputSize) != WEIR_INPUT_SIZE || input[which] % 8) broken(which, ": its input is not as agreed");
    view(which, input[which], WEIR_INPUT_SIZE);
    configure(which, policy);
    check_spare(which, policy);
  }
  weir_call(WEIR_TAKEN, 0);
}

// ---- The round ----------------------------------------------------------------------------------------------------------

// Gives each frame of the last run to `to`; the journal's console text goes to the console.
static void take_frames(enum compartment which, enum sender to) {
  const uint32_t length = CALL(which, framesLength);
  if (!length) return;
  const uint8_t *at = view(which, CALL(which, framesAt), length), *const stop = at + length;
  while (at < stop) {
    struct weir_frame frame;
    if ((size_t)(stop - at) < sizeof frame) broken(which, ": half a frame's header");
    memcpy(&frame, at, sizeof frame);
    const uint64_t body = (uint64_t)frame.length + frame.json + frame.text;
    if (body > (size_t)(stop - at) - sizeof frame) broken(which, ": a frame longer than its buffer");
    at += sizeof frame;
    if (frame.length) send(to, at, frame.length, which == JOURNAL && !frame.record ? HEARTBEAT_BUFFERS : 0);
    if (which == JOURNAL && frame.text) {
      say_bytes(at + frame.length + frame.json, frame.text);
      say("\n");
    }
    at += (body + 7) & ~7ull;
  }
}

// Appends the events of the last run to the journal's input at `at`; returns where they end.
static uint32_t take_events(enum compartment which, uint32_t at) {
  const uint32_t length = CALL(which, eventsLength);
  if (length > WEIR_INPUT_SIZE - at) broken(which, ": more events than the journal takes");
  if (length) memcpy(compartment_input(JOURNAL) + at, view(which, CALL(which, eventsAt), length), length);
  return at + length;
}

// Writes inspect's verdicts into guard's copies of the records it has done, from the first one on; returns how many.
static uint32_t take_verdicts(uint32_t first, uint32_t stop) {
  const uint32_t n = w2c_inspect_verdictsLength(&inspect);
  if (n > batch.count - first || batch.starts[first + n] != stop) broken(INSPECT, ": verdicts do not match records");
  const uint8_t *verdicts = view(INSPECT, w2c_inspect_verdictsAt(&inspect), 4 * n);
  for (uint32_t i = 0; i < n; i++)
    memcpy(compartment_input(GUARD) + batch.starts[first + i] + offsetof(struct weir_record, verdict), verdicts + 4 * i, 4);
  return n;
}

// Gives guard the measures that inspect asks for with the records it has done.
static void take_measures(void) {
  const uint32_t n = w2c_inspect_measuresLength(&inspect);
  if (n > WEIR_MEASURES) broken(INSPECT, ": more measures than guard takes");
  const struct weir_measure_list list = {n, 0};
  uint8_t *at = view(GUARD, w2c_guard_measuresAt(&guard), sizeof list + n * sizeof(struct weir_measure));
  memcpy(at, &list, sizeof list);
  if (n)
    memcpy(at + sizeof list, view(INSPECT, w2c_inspect_measuresAt(&inspect), n * sizeof(struct weir_measure)),
      n * sizeof(struct weir_measure));
}

static uint32_t run(enum compartment which, uint32_t from, uint32_t to) {
  given_last = (struct given){which, from, to};
  const uint32_t stop = CALL(which, run, from, to);
  // inspect may have more to say of a record than its buffer holds, and stays where it is
  const bool more = which == INSPECT && stop == from && w2c_inspect_eventsLength(&inspect);
  if ((stop <= from && !more) || stop > to) broken(which, ": run() did not go on");
  return stop;
}

static void run_journal(uint32_t inspected, uint32_t to) {
  const uint32_t lengths[2] = {inspected, to - 8 - inspected};
  memcpy(compartment_input(JOURNAL), lengths, sizeof lengths);
  for (uint32_t at = 0; at < to;) {
    // virtio does not tell how often a device had no buffer for a frame: nothing is known to be lost on `in`.
    const uint64_t told[WEIR_COUNTERS] = {0, sent[OUT].full, sent[LOG].full, boot_number};
    memcpy(view(JOURNAL, w2c_journal_countersAt(&journal), sizeof told), told, sizeof told);
    at = run(JOURNAL, at, to);
    take_frames(JOURNAL, LOG);
  }
}

uint64_t guard_tick(void) { return w2c_guard_tick(&guard); }

void round_run(void) {
  uint32_t done = 0; // records
  for (uint32_t at = 0; at < batch.used;) {
    const uint32_t stop = run(INSPECT, at, batch.used);
    done += take_verdicts(done, stop);
    take_measures();
    const uint32_t inspected = take_events(INSPECT, 8);
    uint32_t events = inspected;
    while (at < stop) {
      at = run(GUARD, at, stop);
      take_frames(GUARD, OUT);
      events = take_events(GUARD, events);
    }
    if (events > 8) run_journal(inspected - 8, events);
  }
}
