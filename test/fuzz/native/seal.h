// Makes the checksums of mutants right: those of IP, ICMP, TCP, UDP, of Chapter 10 packets, and the code of a transfer's frame.
// Lengths and all else stay as the mutant has them.
#ifndef FUZZ_SEAL_H
#define FUZZ_SEAL_H

#include <stdbool.h>
#include <stdint.h>
#include "sha256.h"

static uint16_t get16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint16_t get16le(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t get32le(const uint8_t *p) { return (uint32_t)get16le(p) | (uint32_t)get16le(p + 2) << 16; }
static void put16(uint8_t *p, uint32_t v) { p[0] = (uint8_t)(v >> 8), p[1] = (uint8_t)v; }
static void put16le(uint8_t *p, uint32_t v) { p[0] = (uint8_t)v, p[1] = (uint8_t)(v >> 8); }

/** The Internet checksum's sum (RFC 1071), not yet folded. */
static uint32_t sum16(const uint8_t *p, uint32_t n, uint32_t sum) {
  for (; n > 1; p += 2, n -= 2) sum += get16(p);
  return n ? sum + ((uint32_t)*p << 8) : sum;
}
static uint16_t folded(uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

#define TRANSFER_FRAME 1472 // transfer/onboard/sizes.ts
extern const uint8_t fuzz_transfer_key[32];

static void seal_transport(uint32_t protocol, const uint8_t *addresses, uint32_t addresses_length, uint8_t *p, uint32_t n) {
  const uint32_t at = protocol == 17 ? 6 : protocol == 6 ? 16 : protocol == 1 || protocol == 58 ? 2 : 0;
  if (!at || n < at + 2 || (protocol == 17 && n < 8)) return;
  if (protocol == 17 && n == 8 + TRANSFER_FRAME && p[8] == 0x57) {
    uint8_t code[32];
    hmac_sha256(fuzz_transfer_key, p + 8, TRANSFER_FRAME - 16, code);
    memcpy(p + 8 + TRANSFER_FRAME - 16, code, 16);
  }
  put16(p + at, 0);
  const uint32_t pseudo = protocol == 1 ? 0 : sum16(addresses, addresses_length, protocol + n);
  const uint16_t sum = folded(sum16(p, n, pseudo));
  put16(p + at, protocol == 17 && !sum ? 0xffff : sum);
}

static void seal_frame(uint8_t *frame, uint32_t length) {
  uint32_t at = 12;
  if (length >= 18 && get16(frame + at) == 0x8100) at += 4;
  if (length < at + 2) return;
  const uint16_t type = get16(frame + at);
  uint8_t *ip = frame + at + 2;
  const uint32_t n = length - at - 2;
  if (type == 0x0800 && n >= 20) {
    const uint32_t header = (ip[0] & 15) * 4u, total = get16(ip + 2) < n ? get16(ip + 2) : n;
    if (header < 20 || header > total) return;
    put16(ip + 10, 0);
    put16(ip + 10, folded(sum16(ip, header, 0)));
    if (!(get16(ip + 6) & 0x3fff)) seal_transport(ip[9], ip + 12, 8, ip + header, total - header);
  } else if (type == 0x86dd && n >= 40) {
    const uint32_t payload = get16(ip + 4) < n - 40 ? get16(ip + 4) : n - 40;
    seal_transport(ip[6], ip + 8, 32, ip + 40, payload);
  }
}

/** Header and data checksums (RCC 106-17, 10.6.1) of every packet that begins in these bytes. */
static void seal_chapter10(uint8_t *p, uint32_t n) {
  for (uint32_t at = 0; at + 24 <= n;) {
    if (get16le(p + at) != 0xeb25) { at++; continue; }
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 22; i += 2) sum += get16le(p + at + i);
    put16le(p + at + 22, sum);
    const uint32_t length = get32le(p + at + 4), kind = p[at + 14] & 3, from = p[at + 14] & 0x80 ? 36 : 24;
    const uint32_t size = kind == 3 ? 4 : kind;
    if (length < from + size || length > n - at || length & 3) { at += 24; continue; }
    if (from == 36) {
      sum = 0;
      for (uint32_t i = 24; i < 34; i += 2) sum += get16le(p + at + i);
      put16le(p + at + 34, sum);
    }
    sum = 0;
    const uint32_t stop = length - size;
    if (size == 4) {
      for (uint32_t i = from; i < stop; i += 4) sum += get32le(p + at + i);
      put16le(p + at + stop, sum), put16le(p + at + stop + 2, sum >> 16);
    } else if (size == 2) {
      for (uint32_t i = from; i < stop; i += 2) sum += get16le(p + at + i);
      put16le(p + at + stop, sum);
    } else if (size == 1) {
      for (uint32_t i = from; i < stop; i++) sum += p[at + i];
      p[at + stop] = (uint8_t)sum;
    }
    at += length;
  }
}

#endif
