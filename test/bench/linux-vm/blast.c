// Sends UDP frames through a network interface for a while: blast INTERFACE SECONDS FRAMES-PER-SECOND DENIED-IN-A-HUNDRED
// Rate 0: as fast as it goes. 200 bytes each, 10.0.0.5 to 10.0.1.9, port 5000, or 5001 where a filter shall drop it. Prints
// how many it sent.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/ethernet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 32
#define LENGTH 200

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void make(uint8_t *f, int port) {
  static const uint8_t head[] = {0x52, 0x54, 0, 0x77, 0, 0x12, 2, 0, 0, 0, 0, 5, 8, 0, 0x45, 0, 0, LENGTH - 14, 0, 1, 0, 0, 64, 17,
    0, 0, 10, 0, 0, 5, 10, 0, 1, 9, 0x0f, 0xa0};
  memset(f, 'x', LENGTH);
  memcpy(f, head, sizeof head);
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
  const int denied = atoi(argv[4]), fd = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1]), .sll_halen = 6};
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
  if (fd < 0 || !to.sll_ifindex || bind(fd, (void *)&to, sizeof to)) return perror(argv[1]), 1;
  static uint8_t frames[2][LENGTH];
  make(frames[0], 5000), make(frames[1], 5001);
  struct iovec parts[BATCH];
  struct mmsghdr batch[BATCH];
  memset(batch, 0, sizeof batch);
  unsigned long sent = 0;
  const double begin = now();
  for (double t = begin; t < begin + seconds; t = now()) {
    if (rate && (double)sent > (t - begin) * rate) {
      nanosleep(&(struct timespec){0, 20000}, 0);
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
