// One fault of a device at a time, at the rings (receive.c, send.c, batch.c as they are) under sanitizers: honest for a while, then the
// fault. Prints for each fault, over all trials: how it ended, frames given to the compartments before and behind, or dropped,
// or kept by the device.
// usage: lies TRIALS
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/receive.c"
#include "user/send.c"

struct weir_info weir_info = {.queue = {IN_BUFFERS, SEND_BUFFERS, SEND_BUFFERS}};
struct virtq_desc weir_receive_table[IN_BUFFERS];
struct weir_device_rings weir_device_rings;
struct weir_driver_rings weir_driver_rings;
uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE];
struct weir_send_buffer weir_send_buffer;
bool replaying;
static _Alignas(8) uint8_t inputs[2][WEIR_INPUT_SIZE];
uint8_t *compartment_input(enum compartment which) { return inputs[which - INSPECT]; }
uint64_t clock_now(void) { return 1000; }
uint32_t replay_pending(void) { return 0; }
void replay_take(const uint8_t *frame, uint32_t length) { (void)frame, (void)length; }
void weir_call(enum weir_call call, uint64_t argument) { (void)call, (void)argument; }
void say(const char *text) { (void)text; }
void say_number(uint64_t value) { (void)value; }
const char *option(const char *key) { (void)key; return 0; }
static jmp_buf over;
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  (void)state, (void)what, (void)why;
  longjmp(over, (int)code);
}

static uint64_t state;
static uint32_t below(uint32_t n) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % n;
}

// ---- A device of each kind, honest -------------------------------------------------------------------------------------------

static uint16_t taken, returned;
static bool mine[IN_BUFFERS];
static uint32_t a_buffer(void) {
  for (; taken != weir_driver_rings.in.idx; taken++) mine[weir_driver_rings.in.ring[taken % IN_BUFFERS]] = true;
  uint32_t id = below(IN_BUFFERS);
  while (!mine[id]) id = (id + 1) % IN_BUFFERS;
  return id;
}
static void give(uint32_t id, uint32_t length) {
  weir_device_rings.in.ring[returned++ % IN_BUFFERS] = (struct virtq_used_elem){id, length};
  weir_device_rings.in.idx = returned;
}
static void give_honest(void) {
  const uint32_t id = a_buffer();
  mine[id] = false;
  give(id, VIRTIO_NET_HEADER + 60 + below(1400));
}

static uint16_t heads[SEND_BUFFERS], has, at_, back;
static void take_sent(void) {
  for (; at_ != weir_driver_rings.send[OUT].idx; at_++) {
    if (has == SEND_BUFFERS) fprintf(stderr, "more frames than buffers are with the device\n"), exit(1);
    heads[has++] = weir_driver_rings.send[OUT].ring[at_ % SEND_BUFFERS];
  }
}
static void give_back(uint32_t id) {
  weir_device_rings.send[OUT].ring[back++ % SEND_BUFFERS] = (struct virtq_used_elem){id, 0};
  weir_device_rings.send[OUT].idx = back;
}

// ---- Faults ----------------------------------------------------------------------------------------------------------------------

enum fault { ID_TOO_LARGE, ID_HUGE, NOT_GIVEN, TWICE, TOO_SHORT, TOO_LONG, LENGTH_HUGE, JUMP, BACKWARDS, RESET_RINGS, SILENT, FLAGS,
  OUT_ID, OUT_NEVER_SENT, OUT_TWICE, OUT_JUMP, OUT_SILENT, FAULTS };
static const char *const names_[FAULTS] = {"in id behind the last buffer", "in id of 32 bits", "in id not with the device", "in same buffer twice",
  "in length shorter than its header", "in length longer than its buffer", "in length of 32 bits", "in index ahead of what it has", "in index backwards",
  "in rings zeroed as by a reset", "in nothing any more", "in flags and event index at random", "out id behind the last buffer", "out id never sent",
  "out same frame twice", "out index ahead", "out nothing any more"};

static void inject(enum fault fault) {
  const uint32_t id = fault < OUT_ID ? a_buffer() : 0;
  switch (fault) {
    case ID_TOO_LARGE: give(IN_BUFFERS, 100); break;
    case ID_HUGE: give(0x80000000u | id, 100); break;
    case NOT_GIVEN: { // one the driver has taken and not posted again: none is ever like that, so one that is in the used ring already
      give_honest();
      give(weir_device_rings.in.ring[(uint16_t)(returned - 1) % IN_BUFFERS].id, 100);
      break;
    }
    case TWICE: give(id, 100), give(id, 100); break;
    case TOO_SHORT: give(id, below(VIRTIO_NET_HEADER)); break;
    case TOO_LONG: give(id, BUFFER_SIZE + 1); break;
    case LENGTH_HUGE: give(id, 0xffffffffu); break;
    case JUMP: weir_device_rings.in.idx = (uint16_t)(returned + IN_BUFFERS + 1); break;
    case BACKWARDS: weir_device_rings.in.idx = (uint16_t)(returned - 1); break;
    case RESET_RINGS: memset(&weir_device_rings.in, 0, sizeof weir_device_rings.in); break;
    case FLAGS: weir_device_rings.in.flags = (uint16_t)below(65536), weir_device_rings.in.avail_event = (uint16_t)below(65536); break;
    case OUT_ID: give_back(SEND_BUFFERS); break;
    case OUT_NEVER_SENT: { // free at the moment
      for (uint32_t free = 0; free < SEND_BUFFERS; free++) {
        bool out = false;
        for (int i = 0; i < has; i++) out |= heads[i] == free;
        if (!out && !rings[OUT].chain[free]) { give_back(free), reclaim(OUT); return; } // sent later it would be as if it was taken at once
      }
      give_back(SEND_BUFFERS + 1);
      break;
    }
    case OUT_TWICE: {
      send(OUT, (const uint8_t *)inputs, 60, 0);
      take_sent();
      const uint16_t head = heads[--has];
      give_back(head), give_back(head);
      break;
    }
    case OUT_JUMP: weir_device_rings.send[OUT].idx = (uint16_t)(back + SEND_BUFFERS + 1); break;
    default: break;
  }
}

static uint64_t before, behind;
static int trial(enum fault fault, uint64_t *dropped, uint64_t *kept) {
  memset(&weir_device_rings, 0, sizeof weir_device_rings);
  memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  memset(posted, 0, sizeof posted), memset(mine, 0, sizeof mine), memset(rings, 0, sizeof rings), memset(sent, 0, sizeof sent);
  memset(&batch, 0, sizeof batch);
  const uint16_t first = (uint16_t)(1 + below(65535));
  seen = given = taken = returned = weir_device_rings.in.idx = weir_driver_rings.in.idx = first;
  rings[OUT].seen = rings[OUT].given = at_ = back = weir_device_rings.send[OUT].idx = weir_driver_rings.send[OUT].idx = first;
  has = 0;
  receive_start();
  send_start();
  static const uint8_t frame[1500];
  bool done = false;
  for (uint32_t round = 0; round < 60; round++) {
    const bool faulty = round >= 20;
    const int code = setjmp(over);
    if (code) return code;
    if (!done && faulty) inject(fault), done = true;
    const bool quiet = faulty && (fault == SILENT || fault == RESET_RINGS || fault == BACKWARDS || fault == JUMP);
    for (uint32_t n = below(12); n-- && !quiet && (!faulty || fault >= FLAGS);) give_honest();
    uint32_t got = receive();
    *(faulty ? &behind : &before) += got;
    batch_clear(0);
    for (uint32_t n = got + (fault >= OUT_ID && faulty); n--;) send(OUT, frame, 60 + below(1400), 0);
    take_sent();
    while (has && !(faulty && fault >= OUT_ID)) give_back(heads[--has]);
    if (fault >= OUT_ID && faulty) reclaim(OUT);
  }
  *dropped += sent[OUT].full, *kept += has;
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  const uint64_t trials = strtoull(argv[1], 0, 10);
  printf("[");
  for (int fault = 0; fault < FAULTS; fault++) {
    uint64_t ended = 0, others = 0, dropped = 0, kept = 0;
    before = behind = 0;
    for (uint64_t n = 0; n < trials; n++) {
      state = (n + 1) * 0x9e3779b97f4a7c15;
      const int code = trial((enum fault)fault, &dropped, &kept);
      if (getenv("SHOW")) fprintf(stderr, "%s %llu: %d\n", names_[fault], (unsigned long long)n, code);
      ended += code == EXIT_HOSTILE_DEVICE, others += code && code != EXIT_HOSTILE_DEVICE;
    }
    printf("%s\n{\"fault\":\"%s\",\"trials\":%llu,\"hostile\":%llu,\"otherwise\":%llu,\"before\":%llu,\"behind\":%llu,\"dropped\":%llu,\"kept\":%llu}", fault ? "," : "",
      names_[fault], (unsigned long long)trials, (unsigned long long)ended, (unsigned long long)others, (unsigned long long)before,
      (unsigned long long)behind, (unsigned long long)dropped, (unsigned long long)kept);
  }
  printf("]\n");
  return 0;
}
