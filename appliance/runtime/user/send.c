// REQ-DIODE-011, REQ-DIODE-012, REQ-IMAGE-021, REQ-LOG-011
// The rings of `out` and `log`. A frame that finds no room is dropped and counted: nothing here waits in live operation,
// so neither a slow nor a dead receiver can be felt on `in`. A replay is an evaluation, without loss: it waits.
//
// Buffers are taken in the order of their numbers; a frame longer than one goes into several, chained. The used ring is the
// device's and checked like the one of `in`.
#include "user/runtime.h"

#define WAIT_SECONDS 10
#define RING_AFTER 32 // frames: in a long batch the device need not wait for its end
#define PATIENCE 4500000000 // nanoseconds until the console says of a device that it takes nothing: five looks, about a second apart
#define POLL 50000 // nanoseconds between looks at a ring that is waited for

struct counters sent[2];

static struct ring {
  uint32_t first, held;          // buffers first .. first + held - 1 are with the device
  uint16_t chain[SEND_BUFFERS];  // at the first buffer of a frame: how many it has; else 0
  bool done[SEND_BUFFERS];       // at the first buffer of a frame: the device has taken it
  uint16_t seen, given;
  uint32_t unrung;               // frames given since the doorbell was last rung
  uint16_t watched;              // `seen` when send_watch() last looked
  bool waits;                    // the device had frames then
  uint64_t silence, said;        // ns for which the device has taken nothing though it could; as much as was said of them
} rings[2];

static const uint32_t sizes[] = {OUT_SIZE, LOG_SIZE};
static uint8_t *buffer(enum sender which, uint32_t id) {
  return which == OUT ? weir_send_buffer.out[id] : weir_send_buffer.log[id];
}

// How many buffers the device works with, a power of two.
static uint32_t length_of(enum sender which) { return weir_info.queue[which == OUT ? ROLE_OUT : ROLE_LOG]; }

static const char *const names[] = {"the device of `out` ", "the device of `log` "};

static void reclaim(enum sender which) {
  struct ring *r = &rings[which];
  const uint16_t now = __atomic_load_n(&weir_device_rings.send[which].idx, __ATOMIC_ACQUIRE);
  while (r->seen != now) {
    const uint32_t id = READ_ONCE(weir_device_rings.send[which].ring[r->seen++ & (length_of(which) - 1)].id);
    if (id >= length_of(which) || !r->chain[id] || r->done[id])
      end(EXIT_HOSTILE_DEVICE, "stopped", names[which], "returned a buffer that it does not have");
    r->done[id] = true;
  }
  while (r->held && r->done[r->first]) {
    const uint32_t n = r->chain[r->first];
    r->chain[r->first] = 0;
    r->done[r->first] = false;
    r->first = (r->first + n) & (length_of(which) - 1);
    r->held -= n;
  }
}

static void notify(enum sender which) {
  struct ring *r = &rings[which];
  if (!r->unrung) return;
  r->unrung = 0;
  reclaim(which); // a few now, or many at once when there is no room
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (!(__atomic_load_n(&weir_device_rings.send[which].flags, __ATOMIC_RELAXED) & VIRTQ_USED_F_NO_NOTIFY))
    weir_call(WEIR_NOTIFY, which == OUT ? ROLE_OUT : ROLE_LOG);
}

// Waits until `needed` buffers are free. Ends the image when none becomes free for WAIT_SECONDS.
static void wait_for(enum sender which, uint32_t needed) {
  struct ring *r = &rings[which];
  uint64_t since = clock_now();
  for (uint32_t held = r->held; length_of(which) - r->held < needed; reclaim(which)) {
    if (r->held != held) held = r->held, since = clock_now();
    if (clock_now() - since > WAIT_SECONDS * 1000000000ull)
      end(EXIT_STALLED, "stopped", names[which], "does not take what is sent");
    notify(which);
    weir_call(WEIR_IDLE, POLL);
  }
}

void send_start(void) {
  for (int which = OUT; which <= LOG; which++)
    for (uint32_t id = 0; id < SEND_BUFFERS; id++)
      weir_driver_rings.table[which][id].addr = (uint64_t)buffer(which, id) + weir_info.rings_moved;
}

void send(enum sender which, const uint8_t *frame, uint32_t length, uint32_t leave) {
  struct ring *r = &rings[which];
  const uint64_t whole = (uint64_t)length + VIRTIO_NET_HEADER;
  const uint32_t size = length_of(which);
  const uint64_t needed = (whole + sizes[which] - 1) / sizes[which];
  if (needed + leave > size - r->held) reclaim(which);
  if (needed + leave > size - r->held && replaying && needed + leave <= size)
    wait_for(which, (uint32_t)needed + leave);
  // What is not taken is copied all the same: whether `out` takes frames shows less in the time that `in` is served.
  static uint8_t nowhere[OUT_SIZE];
  static struct virtq_desc nothing;
  const bool taken = needed + leave <= size - r->held;
  const uint32_t head = (r->first + r->held) & (size - 1);
  uint32_t left = (uint32_t)whole, id = head;
  for (uint32_t n = 0; n < needed; n++, id = (id + 1) & (size - 1)) {
    const uint32_t begin = n ? 0 : VIRTIO_NET_HEADER, here = left < sizes[which] ? left : sizes[which];
    static const uint8_t header[VIRTIO_NET_HEADER]; // no offload was agreed on: all zeros
    uint8_t *const to = taken ? buffer(which, id) : nowhere;
    if (!n) memcpy(to, header, sizeof header);
    memcpy(to + begin, frame, here - begin);
    frame += here - begin;
    left -= here;
    struct virtq_desc *const d = taken ? &weir_driver_rings.table[which][id] : &nothing;
    d->len = here;
    d->flags = left ? VIRTQ_DESC_F_NEXT : 0;
    d->next = (uint16_t)((id + 1) & (size - 1));
  }
  __asm__ volatile("" : : "r"(nowhere), "r"(&nothing) : "memory"); // it is not left out
  if (!taken) {
    sent[which].full++;
    return;
  }
  r->chain[head] = (uint16_t)needed;
  r->held += (uint32_t)needed;
  weir_driver_rings.send[which].ring[r->given++ & (size - 1)] = (uint16_t)head;
  __atomic_store_n(&weir_driver_rings.send[which].idx, r->given, __ATOMIC_RELEASE);
  sent[which].sent++;
  if (++r->unrung == RING_AFTER) notify(which);
}

// A device that a host never started takes nothing and says nothing: the operator must learn of it. Silence counts from a look
// at which the device had frames, to looks at which it has taken none since: whatever comes on `in` between two looks makes it
// no longer. An image that the policy lets end says so last.
static void watch(enum sender which, uint64_t passed) {
  struct ring *r = &rings[which];
  reclaim(which);
  const bool silent = r->waits && r->seen == r->watched;
  r->watched = r->seen, r->waits = r->held;
  if (!silent) {
    if (r->said) say("weir: "), say(names[which]), say("takes frames again\n");
    r->silence = r->said = 0;
    return;
  }
  r->silence += passed;
  if (r->silence - r->said >= PATIENCE) {
    r->said = r->silence;
    say("weir: ");
    say(names[which]);
    say("has taken nothing for ");
    say_number((r->silence + 500000000) / 1000000000);
    say(" s: what is sent there is lost\n");
  }
  const uint64_t most = which == LOG ? weir_info.manifest.log_silence * 1000000000ull : 0;
  if (most && r->silence >= most) end(EXIT_LOG_SILENT, "stopped", names[which], "has taken nothing for as long as the policy waits");
}

void send_watch(uint64_t passed) {
  watch(OUT, passed);
  watch(LOG, passed);
}

void send_flush(void) {
  notify(OUT);
  notify(LOG);
}

void send_drain(void) {
  wait_for(OUT, length_of(OUT));
  wait_for(LOG, length_of(LOG));
}
