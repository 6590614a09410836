// What the console says of an image whose ends nobody can prove (user/main.c, watch_ends; user/send.c, watch), and when it ends
// by itself: the user part's own loop runs as a program of the build machine, with a clock that only moves where it is told.
// Each case writes down all lines that must come, with the second in which they come.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define names send_names
#define notify send_notify
#include "user/send.c"
#undef names
#undef notify
#include "user/main.c"

struct weir_info weir_info = {.queue = {IN_BUFFERS, SEND_BUFFERS, SEND_BUFFERS}, .ticks_per_second = SECOND, .clock = "test"};
struct weir_device_rings weir_device_rings;
struct weir_driver_rings weir_driver_rings;
struct weir_send_buffer weir_send_buffer;
struct batch batch;
bool replaying, replay_ended;

static const char *what;
static _Noreturn void wrong(const char *got, const char *wanted) {
  printf("it says:%s\nexpected:%s\n%s\n", got, wanted, what);
  exit(1);
}

// ---- The world: what happens when, in ns since the start ---------------------------------------------------------------------

#define EPOCH 1700000000000000000
#define NEVER (~0ull)
static struct world {
  uint64_t first, flood_until; // when frames begin to come on `in`; until then they come without a pause
  uint64_t dead[2][2];         // from when to when the devices of `out` and `log` take nothing
  uint64_t again[2];           // and that of `log` once more
  uint64_t out_every, out_at;  // a frame for `out` each so long, from then on; 0: none
  uint64_t pause_at, pause;    // the machine stands still
  uint64_t stop;
  uint32_t silence;            // what the manifest says, s
  bool replays;
} world;
static uint64_t now_, heartbeat, out_due;
static uint16_t got[2];
static jmp_buf over;
static char said[4096], line[256];

static void devices(void) {
  for (int w = 0; w < 2; w++) {
    if ((now_ >= world.dead[w][0] && now_ < world.dead[w][1]) || (w == LOG && now_ >= world.again[0] && now_ < world.again[1])) continue;
    for (; got[w] != weir_driver_rings.send[w].idx; got[w]++) {
      weir_device_rings.send[w].ring[got[w] % SEND_BUFFERS].id = weir_driver_rings.send[w].ring[got[w] % SEND_BUFFERS];
      weir_device_rings.send[w].idx++;
    }
  }
}
static void pass(uint64_t nanoseconds) {
  devices();
  now_ += nanoseconds;
  if (world.pause && now_ >= world.pause_at) now_ += world.pause, world.pause = 0;
  if (now_ >= world.stop) longjmp(over, 1);
}

// ---- What the user part is linked with -----------------------------------------------------------------------------------------

uint64_t weir_ticks(void) { return now_; }
uint64_t clock_now(void) { return EPOCH + now_; }
void clock_start(void) {}
void recorder_start(void) {}
void compartments_start(void) {}
void receive_start(void) {}
uint64_t guard_tick(void) { return 0; }
uint32_t replay_pending(void) { return 0; }
void weir_call(enum weir_call call, uint64_t argument) { // a device takes what it was told of a little later
  if (call == WEIR_IDLE) pass(argument);
}
void batch_record(enum weir_record_kind kind, uint64_t time, const void *bytes, uint32_t length) {
  (void)kind, (void)time, (void)bytes, (void)length;
  batch.count++;
}
void batch_clear(uint32_t rest) { (void)rest; batch.count = 0; }
uint32_t receive(void) {
  if (now_ < world.first || now_ >= world.flood_until) return 0;
  pass(2000000);
  batch.count += 64, batch.number += 64;
  return 64;
}
void receive_wait(uint64_t nanoseconds) {
  if (world.first < now_ + nanoseconds && world.flood_until > now_) nanoseconds = world.first > now_ ? world.first - now_ : 1;
  pass(nanoseconds);
}
void round_run(void) {
  static const uint8_t frame[300];
  if (now_ >= heartbeat) send(LOG, frame, sizeof frame, 0), heartbeat += SECOND * (1 + (now_ - heartbeat) / SECOND);
  if (world.out_every && now_ >= out_due) send(OUT, frame, sizeof frame, 0), out_due = now_ + world.out_every;
}
void say(const char *text) {
  strncat(line, text, sizeof line - strlen(line) - 1);
  if (line[strlen(line) - 1] != '\n') return;
  if (strstr(line, "frame on") || strstr(line, "the device of")) {
    line[strlen(line) - 1] = 0;
    snprintf(said + strlen(said), sizeof said - strlen(said), "\n%llu %s", (unsigned long long)(now_ / SECOND), line);
  }
  line[0] = 0;
}
void say_number(uint64_t value) {
  char digits[24];
  snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
  say(digits);
}
void say_mac(const uint8_t *mac) { (void)mac; }
void say_flush(void) {}
_Noreturn void end(enum weir_exit code, const char *state, const char *device, const char *why) {
  snprintf(said + strlen(said), sizeof said - strlen(said), "\n%llu exit %d: %s: %s%s", (unsigned long long)(now_ / SECOND), code, state, device, why);
  longjmp(over, 1);
}

#define S(seconds) ((uint64_t)((seconds) * 1e9))

/** All that is said in this world; the two devices take everything, no frame comes, unless it says so. */
static void tell(const char *name, struct world w, const char *wanted) {
  what = name, world = w, now_ = heartbeat = 0, out_due = w.out_at;
  if (!world.stop) world.stop = S(60);
  memset(rings, 0, sizeof rings), memset(got, 0, sizeof got), memset(&batch, 0, sizeof batch), memset(sent, 0, sizeof sent);
  memset(&weir_device_rings, 0, sizeof weir_device_rings), memset(&weir_driver_rings, 0, sizeof weir_driver_rings);
  looked = missed_since = 0, remind = FIRST_FRAME, replaying = w.replays, said[0] = line[0] = 0;
  weir_info.manifest.log_silence = w.silence;
  if (!setjmp(over)) user_main();
  if (strcmp(said, wanted)) wrong(said, wanted);
}
#define TELL(name, wanted, ...) tell(name, (struct world){__VA_ARGS__}, wanted)
#define FLOOD .flood_until = NEVER
#define QUIET .first = 1, .flood_until = 2 // a frame has come, so nothing is said of `in`
#define DEAD {0, NEVER}
#define ALIVE {0, 0}
#define LOG_SAYS(at, seconds) "\n" #at " weir: the device of `log` has taken nothing for " #seconds " s: what is sent there is lost"
#define OUT_SAYS(at, seconds) "\n" #at " weir: the device of `out` has taken nothing for " #seconds " s: what is sent there is lost"
#define LOG_AGAIN(at) "\n" #at " weir: the device of `log` takes frames again"
#define LOG_ENDS(at) "\n" #at " exit 35: stopped: the device of `log` has taken nothing for as long as the policy waits"
#define NO_FRAME(seconds) "\n" #seconds " weir: no frame on `in` yet, for " #seconds " s"

static void of_in(void) {
  TELL("nothing comes", NO_FRAME(5) NO_FRAME(10) NO_FRAME(20) NO_FRAME(40) NO_FRAME(80), .stop = S(150));
  TELL("frames come late", NO_FRAME(5) NO_FRAME(10) "\n13 weir: the first frame on `in` has come", .first = S(12.5), .flood_until = S(12.6));
  TELL("frames come soon", "", .first = S(4.5), .flood_until = S(4.6));
  TELL("a flood", "", FLOOD);
}

static void without_traffic(void) {
  TELL("all is well", "", QUIET, .out_every = 1, .silence = 15);
  TELL("a dead `log`", LOG_SAYS(5, 5) LOG_SAYS(10, 10) LOG_SAYS(15, 15), QUIET, .dead = {ALIVE, DEAD}, .stop = S(20));
  TELL("`log` stops, and goes on", LOG_SAYS(13, 5) LOG_SAYS(18, 10) LOG_AGAIN(23), QUIET, .dead = {ALIVE, {S(7.5), S(21.5)}});
  TELL("`log` stops twice", LOG_SAYS(13, 5) LOG_AGAIN(15) LOG_SAYS(36, 5) LOG_SAYS(41, 10) LOG_AGAIN(46), QUIET, .dead = {ALIVE, {S(7.5), S(13.5)}},
    .again = {S(30.5), S(44.5)}, .silence = 15);
  TELL("a dead `out` that was given nothing", "", QUIET, .dead = {DEAD, ALIVE});
  TELL("a dead `out`", OUT_SAYS(8, 5) OUT_SAYS(13, 10), QUIET, .dead = {DEAD, ALIVE}, .out_every = S(30), .out_at = S(3), .silence = 15, .stop = S(18));
}

/** A loop that is never idle looks each 10 s: nothing is said that is not so, and what is so is said a little later. */
static void under_a_flood(void) {
  TELL("all is well under a flood", "", FLOOD, .out_every = 1, .silence = 15);
  TELL("a frame on `out` just before each look", "", FLOOD, .out_every = S(10), .out_at = S(10.001), .silence = 15);
  TELL("a dead `log` under a flood", LOG_SAYS(10, 10) LOG_SAYS(20, 20) LOG_SAYS(30, 30), FLOOD, .dead = {ALIVE, DEAD}, .stop = S(40));
  TELL("a dead `out` under a flood", OUT_SAYS(10, 10) OUT_SAYS(20, 20), FLOOD, .dead = {DEAD, ALIVE}, .out_every = S(1), .silence = 15, .stop = S(30));
  TELL("a flood that ends", LOG_SAYS(5, 5), .first = 1, .flood_until = S(4), .dead = {ALIVE, DEAD}, .stop = S(9));
}

/** It ends when the policy wants it, neither sooner nor much later, and not for `out`. */
static void the_end(void) {
  TELL("the end: a dead `log`", LOG_SAYS(5, 5) LOG_SAYS(10, 10) LOG_SAYS(15, 15) LOG_ENDS(15), QUIET, .dead = {ALIVE, DEAD}, .silence = 15);
  TELL("the end: `log` dies later", LOG_SAYS(6, 5) LOG_SAYS(11, 10) LOG_SAYS(16, 15) LOG_ENDS(17), QUIET, .dead = {ALIVE, {S(0.5), NEVER}}, .silence = 16);
  // The last frame that it took was given at 0 s; the first that it did not, at 1 s.
  TELL("the end under a flood", LOG_SAYS(20, 10) LOG_SAYS(30, 20) LOG_SAYS(40, 30) LOG_SAYS(50, 40) LOG_ENDS(50), FLOOD, .dead = {ALIVE, {S(0.5), NEVER}}, .silence = 31);
  TELL("a pause of 1,000 s", LOG_SAYS(1021, 11) LOG_AGAIN(1023), QUIET, .dead = {ALIVE, {S(19.5), S(1021.5)}}, .pause_at = S(20.5), .pause = S(1000), .silence = 15, .stop = S(1040));
  TELL("a replay", "", FLOOD, .replays = true, .dead = {DEAD, DEAD}, .out_every = S(0.1), .silence = 15, .stop = S(20));
}

int main(void) {
  if (EXIT_LOG_SILENT != 35) return 2;
  of_in();
  without_traffic();
  under_a_flood();
  the_end();
  printf("right\n");
  return 0;
}
