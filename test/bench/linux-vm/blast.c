// Sends UDP frames through a network interface for a while: blast INTERFACE SECONDS FRAMES-PER-SECOND DENIED-IN-A-HUNDRED
// Rate 0: as fast as it goes. 200 bytes each, 10.0.0.5 to 10.0.1.9, port 5000, or 5001 where a filter shall drop it. Prints
// how many it sent.
#define LENGTH 200
#include "../sender.h"

#define BATCH 32

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const double seconds = atof(argv[2]), rate = atof(argv[3]);
  const int denied = atoi(argv[4]), fd = opened(argv[1]);
  static uint8_t frames[2][LENGTH];
  make(frames[0], TELEMETRY_SOURCE, 5000), make(frames[1], TELEMETRY_SOURCE, 5001);
  struct iovec parts[BATCH];
  struct mmsghdr batch[BATCH];
  memset(batch, 0, sizeof batch);
  unsigned long sent = 0;
  const double begin = now();
  for (double t = begin; t < begin + seconds; t = now()) {
    if (rate && (double)sent > (t - begin) * rate) {
      wait_a_little();
      continue;
    }
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){frames[(sent + (unsigned long)i) % 100 < (unsigned long)denied], LENGTH};
      batch[i].msg_hdr.msg_iov = &parts[i], batch[i].msg_hdr.msg_iovlen = 1;
    }
    const int done = sendmmsg(fd, batch, BATCH, 0);
    if (done > 0) sent += (unsigned long)done;
  }
  printf("%lu\n", sent);
  return 0;
}
