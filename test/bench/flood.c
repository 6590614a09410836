// Sends two streams of UDP frames through a network interface: flood INTERFACE SECONDS FRAMES-PER-SECOND new|known
// 500 a second are telemetry from 10.0.0.5 to 10.0.1.9 port 5000, evenly; the others go to port 9, each from an address of its own, or
// all from 10.0.0.6. Prints how many of each it sent.
#define _GNU_SOURCE
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define LENGTH 100
#define TELEMETRY 500.0

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make(uint8_t *f, uint32_t source, int port) {
  static const uint8_t head[] = {0x52, 0x54, 0, 0x77, 0, 0x12, 2, 0, 0, 0, 0, 5, 8, 0, 0x45, 0, 0, LENGTH - 14, 0, 1, 0, 0, 64, 17,
    0, 0, 10, 0, 0, 5, 10, 0, 1, 9, 0x0f, 0xa0};
  memset(f, 'x', LENGTH);
  memcpy(f, head, sizeof head);
  for (int i = 0; i < 4; i++) f[26 + i] = (uint8_t)(source >> (24 - 8 * i));
  uint32_t sum = 0;
  for (int i = 14; i < 34; i += 2) sum += (uint32_t)f[i] << 8 | f[i + 1];
  sum = ~((sum & 0xffff) + (sum >> 16));
  f[24] = (uint8_t)(sum >> 8), f[25] = (uint8_t)sum;
  f[36] = (uint8_t)(port >> 8), f[37] = (uint8_t)port;
  f[38] = 0, f[39] = LENGTH - 34, f[40] = f[41] = 0; // no UDP checksum
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const double seconds = atof(argv[2]), rate = atof(argv[3]);
  const int fd = socket(AF_PACKET, SOCK_RAW, 0), yes = 1, isNew = !strcmp(argv[4], "new");
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1]), .sll_halen = 6};
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
  if (fd < 0 || !to.sll_ifindex || bind(fd, (void *)&to, sizeof to)) return perror(argv[1]), 1;
  uint8_t frame[LENGTH];
  unsigned long flood = 0, telemetry = 0, refused = 0;
  const double begin = now();
  for (double t = begin; t < begin + seconds; t = now()) {
    const int due = (double)telemetry < (t - begin) * TELEMETRY;
    if (!due && (double)flood >= (t - begin) * rate) {
      nanosleep(&(struct timespec){0, 20000}, 0);
      continue;
    }
    if (due) make(frame, 0x0a000005, 5000);
    else make(frame, isNew ? 0x0b000000 + (uint32_t)flood : 0x0a000006, 9);
    if (send(fd, frame, LENGTH, 0) != LENGTH) refused++;
    if (due) telemetry++;
    else flood++;
  }
  printf("%lu %lu %lu\n", telemetry, flood, refused);
  return 0;
}
