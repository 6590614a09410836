// What may be in a payload that guard makes anew: 1553 messages (RCC 106-17, chapter 10) and transfers (transfer/onboard/sizes.ts).
#ifndef FUZZ_CONTENT_H
#define FUZZ_CONTENT_H

#include "oracle.h"

static bool found_in(const uint8_t *bytes, uint32_t n, const uint8_t *part, uint32_t length) {
  return memmem(bytes, n, part, length) != 0;
}

/** Why these messages of a bus data packet must not leave; 0: they may. `came`: the frame that they came in. */
static const char *wrong_messages(const uint8_t *p, uint32_t n, const uint8_t *came, uint32_t came_length, bool denies_five) {
  if (n < 4) return "a 1553 packet without its channel word";
  uint32_t left = get32le(p) & 0xffffff, at = 4;
  for (; left; left--, at += 14 + get16le(p + at + 12)) {
    if (at + 14 > n || get16le(p + at + 12) > n - at - 14) return "a 1553 message is longer than its packet";
    const uint32_t status = get16le(p + at + 8), gaps = get16le(p + at + 10), length = get16le(p + at + 12);
    if (status & ~0x2800u) return "a 1553 message with an error, or with bits that mean none, left";
    if (gaps) return "a 1553 message's gap times left";
    if (length < 2 || length & 1 || length > 72) return "a 1553 message that can be none left";
    if (!found_in(came, came_length, p + at + 14, length)) return "a 1553 message left that did not come";
    const uint32_t command = get16le(p + at + 14), sa = command >> 5 & 31;
    const bool mode = sa == 0 || sa == 31;
    if (denies_five && !mode && command >> 11 == 5 && sa == 3) return "a 1553 message left that a rule denies";
  }
  for (; at < n; at++) if (p[at]) return "bytes behind the last 1553 message left";
  return 0;
}

/** The same of a whole datagram of a recorder. */
static const char *wrong_datagram(const uint8_t *p, uint32_t n, const uint8_t *came, uint32_t came_length, bool denies_five) {
  const uint32_t format = p[0] & 15, header = format == 1 ? 4 : format == 2 ? 12 : 8;
  if (n < header + 24) return "a datagram of a recorder without a packet left";
  for (uint32_t at = header; at < n;) {
    if (n - at < 24 || get16le(p + at) != 0xeb25) return "something that is no Chapter 10 packet left";
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 22; i += 2) sum += get16le(p + at + i);
    if ((sum & 0xffff) != get16le(p + at + 22)) return "a Chapter 10 packet with a wrong checksum left";
    const uint32_t length = get32le(p + at + 4), data = get32le(p + at + 8), type = p[at + 15], flags = p[at + 14];
    if (length > n - at || length < 24 || data > length - 24) return "a Chapter 10 packet's length is wrong";
    if (flags & 0x80) return "a secondary header left";
    if (type != 0x19 && type != 0x11) return "a Chapter 10 packet that is neither 1553 nor time left";
    const char *why = type == 0x19 ? wrong_messages(p + at + 24, data, came, came_length, denies_five) : 0;
    if (why) return why;
    at += length;
  }
  return 0;
}

/** Of a relay's frame: whether it is sealed with the key of `out`. */
static bool sealed_for_out(const uint8_t *payload, uint32_t size) {
  uint8_t key[32], code[32];
  memset(key, 0xa5, sizeof key); // test/fuzz/policies.ts
  if (size != TRANSFER_FRAME) return false;
  hmac_sha256(key, payload, TRANSFER_FRAME - 16, code);
  return !memcmp(code, payload + TRANSFER_FRAME - 16, 16);
}

#endif
