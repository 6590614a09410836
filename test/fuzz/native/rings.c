// Fuzz target: the rings (receive.c, send.c, batch.c, recorder.c, replay.c as they are) against a device that does what the input says: everything
// that a device can write it may write at any time. A model beside it knows what the device has, so what must be refused; the
// driver must end then, with EXIT_HOSTILE_DEVICE, and never otherwise. What it takes must be what lies in the buffers.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/receive.c"
#include "user/replay.c"
#include "user/send.c"

#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

struct weir_info weir_info = {.queue = {IN_BUFFERS, SEND_BUFFERS, SEND_BUFFERS}};
struct virtq_desc weir_receive_table[IN_BUFFERS];
struct weir_device_rings weir_device_rings;
struct weir_driver_rings weir_driver_rings;
uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE];
struct weir_send_buffer weir_send_buffer;
bool replaying;

static _Noreturn void wrong(const char *what) {
  fprintf(stderr, "FINDING: %s\n", what);
  abort();
}

static _Alignas(8) uint8_t inputs[2][WEIR_INPUT_SIZE];
uint8_t *compartment_input(enum compartment which) { return inputs[which - INSPECT]; }
static uint64_t now_;
uint64_t clock_now(void) { return now_ += 1000; }
uint64_t weir_ticks(void) { return now_; }

void say(const char *text) { (void)text; }
void say_number(uint64_t value) { (void)value; }
const char *option(const char *key) { (void)key; return 0; }
static jmp_buf over;
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  (void)state, (void)what, (void)why;
  longjmp(over, (int)code);
}
void weir_call(enum weir_call call, uint64_t argument) {
  if (call == WEIR_IDLE) now_ += 2000000000; // who waits for a device that does nothing gives up
  else if (call != WEIR_NOTIFY || argument >= ROLES) wrong("an undefined call");
}

// ---- What the input says ----------------------------------------------------------------------------------------------------------

static const uint8_t *at, *stop;
static uint32_t u8_(void) { return at < stop ? *at++ : 0; }
static uint32_t u16_(void) { const uint32_t low = u8_(); return low | u8_() << 8; }
static uint32_t u32_(void) { const uint32_t low = u16_(); return low | u16_() << 16; }

// ---- The model ---------------------------------------------------------------------------------------------------------------------

static bool mine[IN_BUFFERS];        // buffers of `in` that the device has
static uint16_t taken, looked[3];    // of the available ring; how far the driver has looked at each used ring
static bool heads[2][SEND_BUFFERS];  // frames of `out` and `log` that the device has
static uint16_t offered[2];

static void take_available(void) {
  for (uint32_t n = 0; taken != weir_driver_rings.in.idx; taken++) {
    const uint16_t id = weir_driver_rings.in.ring[taken % IN_BUFFERS];
    if (n++ == IN_BUFFERS || id >= IN_BUFFERS || mine[id]) wrong("the driver gave a buffer twice, or one it has not");
    mine[id] = true;
  }
}

/** Whether the k-th entry of `in` that the driver has not looked at yet can be. */
static bool right(uint32_t k, const bool has[IN_BUFFERS]) {
  const struct virtq_used_elem e = weir_device_rings.in.ring[(uint16_t)(looked[0] + k) % IN_BUFFERS];
  return e.id < IN_BUFFERS && has[e.id] && e.len >= VIRTIO_NET_HEADER && e.len <= BUFFER_SIZE;
}

// A replay's stream, as the frames have it that were taken: what the driver makes of it must be the same bytes.
static uint8_t stream[1 << 21];
static uint32_t streamed, gone; // bytes of it; of those that were in batches before

static void follow_stream(const struct virtq_used_elem *e) {
  const uint32_t length = e->len - VIRTIO_NET_HEADER;
  const uint8_t *frame = weir_receive_buffer[e->id] + VIRTIO_NET_HEADER;
  if (length < 16) return;
  const uint32_t n = frame[14] | (uint32_t)frame[15] << 8;
  if (n > length - 16 && !replay_ended) wrong("a frame that is shorter than it says was believed");
  if (n > sizeof stream - streamed || n > length - 16) return;
  memcpy(stream + streamed, frame + 16, n);
  streamed += n;
}

static void check_stream(void) {
  const uint32_t n = batch.used + replay_pending();
  if (n > streamed - gone || memcmp(stream + gone, inputs[0], n)) wrong("the records are not what the frames carried");
}

static void check_batch(void) {
  if (batch.count > WEIR_VERDICTS || batch.used > WEIR_INPUT_SIZE) wrong("a batch larger than its buffer");
  if (memcmp(inputs[0], inputs[1], batch.used)) wrong("inspect and guard were given different bytes");
  uint32_t from = 0;
  for (uint32_t i = 0; i < batch.count; i++) {
    struct weir_record r;
    if (batch.starts[i] != from || from + sizeof r > batch.used) wrong("a record begins where none does");
    memcpy(&r, inputs[0] + from, sizeof r);
    if (r.captured > WEIR_MAX_CAPTURED) wrong("a record longer than any can be");
    from += (uint32_t)sizeof r + weir_align8(r.captured);
  }
  if (from != batch.used) wrong("records do not fill their batch");
  // The flight recorder: whole records, no more than fit, from one's beginning to another's end
  if (weir_recorder.to < weir_recorder.from || weir_recorder.to - weir_recorder.from > RECORDER_SIZE) wrong("the recorder keeps more than it has room for");
  uint64_t kept = weir_recorder.from;
  while (kept < weir_recorder.to) kept += recorder_record(kept);
  if (kept != weir_recorder.to) wrong("the recorder begins within a record");
}

static void round_(void) {
  take_available();
  const uint16_t waiting = (uint16_t)(weir_device_rings.in.idx - looked[0]);
  bool has[IN_BUFFERS];
  memcpy(has, mine, sizeof has);
  uint32_t good = 0;
  if (waiting <= IN_BUFFERS)
    for (; good < waiting && right(good, has); good++) has[weir_device_rings.in.ring[(uint16_t)(looked[0] + good) % IN_BUFFERS].id] = false;
  const bool lies = waiting > IN_BUFFERS || good < waiting;
  const uint32_t before = batch.count;
  const uint32_t got = receive();
  if (got > good) wrong("a device that lied was believed");
  const bool room_left = replaying ? batch.count + LONGEST / WEIR_RECORD_HEADER < WEIR_VERDICTS && batch_fits(replay_pending() + LONGEST)
                                   : got < AT_ONCE && batch_fits(WEIR_RECORD_HEADER + weir_align8(LONGEST));
  if (lies && room_left) wrong("a device that lied was not seen");
  if (got < waiting && room_left) wrong("a frame was left though there was room");
  for (uint32_t i = 0; i < got; i++) {
    const struct virtq_used_elem e = weir_device_rings.in.ring[(uint16_t)(looked[0] + i) % IN_BUFFERS];
    mine[e.id] = false;
    if (replaying) follow_stream(&e);
    if (replaying) continue;
    struct weir_record r;
    memcpy(&r, inputs[1] + batch.starts[before + i], sizeof r);
    if (r.captured != e.len - VIRTIO_NET_HEADER || r.original != r.captured || r.kind != WEIR_RECORD_FRAME) wrong("another length");
    if (memcmp(inputs[1] + batch.starts[before + i] + sizeof r, weir_receive_buffer[e.id] + VIRTIO_NET_HEADER, r.captured)) wrong("other bytes");
  }
  looked[0] = (uint16_t)(looked[0] + got);
  take_available();
  check_batch();
  if (replaying) check_stream();
  if (replaying && batch.count) gone += batch.used;
  if (replaying ? batch.count > 0 : u8_() & 1) batch_clear(replay_pending());
}

/** Follows what the driver has looked at of a used ring of `out` or `log`; false where that was not all. */
static void follow(enum sender w) {
  for (; looked[1 + w] != rings[w].seen; looked[1 + w]++) {
    const uint32_t id = weir_device_rings.send[w].ring[looked[1 + w] % SEND_BUFFERS].id;
    if (id >= SEND_BUFFERS || !heads[w][id]) wrong("a device that lied was believed");
    heads[w][id] = false;
  }
  if (rings[w].held > SEND_BUFFERS) wrong("more buffers are with the device than there are");
  for (uint32_t i = 0; i < SEND_BUFFERS; i++) {
    const struct virtq_desc *d = &weir_driver_rings.table[w][i];
    const uint8_t *place = w == OUT ? weir_send_buffer.out[i] : weir_send_buffer.log[i];
    if (d->addr != (uint64_t)place || d->len > (w == OUT ? OUT_SIZE : LOG_SIZE) || d->flags & ~VIRTQ_DESC_F_NEXT || d->next >= SEND_BUFFERS)
      wrong("a descriptor that lets the device read or write elsewhere");
  }
}

static bool lies_about(enum sender w) {
  bool has[SEND_BUFFERS];
  memcpy(has, heads[w], sizeof has);
  for (uint16_t k = looked[1 + w]; k != weir_device_rings.send[w].idx; k++) {
    const uint32_t id = weir_device_rings.send[w].ring[k % SEND_BUFFERS].id;
    if (id >= SEND_BUFFERS || !has[id]) return true;
    has[id] = false;
  }
  return false;
}

static void give_frame(enum sender w) {
  static uint8_t frame[WEIR_MAX_CAPTURED];
  uint32_t length = u16_();
  if (length & 0x8000) length = length * 3 % (WEIR_MAX_CAPTURED + 1);
  else length %= 1600;
  memset(frame, (int)u8_(), length);
  const uint64_t before = sent[w].sent, full = sent[w].full;
  const uint32_t leave = length & 1 ? HEARTBEAT_BUFFERS : 0;
  send(w, frame, length, leave);
  follow(w);
  if (sent[w].sent + sent[w].full != before + full + 1) wrong("a frame was neither sent nor counted");
  if (sent[w].sent == before) return;
  if (SEND_BUFFERS - rings[w].held < leave) wrong("no room is left for a heartbeat");
  if ((uint16_t)(offered[w] + 1) != weir_driver_rings.send[w].idx) wrong("the available index jumps");
  const uint16_t head = weir_driver_rings.send[w].ring[offered[w]++ % SEND_BUFFERS];
  if (head >= SEND_BUFFERS || heads[w][head]) wrong("a buffer was sent twice");
  heads[w][head] = true;
  uint32_t sum = 0, id = head;
  for (uint32_t n = 0;; id = weir_driver_rings.table[w][id].next) {
    const struct virtq_desc *d = &weir_driver_rings.table[w][id];
    const uint8_t *bytes = (const uint8_t *)d->addr, *from = bytes + (n ? 0 : VIRTIO_NET_HEADER);
    if (n++ == SEND_BUFFERS) wrong("a chain without an end");
    if (n > 1 && heads[w][id]) wrong("a chain runs into another");
    for (const uint8_t *p = from; p < bytes + d->len; p++) if (*p != frame[0]) wrong("other bytes were sent");
    sum += d->len;
    if (!(d->flags & VIRTQ_DESC_F_NEXT)) break;
  }
  if (sum != length + VIRTIO_NET_HEADER) wrong("another length was sent");
}

static void step(void) {
  const uint32_t op = u8_();
  const enum sender w = op & 16 ? LOG : OUT;
  switch (op & 15) {
    case 0: case 1: { // an honest frame
      take_available();
      uint32_t id = u8_() % IN_BUFFERS, tries = IN_BUFFERS;
      while (!mine[id] && --tries) id = (id + 1) % IN_BUFFERS;
      const uint32_t length = op & 32 ? u8_() : u16_() % (LONGEST + 1);
      uint8_t *to = weir_receive_buffer[id] + VIRTIO_NET_HEADER;
      if (op & 1) for (uint32_t i = 0; i < length; i++) to[i] = (uint8_t)u8_();
      else memset(to, (int)u8_(), length);
      weir_device_rings.in.ring[weir_device_rings.in.idx++ % IN_BUFFERS] = (struct virtq_used_elem){id, length + VIRTIO_NET_HEADER};
      break;
    }
    case 2: { // a frame of a stream of records, its length right, or with 32 a little more than it has
      take_available();
      uint32_t id = u8_() % IN_BUFFERS, tries = IN_BUFFERS;
      while (!mine[id] && --tries) id = (id + 1) % IN_BUFFERS;
      const uint32_t n = u16_() % (LONGEST - 16 + 1);
      uint8_t *to = weir_receive_buffer[id] + VIRTIO_NET_HEADER;
      const uint32_t says = op & 32 ? n + u8_() % 40 : n;
      to[14] = (uint8_t)says, to[15] = (uint8_t)(says >> 8);
      for (uint32_t i = 0; i < n; i++) to[16 + i] = (uint8_t)u8_();
      weir_device_rings.in.ring[weir_device_rings.in.idx++ % IN_BUFFERS] = (struct virtq_used_elem){id, n + 16 + VIRTIO_NET_HEADER};
      break;
    }
    case 3: { // any entry; with 128 at the edges of what can be
      static const uint32_t edges[] = {0, 1, VIRTIO_NET_HEADER - 1, VIRTIO_NET_HEADER, BUFFER_SIZE - 1, BUFFER_SIZE, BUFFER_SIZE + 1, 65535};
      const uint32_t id = op & 32 ? u32_() : op & 128 ? IN_BUFFERS - 3 + u8_() % 6 : u8_(), byte = op & 128 ? u8_() : 0;
      const uint32_t length = op & 64 ? u32_() : op & 128 ? edges[byte % 8] + (byte >> 5) : u16_();
      weir_device_rings.in.ring[weir_device_rings.in.idx++ % IN_BUFFERS] = (struct virtq_used_elem){id, length};
      break;
    }
    case 4: weir_device_rings.in.idx = (uint16_t)u16_(); break;
    case 5: { // anywhere in what devices write
      const uint32_t to = u16_() % sizeof weir_device_rings;
      ((uint8_t *)&weir_device_rings)[to] = (uint8_t)u8_();
      break;
    }
    case 6: ((uint8_t *)weir_receive_buffer)[u32_() % sizeof weir_receive_buffer] = (uint8_t)u8_(); break;
    case 7: case 8: case 9: round_(); break;
    case 10: case 11: give_frame(w); break;
    case 12: { // honest: takes one frame
      uint32_t id = u8_() % SEND_BUFFERS, tries = SEND_BUFFERS;
      for (; tries && !heads[w][id]; tries--) id = (id + 1) % SEND_BUFFERS;
      for (uint16_t k = looked[1 + w]; k != weir_device_rings.send[w].idx; k++) // given back before
        if (weir_device_rings.send[w].ring[k % SEND_BUFFERS].id == id) tries = 0;
      if (!tries) break;
      weir_device_rings.send[w].ring[weir_device_rings.send[w].idx++ % SEND_BUFFERS] = (struct virtq_used_elem){id, u8_()};
      break;
    }
    case 13: weir_device_rings.send[w].ring[weir_device_rings.send[w].idx++ % SEND_BUFFERS].id = op & 32 ? u32_() : u8_(); break;
    case 14:
      if (op & 32) weir_device_rings.send[w].idx = (uint16_t)u16_();
      reclaim(w);
      follow(w);
      if (lies_about(w)) wrong("a device that lied was not seen");
      break;
    default:
      if (op & 32) receive_wait(1000);
      else if (op & 64 && replaying) send_drain();
      else send_flush();
      follow(OUT), follow(LOG);
  }
}

static void begin(void) {
  memset(&weir_device_rings, 0, sizeof weir_device_rings);
  memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  memset(posted, 0, sizeof posted), memset(mine, 0, sizeof mine), memset(heads, 0, sizeof heads);
  memset(&batch, 0, sizeof batch), memset(rings, 0, sizeof rings), memset(sent, 0, sizeof sent);
  memset(&weir_recorder, 0, sizeof weir_recorder);
  recorder_start();
  streamed = gone = 0;
  now_ = 0, pending = size = 0, replay_ended = false;
  const uint32_t mode = u8_();
  replaying = mode & 1;
  // Indices wrap at 65536: start near there, or not
  const uint16_t first = mode & 2 ? (uint16_t)(65536 - (mode >> 2)) : (uint16_t)(mode >> 2);
  seen = given = taken = looked[0] = weir_device_rings.in.idx = weir_driver_rings.in.idx = first;
  for (int w = 0; w < 2; w++) {
    rings[w].seen = looked[1 + w] = weir_device_rings.send[w].idx = first;
    rings[w].given = offered[w] = weir_driver_rings.send[w].idx = first;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length) {
  at = data, stop = data + length;
  begin();
  receive_start();
  send_start();
  volatile int code = 0;
  while (!code && at < stop && !replay_ended) {
    code = setjmp(over);
    if (!code) step();
  }
  if (!code) return 0;
  if (code == EXIT_HOSTILE_DEVICE) {
    bool has[IN_BUFFERS];
    memcpy(has, mine, sizeof has);
    const uint16_t waiting = (uint16_t)(weir_device_rings.in.idx - looked[0]);
    bool lied = waiting > IN_BUFFERS || lies_about(OUT) || lies_about(LOG);
    for (uint32_t k = 0; !lied && k < waiting; k++) {
      lied = !right(k, has);
      if (!lied) has[weir_device_rings.in.ring[(uint16_t)(looked[0] + k) % IN_BUFFERS].id] = false;
    }
    if (!lied) wrong("an honest device was refused");
  } else if (!(replaying && (code == EXIT_STREAM || code == EXIT_STALLED))) wrong("it ended for another reason");
  return 0;
}

#pragma clang attribute pop
