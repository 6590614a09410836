// Non-interference (facts of the ring level): what is done on `in` is a function of what came on `in`, and of time, alone.
//
// The user part's own loop (main.c, receive.c, send.c, batch.c) runs as a program of the build machine, with a clock that
// counts its own readings and compartments that send a frame on `out` and a record on `log` for each frame. The same seed's
// frames come on `in` while the devices of `out` and `log` behave in every way they can; everything that a sender on
// `in` can see is written down: available index, ring and flags, doorbell, how long it waits. The two lists must be the same.
// usage: apart FIRST-SEED TRIALS
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/receive.c"
#define names send_names
#define notify send_notify
#include "user/send.c"
#undef names
#undef notify
#include "user/main.c"

struct weir_info weir_info = {.queue = {IN_BUFFERS, SEND_BUFFERS, SEND_BUFFERS}, .ticks_per_second = 1000000000, .clock = "test"};
struct virtq_desc weir_receive_table[IN_BUFFERS];
struct weir_device_rings weir_device_rings;
struct weir_driver_rings weir_driver_rings;
uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE];
struct weir_send_buffer weir_send_buffer;
bool replaying, replay_ended;

static jmp_buf over;
static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

struct dice { uint64_t state; };
static uint32_t below(struct dice *d, uint32_t n) {
  d->state = d->state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((d->state >> 33) % n);
}
static struct dice source, destination; // what `in` does follows the one, what `out` and `log` do the other

// ---- What can be seen on `in` -------------------------------------------------------------------------------------------

static uint64_t seen_hash, posted_frames, rung;
static void see(uint64_t what) { seen_hash = (seen_hash ^ what) * 0x100000001b3; }
static void look(void) {
  see(weir_driver_rings.in.idx);
  see(weir_driver_rings.in.flags);
  for (int i = 0; i < IN_BUFFERS; i++) see(weir_driver_rings.in.ring[i]);
}

// ---- The device of `in` ---------------------------------------------------------------------------------------------------

static uint16_t taken, returned;
static uint32_t queue[IN_BUFFERS], queued, steps;
static void arrive(void) {
  for (; taken != weir_driver_rings.in.idx; taken++) queue[queued++] = weir_driver_rings.in.ring[taken % IN_BUFFERS];
  uint32_t n = below(&source, 4) ? below(&source, 12) : below(&source, IN_BUFFERS);
  for (; n && queued; n--) {
    const uint32_t length = below(&source, 1515), id = queue[0];
    memmove(queue, queue + 1, --queued * sizeof *queue);
    memset(weir_receive_buffer[id] + VIRTIO_NET_HEADER, (int)below(&source, 256), length);
    weir_device_rings.in.ring[returned++ % IN_BUFFERS] = (struct virtq_used_elem){id, length + VIRTIO_NET_HEADER};
  }
  weir_device_rings.in.flags = below(&source, 3) ? 0 : VIRTQ_USED_F_NO_NOTIFY;
  __atomic_store_n(&weir_device_rings.in.idx, returned, __ATOMIC_RELEASE);
  if (++steps == 60) longjmp(over, 1);
}

// ---- The devices of `out` and `log` ---------------------------------------------------------------------------------------

enum way { FAST, DEAD, SLOW, BACKWARDS, NOISY, WAYS };
static enum way ways[2];
static uint16_t got[2], back[2];
static uint16_t pending[2][SEND_BUFFERS], has[2];
static void other_devices(void) {
  for (int w = 0; w < 2; w++) {
    for (; got[w] != weir_driver_rings.send[w].idx; got[w]++)
      pending[w][has[w]++] = weir_driver_rings.send[w].ring[got[w] % SEND_BUFFERS];
    uint32_t n = ways[w] == DEAD ? 0 : ways[w] == FAST ? has[w] : below(&destination, has[w] + 1u);
    for (; n; n--) {
      const uint32_t i = ways[w] == BACKWARDS ? has[w] - 1u : 0;
      weir_device_rings.send[w].ring[back[w]++ % SEND_BUFFERS] =
        (struct virtq_used_elem){pending[w][i], below(&destination, 9999)};
      memmove(pending[w] + i, pending[w] + i + 1, (has[w] - 1u - i) * sizeof **pending);
      has[w]--;
    }
    __atomic_store_n(&weir_device_rings.send[w].idx, back[w], __ATOMIC_RELEASE);
    if (ways[w] != NOISY) continue;
    // All that this device may write besides: flags, event index, entries behind its index
    weir_device_rings.send[w].flags = (uint16_t)below(&destination, 65536);
    weir_device_rings.send[w].avail_event = (uint16_t)below(&destination, 65536);
    const uint32_t unread = (uint16_t)(back[w] - rings[w].seen);
    for (uint32_t k = 0; k < below(&destination, SEND_BUFFERS) && k < SEND_BUFFERS - unread; k++)
      weir_device_rings.send[w].ring[(back[w] + k) % SEND_BUFFERS] = (struct virtq_used_elem){below(&destination, 1u << 31), 0};
  }
}

// ---- What the user part is linked with --------------------------------------------------------------------------------------

static uint64_t now_;
uint64_t weir_ticks(void) { return now_; }
uint64_t clock_now(void) { return now_ += 137; }
void clock_start(void) {}
const char *option(const char *key) { (void)key; return 0; }
void weir_call(enum weir_call call, uint64_t argument) {
  other_devices();
  if (call == WEIR_NOTIFY && argument == ROLE_IN) { see(0xbe11); look(); rung++; }
  if (call != WEIR_IDLE) return;
  see(0x1d1e), see(argument), look();
  now_ += below(&source, 8) && argument > 1000000 ? 1000000 : argument; // to its end, now and then: it looks once in a second
  arrive();
}
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  printf("%d %s %s%s\n", code, state, what, why);
  wrong("an honest device was refused");
}
uint32_t replay_pending(void) { return 0; }
void replay_take(const uint8_t *frame, uint32_t length) { (void)frame, (void)length; }
void say(const char *text) { (void)text; }
void say_number(uint64_t n) { (void)n; }
void say_mac(const uint8_t *mac) { (void)mac; }
void say_flush(void) { other_devices(); }

static _Alignas(8) uint8_t inputs[2][WEIR_INPUT_SIZE];
uint8_t *compartment_input(enum compartment which) { return inputs[which - INSPECT]; }
void compartments_start(void) {}
static uint64_t period_;
uint64_t guard_tick(void) { return period_; }
void round_run(void) {
  see(0x70c0), look(); // a buffer is back before anything looks at its frame
  for (uint32_t i = 0; i < batch.count; i++) {
    const struct weir_record *r = (const struct weir_record *)(inputs[1] + batch.starts[i]);
    see(r->time), see(r->number), see(r->captured), see(r->kind);
    posted_frames += r->kind == WEIR_RECORD_FRAME;
    if (r->kind == WEIR_RECORD_FRAME) send(OUT, (const uint8_t *)(r + 1), r->captured, 0);
    send(LOG, (const uint8_t *)(r + 1), r->captured % 400, i % 8 ? HEARTBEAT_BUFFERS : 0);
  }
}

static uint64_t run(uint64_t seed, enum way out, enum way log_) {
  memset(&weir_device_rings, 0, sizeof weir_device_rings);
  memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  memset(posted, 0, sizeof posted);
  memset(&batch, 0, sizeof batch);
  memset(&weir_recorder, 0, sizeof weir_recorder);
  memset(rings, 0, sizeof rings);
  memset(sent, 0, sizeof sent);
  memset(got, 0, sizeof got), memset(back, 0, sizeof back), memset(has, 0, sizeof has);
  seen = given = taken = returned = 0, queued = steps = 0;
  seen_hash = 0xcbf29ce484222325, now_ = 1000, posted_frames = rung = 0;
  source.state = seed * 0x9e3779b97f4a7c15, destination.state = source.state + (uint64_t)out * 7 + (uint64_t)log_ + 1;
  ways[0] = out, ways[1] = log_;
  looked = missed_since = 0, remind = FIRST_FRAME;
  period_ = below(&source, 3) ? 0 : 50000 + below(&source, 2000000);
  if (!setjmp(over)) user_main();
  look();
  return seen_hash;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const uint64_t first = strtoull(argv[1], 0, 10), trials = strtoull(argv[2], 0, 10);
  uint64_t pairs = 0, frames = 0, full = 0, hash = 0, bells = 0;
  for (uint64_t seed = first; seed < first + trials; seed++) {
    const uint64_t wanted = run(seed, FAST, FAST);
    frames += posted_frames, bells += rung;
    if (sent[OUT].full + sent[LOG].full) wrong("a fast device was full");
    for (int out = FAST; out < WAYS; out++)
      for (int log_ = FAST; log_ < WAYS; log_++, pairs++) {
        if (run(seed, out, log_) != wanted) {
          printf("seed %llu, out %d, log %d: ", (unsigned long long)seed, out, log_);
          wrong("what can be seen on `in` depends on `out` or `log`");
        }
        if (out == DEAD) full += sent[OUT].full;
      }
    hash = (hash ^ wanted) * 0x100000001b3;
  }
  if (!full || frames < trials * 100 || bells < trials) wrong("nothing was tried");
  printf("%llu pairs, %llu frames on `in`, %llu that a dead `out` did not take: the same on `in`, %016llx\n",
    (unsigned long long)pairs, (unsigned long long)frames, (unsigned long long)full, (unsigned long long)hash);
  return 0;
}
