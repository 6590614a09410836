// Sends two streams of UDP frames through a network interface: flood INTERFACE SECONDS FRAMES-PER-SECOND new|known
// 500 a second are telemetry from 10.0.0.5 to 10.0.1.9 port 5000, evenly; the others go to port 9, each from an address of its own, or
// all from 10.0.0.6. Prints how many of each it sent.
#define LENGTH 100
#include "sender.h"

#define TELEMETRY 500.0

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const double seconds = atof(argv[2]), rate = atof(argv[3]);
  const int fd = opened(argv[1]), isNew = !strcmp(argv[4], "new");
  uint8_t frame[LENGTH];
  unsigned long flood = 0, telemetry = 0, refused = 0;
  const double begin = now();
  for (double t = begin; t < begin + seconds; t = now()) {
    const int due = (double)telemetry < (t - begin) * TELEMETRY;
    if (!due && (double)flood >= (t - begin) * rate) {
      wait_a_little();
      continue;
    }
    if (due) make(frame, TELEMETRY_SOURCE, 5000);
    else make(frame, isNew ? 0x0b000000 + (uint32_t)flood : 0x0a000006, 9);
    if (send(fd, frame, LENGTH, 0) != LENGTH) refused++;
    if (due) telemetry++;
    else flood++;
  }
  printf("%lu %lu %lu\n", telemetry, flood, refused);
  return 0;
}
