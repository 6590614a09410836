// The user part's loop (main.c, receive.c, send.c, batch.c as they are) while the clock or the interrupts fail: a second of frames in order,
// then the fault, then more. Prints what came of it. usage: loop FAULT, one of: none interrupts stopped ahead back paused
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

const char *option(const char *key) { (void)key; return 0; }
static jmp_buf over;
static const char *fault;
#define MS 1000000ull
#define HOUR (3600000 * MS)
static const uint64_t FAULT_AT = 3000 * MS, END_AT = 8000 * MS, STEP = 10 * MS;

// What passes in the world, and what the clock says of it
static uint64_t world;
static uint64_t clock_says(void) {
  if (world < FAULT_AT) return HOUR * 24 + world;
  if (!strcmp(fault, "stopped")) return HOUR * 24 + FAULT_AT;
  if (!strcmp(fault, "ahead")) return HOUR * 25 + world;
  if (!strcmp(fault, "back")) return HOUR * 23 + world;
  return HOUR * 24 + world;
}
uint64_t clock_now(void) { return clock_says(); }
uint64_t weir_ticks(void) { return clock_says(); }
void clock_start(void) {}

// ---- The device: a frame each 10 ms --------------------------------------------------------------------------------------------

static uint64_t offered, refused, next_at = 5 * MS;
static uint16_t taken, returned;
static uint32_t queue[IN_BUFFERS], queued;
static void arrive(void) {
  for (; taken != weir_driver_rings.in.idx; taken++) queue[queued++] = weir_driver_rings.in.ring[taken % IN_BUFFERS];
  for (; next_at <= world && next_at < END_AT; next_at += STEP) {
    offered++;
    if (!queued) { refused++; continue; }
    const uint32_t id = queue[0];
    memmove(queue, queue + 1, --queued * sizeof *queue);
    memcpy(weir_receive_buffer[id] + VIRTIO_NET_HEADER, &offered, sizeof offered);
    memcpy(weir_receive_buffer[id] + VIRTIO_NET_HEADER + 8, &next_at, sizeof next_at);
    weir_device_rings.in.ring[returned++ % IN_BUFFERS] = (struct virtq_used_elem){id, 100};
  }
  weir_device_rings.in.idx = returned;
}

void weir_call(enum weir_call call, uint64_t argument) {
  // Devices take at once what is sent
  for (int w = 0; w < 2; w++)
    while (weir_device_rings.send[w].idx != weir_driver_rings.send[w].idx) {
      const uint16_t k = weir_device_rings.send[w].idx;
      weir_device_rings.send[w].ring[k % SEND_BUFFERS].id = weir_driver_rings.send[w].ring[k % SEND_BUFFERS];
      weir_device_rings.send[w].idx++;
    }
  if (call != WEIR_IDLE) return;
  if (argument > 4000000000) { // kernel/start.c, kernel_call()
    printf("{\"ended\":%d,\"why\":\"an undefined call\"}\n", EXIT_BAD_CALL);
    exit(0);
  }
  uint64_t until = world + argument;
  const bool lost = !strcmp(fault, "interrupts") && world >= FAULT_AT;
  if (!lost && next_at < END_AT && next_at < until) until = next_at > world ? next_at : world; // woken by what arrives
  world = until;
  if (!strcmp(fault, "paused") && world >= FAULT_AT && world < FAULT_AT + 1000 * MS) world += 3000 * MS; // and the clock with it
  arrive();
  if (world >= END_AT + 2000 * MS) longjmp(over, 1);
}
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  printf("{\"ended\":%d,\"why\":\"%s %s%s\"}\n", code, state, what, why);
  exit(0);
}
uint32_t replay_pending(void) { return 0; }
void replay_take(const uint8_t *frame, uint32_t length) { (void)frame, (void)length; }
void say(const char *text) { (void)text; }
void say_number(uint64_t n) { (void)n; }
void say_mac(const uint8_t *mac) { (void)mac; }
void say_flush(void) {}

// ---- Compartments that write down what they are given -----------------------------------------------------------------------------

static _Alignas(8) uint8_t inputs[2][WEIR_INPUT_SIZE];
uint8_t *compartment_input(enum compartment which) { return inputs[which - INSPECT]; }
void compartments_start(void) {}
uint64_t guard_tick(void) { return 0; }
static uint64_t frames, disorder, ticks_before, ticks_behind, latest, longest, burst, backwards, last_time;
void round_run(void) {
  uint64_t ticks = 0;
  for (uint32_t i = 0; i < batch.count; i++) {
    const struct weir_record *r = (const struct weir_record *)(inputs[1] + batch.starts[i]);
    if (r->time < last_time) backwards++;
    last_time = r->time;
    if (r->kind == WEIR_RECORD_TICK) {
      ticks++;
      *(world < FAULT_AT ? &ticks_before : &ticks_behind) += 1;
      continue;
    }
    uint64_t number, came;
    memcpy(&number, r + 1, 8), memcpy(&came, (const uint8_t *)(r + 1) + 8, 8);
    if (number <= latest) disorder++;
    latest = number;
    if (world - came > longest) longest = world - came;
    frames++;
    send(OUT, (const uint8_t *)(r + 1), r->captured, 0);
  }
  if (ticks > burst) burst = ticks;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  fault = argv[1];
  if (!setjmp(over)) user_main();
  printf("{\"offered\":%llu,\"refused\":%llu,\"frames\":%llu,\"disorder\":%llu,\"ticksBefore\":%llu,\"ticksBehind\":%llu,\"longestMs\":%llu,\"ticksAtOnce\":%llu,\"backwards\":%llu,\"sent\":%llu}\n",
    (unsigned long long)offered, (unsigned long long)refused, (unsigned long long)frames, (unsigned long long)disorder, (unsigned long long)ticks_before,
    (unsigned long long)ticks_behind, (unsigned long long)(longest / MS), (unsigned long long)burst, (unsigned long long)backwards, (unsigned long long)sent[OUT].sent);
  return 0;
}
