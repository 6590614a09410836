// REQ-DIODE-008, REQ-DIODE-009, REQ-IMAGE-021
// The user part: from here on everything is unprivileged. Takes frames, runs the compartments over them, sends what they
// pass; to completion, one batch behind the other.
#include "user/runtime.h"

#define SECOND 1000000000ull

static void introduce(void) {
  static const char *const directions[] = {"", " receives ", " sends "};
  say("weir: " WEIR_VERSION ", ");
  say_number(weir_info.memory >> 10);
  say(" KiB, clock ");
  say(weir_info.clock);
  say(" ");
  say_number(weir_info.ticks_per_second / 1000000);
  say(" MHz");
  for (int role = 0; role < ROLES; role++) {
    say(", ");
    say(weir_info.manifest.interfaces[role].name);
    say(directions[weir_info.manifest.interfaces[role].direction]);
    say_mac(weir_info.manifest.interfaces[role].mac);
  }
  say("\n");
  if (replaying) say("weir: replay: time comes with the records, and full rings are waited for\n");
}

static void ready(void) {
  const uint64_t ticks = weir_ticks() - weir_info.entry_ticks;
  say("weir: booted in ");
  say_number(ticks * 1000000 / weir_info.ticks_per_second);
  say(" us, ");
  say_number(ticks);
  say(" cycles\nweir: ready\n");
  say_flush();
}

static _Noreturn void done(uint64_t records) {
  send_drain();
  say("weir: done: ");
  say_number(records);
  say(" records, ");
  say_number(sent[OUT].sent);
  say(" frames on out, ");
  say_number(sent[LOG].sent);
  say(" on log, ");
  say_number(sent[OUT].full + sent[LOG].full);
  say(" too long\n");
  say_flush();
  weir_call(WEIR_EXIT, EXIT_DONE);
  __builtin_unreachable();
}

// Works through the batch; returns how many records it had.
static uint32_t round_all(void) {
  const uint32_t records = batch.count;
  round_run();
  batch_clear(replay_pending());
  send_flush();
  say_flush();
  return records;
}

// ---- What cannot be proven at the start: that somebody is at the other ends ------------------------------------------------

#define LOOK 900000000         // nanoseconds from one look to the next; shorter than a tick, so that each tick looks
#define BUSY_FOR (10 * SECOND) // so long a loop that is never idle puts off looking
#define LONGEST_LOOK (BUSY_FOR + SECOND) // from one look to the next; a paused image does not count what it missed
#define FIRST_FRAME 5000000000 // nanoseconds without a frame until the console says so; then each time twice as many

// Where the loop is about to wait, so that how long this takes, which depends on `out` and `log`, shows nowhere.
static uint64_t looked, missed_since, remind = FIRST_FRAME;
static void watch_ends(uint64_t now, bool idle) {
  if (replaying || now < looked + (idle ? LOOK : BUSY_FOR)) return;
  const uint64_t passed = now - looked;
  looked = now;
  if (!missed_since) missed_since = now;
  if (remind && batch.number) {
    if (remind > FIRST_FRAME) say("weir: the first frame on `in` has come\n");
    remind = 0;
  } else if (remind && now - missed_since >= remind) {
    say("weir: no frame on `in` yet, for ");
    say_number((now - missed_since) / SECOND);
    say(" s\n");
    remind *= 2;
  }
  send_watch(passed < LONGEST_LOOK ? passed : LONGEST_LOOK);
  say_flush();
}

// ---- Ticks (abi.ts, tick()): time goes on for guard although nothing comes, evenly whatever comes -----------------------

static uint64_t period, due; // ns

static uint32_t tick(uint64_t now) {
  if (due > now + period) due = now; // the clock went back: go on from there
  if (replaying || now < due) return 0;
  batch_record(WEIR_RECORD_TICK, now, "", 0);
  due += (now - due) / period * period + period; // a paused image does not make up for what it missed
  return round_all();
}

// The first record of all is a tick: guard's intervals begin with it.
static uint32_t ticks_start(void) {
  period = guard_tick();
  if (period == 0 || period > SECOND) period = SECOND;
  due = clock_now();
  return tick(due);
}

static uint64_t ticks_left(void) {
  const uint64_t now = clock_now();
  return now < due ? due - now : 1;
}

void user_main(void) {
  clock_start();
  recorder_start();
  introduce();
  compartments_start();
  send_start();
  receive_start();
  ready();
  uint64_t records = ticks_start();
  for (;;) {
    const uint64_t now = clock_now();
    records += tick(now);
    const uint32_t arrived = receive();
    if (batch.count) {
      records += round_all();
      if (replay_ended) done(records);
      watch_ends(now, false);
    } else if (!arrived) {
      watch_ends(now, true);
      receive_wait(replaying ? SECOND : ticks_left());
    }
  }
}
