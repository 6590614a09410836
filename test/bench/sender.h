// What programs that send UDP frames through a network interface share: the clock, the frame, the socket.
// Define LENGTH, of each frame, before it is included.
#ifndef BENCH_SENDER_H
#define BENCH_SENDER_H

#define _GNU_SOURCE
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define TELEMETRY_SOURCE 0x0a000005 // 10.0.0.5

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_a_little(void) { nanosleep(&(struct timespec){0, 20000}, 0); }

/** A frame from this address to 10.0.1.9. */
static void make(uint8_t *f, uint32_t source, int port) {
  static const uint8_t head[] = {0x52, 0x54, 0, 0x77, 0, 0x12, 2, 0, 0, 0, 0, 5, 8, 0, 0x45, 0, 0, LENGTH - 14, 0, 1, 0, 0, 64, 17,
    0, 0, 0, 0, 0, 0, 10, 0, 1, 9, 0x0f, 0xa0};
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

/** @returns a socket that sends whole frames through it, past its queue; ends the program where it has none */
static int opened(const char *interface) {
  const int fd = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface), .sll_halen = 6};
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
  if (fd < 0 || !to.sll_ifindex || bind(fd, (void *)&to, sizeof to)) perror(interface), exit(1);
  return fd;
}

#endif
