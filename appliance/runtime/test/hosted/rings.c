// REQ-DIODE-012
// The rings against devices that lie: receive.c, send.c, batch.c and replay.c as they are, as a program of the build machine,
// under the address and undefined-behaviour sanitizers. Each trial starts afresh, is honest for a while and then, most
// times, writes one thing that no device may: the trial must end there with EXIT_HOSTILE_DEVICE, and not before.
// And against a device that changes each byte and each word that it shares with the driver right behind its first reading: what
// was read first is what all work on.
// usage: rings FIRST-SEED TRIALS
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/runtime.h"

static void change(const void *from, size_t n) {
  for (size_t i = 0; i < n; i++) ((uint8_t *)(uintptr_t)from)[i] ^= (uint8_t)(0x55 + i);
}

static void *copied_once(void *to, const void *from, size_t n) {
  memcpy(to, from, n);
  if ((uintptr_t)from - (uintptr_t)weir_receive_buffer < sizeof weir_receive_buffer) change(from, n);
  return to;
}
#undef READ_ONCE
#define READ_ONCE(word) ({ \
  __typeof__(word) *const at_ = &(word); \
  const __typeof__(word) was_ = *at_; \
  change(at_, sizeof was_); \
  was_; \
})
#define memcpy copied_once
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/receive.c"
#include "user/replay.c"
#include "user/send.c"
#undef memcpy

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
uint64_t weir_ticks(void) { return 0; }
void say(const char *text) { (void)text; }
void say_number(uint64_t value) { (void)value; }
const char *option(const char *key) { (void)key; return 0; }

static jmp_buf over;
static unsigned notified[ROLES];
void weir_call(enum weir_call call, uint64_t argument) { if (call == WEIR_NOTIFY) notified[argument]++; }
static char ended[200]; // what the console says
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  snprintf(ended, sizeof ended, "%s: %s%s", state, what, why);
  longjmp(over, code);
}

static uint64_t state;
static uint32_t random_below(uint32_t n) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((state >> 33) % n);
}

static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

// ---- A receiving device --------------------------------------------------------------------------------------------

// A device may have shorter queues than the rings are.
#define IN_LENGTH (weir_info.queue[ROLE_IN])
#define OUT_LENGTH (weir_info.queue[ROLE_OUT])

static uint16_t taken, returned; // of the available ring, of the used ring
static bool mine[IN_BUFFERS];    // buffers the device has

static void take_available(void) {
  for (; taken != weir_driver_rings.in.idx; taken++) {
    const uint16_t id = weir_driver_rings.in.ring[taken % IN_LENGTH];
    if (id >= IN_LENGTH || mine[id]) wrong("the driver gave a buffer twice, or one it has not");
    mine[id] = true;
  }
}

static void give(uint32_t id, uint32_t len) {
  weir_device_rings.in.ring[returned++ % IN_LENGTH] = (struct virtq_used_elem){id, len};
}

// Writes something that must end the image; returns what the image says of it.
static const char *lie(void) {
  const char *const no_buffer = "stopped: the device of `in` returned a buffer that it does not have";
  const char *const length = "stopped: the device of `in` says a length that cannot be";
  uint32_t id = random_below(IN_LENGTH);
  switch (random_below(6)) {
    case 0: give(IN_LENGTH + random_below(1u << 30), 100); return no_buffer;
    case 1: give(0x80000000u | id, 100); return no_buffer;
    case 2: while (!mine[id]) id = (id + 1) % IN_LENGTH;
      give(id, random_below(VIRTIO_NET_HEADER)); return length;
    case 3: while (!mine[id]) id = (id + 1) % IN_LENGTH;
      give(id, BUFFER_SIZE + 1 + random_below(1u << 30)); return length;
    case 4: while (!mine[id]) id = (id + 1) % IN_LENGTH;
      give(id, 100), give(id, 100); return no_buffer; // twice
    default: returned = (uint16_t)(returned + IN_LENGTH + 1 + random_below(60000));
      return "stopped: the device of `in` returned more buffers than it has";
  }
}

static void receive_trial(void) {
  memset(&weir_device_rings, 0, sizeof weir_device_rings);
  memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  memset(posted, 0, sizeof posted);
  memset(mine, 0, sizeof mine);
  memset(&batch, 0, sizeof batch);
  memset(&weir_recorder, 0, sizeof weir_recorder);
  recorder_start();
  // Indices wrap at 65536: start anywhere.
  seen = returned = weir_device_rings.in.idx = (uint16_t)random_below(65536);
  given = taken = weir_driver_rings.in.idx = (uint16_t)random_below(65536);
  volatile bool lied = false;
  const char *volatile told = 0;
  const int code = setjmp(over);
  if (code) {
    if (code != EXIT_HOSTILE_DEVICE || !lied) wrong("an honest device was refused");
    if (!told || strcmp(ended, told)) printf("%s\n", ended), wrong("something else is said of the lie");
    return;
  }
  receive_start();
  for (uint32_t round = random_below(40); round-- || (lied = random_below(4) != 0);) {
    take_available();
    uint32_t lengths[IN_BUFFERS], n = 0, total = random_below(lied ? 20 : IN_LENGTH - 28);
    uint8_t first[IN_BUFFERS];
    for (; n < total; n++) {
      uint32_t id = random_below(IN_LENGTH);
      while (!mine[id]) id = (id + 1) % IN_LENGTH;
      mine[id] = false;
      lengths[n] = random_below(BUFFER_SIZE - VIRTIO_NET_HEADER + 1);
      first[n] = (uint8_t)random_below(256);
      memset(weir_receive_buffer[id] + VIRTIO_NET_HEADER, first[n], lengths[n]);
      give(id, lengths[n] + VIRTIO_NET_HEADER);
    }
    if (lied) told = lie();
    __atomic_store_n(&weir_device_rings.in.idx, returned, __ATOMIC_RELEASE);
    for (uint32_t done = 0, got; done < n || lied; done += got) {
      got = receive();
      if (!got || got != batch.count) wrong("frames were not taken");
      for (uint32_t i = 0; i < got; i++) {
        const uint8_t *record = inputs[1] + batch.starts[i];
        const struct weir_record *header = (const struct weir_record *)record;
        if (header->captured != lengths[done + i]) wrong("another length");
        for (uint32_t k = 0; k < header->captured; k++)
          if (record[sizeof *header + k] != first[done + i]) wrong("other bytes");
      }
      if (memcmp(inputs[0], inputs[1], batch.used)) wrong("inspect and guard were given different bytes");
      batch_clear(0);
    }
  }
}

// A replay: records cut into frames; what inspect and guard are given is what was sent, though the device changes it afterwards.
static void replay_trial(void) {
  memset(&weir_device_rings, 0, sizeof weir_device_rings);
  memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  memset(posted, 0, sizeof posted);
  memset(&batch, 0, sizeof batch);
  seen = given = 0, pending = 0, replay_ended = false, replaying = true;
  static uint8_t stream[8192];
  uint32_t length = 0;
  for (uint32_t n = 1 + random_below(8); n--;) {
    const struct weir_record header = {.captured = random_below(900), .kind = WEIR_RECORD_FRAME};
    memcpy(stream + length, &header, sizeof header);
    memset(stream + length + sizeof header, 1 + (int)random_below(255), weir_align8(header.captured));
    length += sizeof header + weir_align8(header.captured);
  }
  if (setjmp(over)) wrong("a whole stream was refused");
  receive_start();
  uint16_t frames = 0;
  for (uint32_t at = 0, n; at < length; at += n, frames++) {
    n = 1 + random_below(1400);
    if (n > length - at) n = length - at;
    uint8_t *to = weir_receive_buffer[frames] + VIRTIO_NET_HEADER;
    to[14] = (uint8_t)n, to[15] = (uint8_t)(n >> 8);
    memcpy(to + 16, stream + at, n);
    weir_device_rings.in.ring[frames] = (struct virtq_used_elem){frames, VIRTIO_NET_HEADER + 16 + n};
    if (frames == LEAST_BUFFERS - 1) break;
    weir_device_rings.in.idx = frames + 1;
    if (receive() != 1) wrong("a frame of the stream was not taken");
  }
  replaying = false;
  if (batch.used + pending < length && frames < LEAST_BUFFERS - 1) wrong("records are missing");
  if (memcmp(inputs[0], stream, batch.used) || memcmp(inputs[1], stream, batch.used)) wrong("other records than were sent");
}

// ---- A sending device ------------------------------------------------------------------------------------------------

static void send_trial(void) {
  memset(&weir_device_rings, 0, sizeof weir_device_rings);
  memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  memset(rings, 0, sizeof rings);
  memset(sent, 0, sizeof sent);
  const uint16_t used = (uint16_t)random_below(65536), available = (uint16_t)random_below(65536);
  rings[OUT].seen = weir_device_rings.send[OUT].idx = used;
  rings[OUT].given = weir_driver_rings.send[OUT].idx = available;
  uint16_t heads[SEND_BUFFERS], has = 0, at = available, back = used;
  volatile bool lied = false;
  const int code = setjmp(over);
  if (code) {
    if (code != EXIT_HOSTILE_DEVICE || !lied) wrong("an honest device was refused");
    return;
  }
  send_start();
  for (uint32_t round = 1 + random_below(300); round--;) {
    static uint8_t frame[WEIR_MAX_CAPTURED];
    const uint32_t length = random_below(8) ? random_below(1600) : random_below(WEIR_MAX_CAPTURED + 1);
    const uint64_t before = sent[OUT].sent;
    const uint32_t leave = random_below(4) ? 0 : HEARTBEAT_BUFFERS, needed = (length + VIRTIO_NET_HEADER + OUT_SIZE - 1) / OUT_SIZE;
    memset(frame, (int)random_below(256), length);
    send(OUT, frame, length, leave);
    if (before + 1 == sent[OUT].sent) { // what the device reads must be the frame
      const uint16_t head = weir_driver_rings.send[OUT].ring[at++ % OUT_LENGTH];
      uint32_t sum = 0, id = head;
      for (;; id = weir_driver_rings.table[OUT][id].next) {
        const struct virtq_desc *d = &weir_driver_rings.table[OUT][id];
        const uint8_t *bytes = (const uint8_t *)d->addr, *from = bytes + (sum ? 0 : VIRTIO_NET_HEADER);
        if (bytes != weir_send_buffer.out[id] || d->len > OUT_SIZE || d->flags & VIRTQ_DESC_F_WRITE) wrong("a descriptor");
        if (memcmp(from, frame, (size_t)(bytes + d->len - from))) wrong("other bytes were sent");
        sum += d->len;
        if (!(d->flags & VIRTQ_DESC_F_NEXT)) break;
      }
      if (sum != length + VIRTIO_NET_HEADER) wrong("another length was sent");
      if (OUT_LENGTH - rings[OUT].held < leave) wrong("no room is left for a heartbeat");
      for (uint16_t i = 0; i < has; i++) if (heads[i] == head) wrong("a buffer was sent twice");
      heads[has++] = head;
    } else if (needed + leave <= OUT_LENGTH - rings[OUT].held) wrong("a frame was dropped that has room");
    while (has && !random_below(3)) { // gives some back, in any order
      const uint32_t i = random_below(has);
      weir_device_rings.send[OUT].ring[back++ % OUT_LENGTH] = (struct virtq_used_elem){heads[i], random_below(1000)};
      heads[i] = heads[--has];
    }
    weir_device_rings.send[OUT].idx = back;
  }
  reclaim(OUT);
  if (!random_below(4)) return;
  lied = true;
  uint32_t bad = random_below(2) ? OUT_LENGTH + random_below(1u << 30) : random_below(OUT_LENGTH);
  for (uint16_t i = 0; i < has; i++) if (heads[i] == bad) bad = OUT_LENGTH;
  weir_device_rings.send[OUT].ring[back++ % OUT_LENGTH].id = bad;
  weir_device_rings.send[OUT].idx = back;
  reclaim(OUT);
  wrong("a device that lied was believed");
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const uint64_t seed = strtoull(argv[1], 0, 10), trials = strtoull(argv[2], 0, 10);
  for (uint64_t n = 0; n < trials; n++) {
    state = (seed + n) * 0x9e3779b97f4a7c15;
    printf("seed %llu: ", (unsigned long long)(seed + n));
    IN_LENGTH = LEAST_BUFFERS << random_below(2);
    OUT_LENGTH = LEAST_BUFFERS << random_below(3);
    receive_trial();
    replay_trial();
    send_trial();
    printf("\r");
  }
  printf("%llu trials: right\n", (unsigned long long)trials);
  return 0;
}
