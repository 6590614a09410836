// REQ-DIODE-004, REQ-DIODE-009, REQ-DIODE-010, REQ-DIODE-012
// `in`'s ring. Everything in the used ring is the device's and checked: each entry must name a buffer that is with the
// device, once, and a length that fits.
//
// A sender on `in` can see the available ring, its flags and the doorbell. So what is done to them here
// depends only on what has arrived: a buffer goes back as soon as its frame was copied, before anything looks at the
// frame, whatever the other rings are like.
#include "user/runtime.h"

#define AT_ONCE 64 // frames of a batch: a bound on how long a buffer waits for the one behind it
#define LONGEST (BUFFER_SIZE - VIRTIO_NET_HEADER)

static bool posted[IN_BUFFERS];
static uint16_t seen, given; // indices of the used and the available ring, as they are in it: they wrap

static _Noreturn void hostile(const char *what) { end(EXIT_HOSTILE_DEVICE, "stopped", "the device of `in` ", what); }

static void post(uint32_t id) {
  posted[id] = true;
  weir_driver_rings.in.ring[given++ & (weir_info.queue[ROLE_IN] - 1)] = (uint16_t)id;
}

static void publish(void) {
  __atomic_store_n(&weir_driver_rings.in.idx, given, __ATOMIC_RELEASE);
  __atomic_thread_fence(__ATOMIC_SEQ_CST); // VIRTIO 1.2, 2.7.13.4.1: the flag is read after the index is written
  if (!(__atomic_load_n(&weir_device_rings.in.flags, __ATOMIC_RELAXED) & VIRTQ_USED_F_NO_NOTIFY))
    weir_call(WEIR_NOTIFY, ROLE_IN);
}

void receive_start(void) {
  for (uint32_t id = 0; id < weir_info.queue[ROLE_IN]; id++) post(id);
  publish();
}

static uint16_t arrived(void) {
  const uint16_t n = (uint16_t)(__atomic_load_n(&weir_device_rings.in.idx, __ATOMIC_ACQUIRE) - seen);
  if (n > weir_info.queue[ROLE_IN]) hostile("returned more buffers than it has");
  return n;
}

// Whether the batch takes one more frame, whatever is in it. Of a stream of records a frame holds at most 64.
static bool room(uint32_t frames) {
  if (!replaying) return frames < AT_ONCE && batch_fits(WEIR_RECORD_HEADER + weir_align8(LONGEST));
  return batch.count + LONGEST / WEIR_RECORD_HEADER < WEIR_VERDICTS && batch_fits(replay_pending() + LONGEST);
}

uint32_t receive(void) {
  uint32_t n = 0;
  uint16_t ids[IN_BUFFERS];
  static uint8_t copied[LONGEST]; // the stream's framing is read more than once
  const uint16_t waiting = arrived();
  const uint64_t now = waiting && !replaying ? clock_now() : 0;
  for (; n < waiting && room(n); n++) {
    const uint32_t place = seen++ & (weir_info.queue[ROLE_IN] - 1);
    const struct virtq_used_elem entry = {READ_ONCE(weir_device_rings.in.ring[place].id), READ_ONCE(weir_device_rings.in.ring[place].len)};
    if (entry.id >= IN_BUFFERS || !posted[entry.id]) hostile("returned a buffer that it does not have");
    if (entry.len < VIRTIO_NET_HEADER || entry.len > BUFFER_SIZE) hostile("says a length that cannot be");
    posted[entry.id] = false;
    ids[n] = (uint16_t)entry.id;
    const uint8_t *frame = weir_receive_buffer[entry.id] + VIRTIO_NET_HEADER;
    const uint32_t length = entry.len - VIRTIO_NET_HEADER;
    if (!replaying) batch_record(WEIR_RECORD_FRAME, now, frame, length);
    else replay_take(memcpy(copied, frame, length), length);
  }
  for (uint32_t i = 0; i < n; i++) post(ids[i]);
  if (n) publish();
  return n;
}

void receive_wait(uint64_t nanoseconds) {
  __atomic_store_n(&weir_driver_rings.in.flags, 0, __ATOMIC_SEQ_CST);
  if (!arrived()) weir_call(WEIR_IDLE, nanoseconds);
  __atomic_store_n(&weir_driver_rings.in.flags, VIRTQ_AVAIL_F_NO_INTERRUPT, __ATOMIC_RELAXED);
}
