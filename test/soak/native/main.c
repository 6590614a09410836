// The host's round (appliance/runtime/user, as it is) around the natively compiled compartments, as a program of the build
// machine: frames go through as fast as they can be worked on, and digests of all that comes out are said each million.
// usage: soak CONTAINER FRAMES COUNT STEP
//   FRAMES  a file of frames, each behind its length (u32, little-endian); taken from the beginning again at its end
//   STEP    ns from one frame's time to the next's
// output, a line each million frames and at the end: frames, frames on out, their digest, records on log, their digest
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "user/batch.c"
#define put recorder_put
#include "user/recorder.c"
#undef put
#include "user/compartments.c"

bool tables_key(uint64_t key[2]) { return (void)key, false; } // that of replays

struct weir_info weir_info = {.queue = {IN_BUFFERS, SEND_BUFFERS, SEND_BUFFERS}, .ticks_per_second = 1000000000, .clock = "soak"};
struct counters sent[2];
uint64_t boot_number;

void say(const char *text) { fputs(text, stderr); }
void say_flush(void) { fflush(stderr); }
void say_bytes(const uint8_t *bytes, uint32_t length) { (void)bytes, (void)length; }
void crash(enum weir_exit code) { exit(code); }
const char *option(const char *key) { (void)key; return 0; }
_Noreturn void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  fprintf(stderr, "soak: %s: %s%s\n", state, what, why);
  exit(code);
}
void weir_call(enum weir_call call, uint64_t argument) {
  if (call != WEIR_TAKEN) exit((int)argument);
}

static uint32_t digests[2] = {0x811c9dc5, 0x811c9dc5}; // FNV-1a, 32 bits
static uint32_t digest(uint32_t h, const void *bytes, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) h = (h ^ ((const uint8_t *)bytes)[i]) * 0x01000193;
  return h;
}
void send(enum sender which, const uint8_t *frame, uint32_t length, uint32_t leave) {
  (void)leave;
  sent[which].sent++;
  digests[which] = digest(digest(digests[which], &length, 4), frame, length);
}

static const uint8_t *map(const char *path, size_t *size) {
  struct stat of;
  const int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &of)) { perror(path); exit(2); }
  *size = (size_t)of.st_size;
  const void *at = mmap(0, *size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (at == MAP_FAILED) { perror(path); exit(2); }
  return at;
}

static void report(uint64_t frames) {
  printf("%llu %llu %08x %llu %08x\n", (unsigned long long)frames, (unsigned long long)sent[OUT].sent, digests[OUT],
         (unsigned long long)sent[LOG].sent, digests[LOG]);
  fflush(stdout);
}

static void work(void) {
  round_run();
  batch_clear(0);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  size_t container, size;
  weir_info.policy = map(argv[1], &container);
  weir_info.policy_length = container - sizeof(struct weir_keys); // kernel/memory.c
  weir_info.keys = (const struct weir_keys *)(weir_info.policy + weir_info.policy_length);
  const uint8_t *frames = map(argv[2], &size);
  const uint64_t count = strtoull(argv[3], 0, 10), step = strtoull(argv[4], 0, 10);
  uint64_t time = 1772438400000000000ull;
  compartments_start();
  for (uint64_t n = 0, at = 0; n < count; n++, time += step) {
    uint32_t length;
    memcpy(&length, frames + at, 4);
    if (!batch_fits((uint32_t)sizeof(struct weir_record) + weir_align8(length))) work();
    batch_record(WEIR_RECORD_FRAME, time, frames + at + 4, length);
    at += 4 + length;
    if (at >= size) at = 0;
    if ((n + 1) % 1000000) continue;
    work();
    report(n + 1);
  }
  work();
  report(count);
  return 0;
}
