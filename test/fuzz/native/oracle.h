// What guard must decide, said once more: written from diode/README.md and the RFCs it names, with nothing of diode/ in it, its reader
// of policies and its tables included. The rules are those of diode/testing/vectors.ts and test/fuzz/policies.ts, copied by hand.
//
// oracle_frame() makes of a frame the one that may leave, to the byte; 0: it must stay. Where guard remembers something (rates,
// quarantine, inspect's verdicts), it may let out less than that, never more, and never anything else.
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "seal.h"

enum oracle_payload { COPY, ZERO, BUS, TRANSFER };
#define UNTAGGED_ONLY {-1, -1}
#define ANY_VLAN {-1, 4094}

struct oracle_rule {
  bool allow;
  int protocol;               // -1: any
  const char *from, *to;      // hexadecimal prefixes with their bits, by spaces; 0: anybody
  int ports[3][2], sources[2]; // all zeros: all; echo types, too
  int vlan[2], size[2];       // size all zeros: any
  enum oracle_payload payload;
};

#define FOUR "0a000000/24"
#define SIX "fd000000000000000000000000000000/64"
static const struct oracle_rule plain_rules[] = {
  {false, -1, "0a000042/32 0a000044/31", 0, {{0}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 17, FOUR, "0a000109/32", {{5000, 5000}, {5002, 5004}}, {1024, 65534}, UNTAGGED_ONLY, {4, 100}, COPY},
  {false, 6, 0, "0a000100/24", {{22, 22}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 6, FOUR, "0a000100/25", {{1, 1023}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 1, FOUR, 0, {{8, 8}}, {0}, UNTAGGED_ONLY, {0}, ZERO},
  {true, 1, FOUR, 0, {{-1, 0}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 17, SIX, "fd000001000000000000000000000009/128 fd000002000000000000000000000000/33", {{5000, 5000}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 58, SIX, 0, {{0}}, {0}, UNTAGGED_ONLY, {0}, ZERO},
  {true, 6, SIX, "fd000001000000000000000000000000/64", {{443, 443}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 17, "0a000c00/24", "ef010203/32", {{5004, 5004}}, {0}, ANY_VLAN, {0}, ZERO},
  {true, 50, "0a000005/32", "0a000109/32", {{0}}, {0}, UNTAGGED_ONLY, {0}, COPY},
  {true, 17, "0a000005/32", "0a000300/24", {{9, 9}}, {4000, 4000}, UNTAGGED_ONLY, {0}, COPY},
  {true, 17, 0, 0, {{7777, 7777}}, {0}, UNTAGGED_ONLY, {0}, COPY},
};
static const struct oracle_rule slow_rule = {true, 17, 0, 0, {{5000, 5004}}, {0}, UNTAGGED_ONLY, {0}, COPY};
static const struct oracle_rule files_rule = {true, 17, "0a000007/32", "0a000107/32", {{6100, 6100}}, {0}, UNTAGGED_ONLY, {0}, TRANSFER};
static const struct oracle_rule bus_rules[] = {
  {true, 17, "c0000234/30 c0000238/32", "efff000a/32", {{2000, 2000}}, {0}, UNTAGGED_ONLY, {0}, BUS},
  {true, 17, "fd000000000000000000000000000000/16", "fd000000000000000000000000000000/16", {{2000, 2000}}, {0}, UNTAGGED_ONLY, {0}, BUS},
};

struct oracle_policy {
  struct oracle_rule rules[20];
  uint32_t count, mtu;
  bool ignores_checksums; // of the policy
  bool exact;             // what may leave does leave
  bool at_once;           // each frame leaves with the record that it came in
  bool transfers;         // a rule lets some through
};

static void oracle_add(struct oracle_policy *p, const struct oracle_rule *rules, uint32_t n) {
  memcpy(p->rules + p->count, rules, n * sizeof *rules);
  p->count += n;
}

/** The policy of this name of test/fuzz/policies.ts. */
static struct oracle_policy oracle_policy(const char *name) {
  const bool learning = !strcmp(name, "learning"), bus = !strcmp(name, "bus"), padded = !strcmp(name, "padded");
  const bool relay = !strcmp(name, "relay"), strict = !strcmp(name, "strict");
  struct oracle_policy p = {.mtu = bus ? 9000 : 1500, .ignores_checksums = learning, .at_once = !padded && !strict};
  p.transfers = padded || relay;
  p.exact = learning || !strcmp(name, "plain");
  if (strict) oracle_add(&p, &slow_rule, 1);
  if (padded || relay) oracle_add(&p, &files_rule, 1);
  if (learning || bus) oracle_add(&p, bus_rules, 2);
  if (!relay && !bus) oracle_add(&p, plain_rules, sizeof plain_rules / sizeof *plain_rules);
  return p;
}

static int nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/** Whether one of the prefixes is of these bytes. */
static bool oracle_inside(const char *list, const uint8_t *address, uint32_t bytes) {
  if (!list) return true;
  while (*list) {
    uint8_t prefix[16];
    uint32_t n = 0;
    for (; *list != '/'; list += 2) prefix[n++] = (uint8_t)(nibble(list[0]) << 4 | nibble(list[1]));
    uint32_t bits = 0;
    for (list++; *list && *list != ' '; list++) bits = bits * 10 + (uint32_t)(*list - '0');
    if (*list == ' ') list++;
    if (n != bytes) continue;
    bool same = true;
    for (uint32_t b = 0; b < bits && same; b++) same = !((prefix[b / 8] ^ address[b / 8]) >> (7 - b % 8) & 1);
    if (same) return true;
  }
  return false;
}

static bool oracle_in(const int range[2], int value) { return value >= range[0] && value <= range[1]; }

struct oracle_packet {
  int vlan, protocol, source_port, port; // an echo's type is its port
  bool six;
  const uint8_t *from, *to;
  uint32_t header, size; // bytes of the transport header as it leaves; of the payload
  const uint8_t *transport, *payload;
};

static bool oracle_matches(const struct oracle_rule *r, const struct oracle_packet *k) {
  const uint32_t n = k->six ? 16 : 4;
  if (r->protocol >= 0 && r->protocol != k->protocol) return false;
  if (!oracle_in(r->vlan, k->vlan)) return false;
  if (r->size[1] && !oracle_in(r->size, (int)k->size)) return false;
  if (r->sources[1] && !oracle_in(r->sources, k->source_port)) return false;
  bool port = !r->ports[0][0] && !r->ports[0][1];
  for (int i = 0; i < 3 && !port; i++) port = (r->ports[i][0] || r->ports[i][1]) && oracle_in(r->ports[i], k->port);
  return port && oracle_inside(r->from, k->from, n) && oracle_inside(r->to, k->to, n);
}

/** Addresses that no rule can mean: RFC 1122 section 3.2.1.3, RFC 4291 sections 2.5 and 2.7. */
static bool oracle_bad_address(const struct oracle_packet *k) {
  const uint8_t *s = k->from, *d = k->to;
  if (!k->six) {
    static const uint8_t all[4] = {255, 255, 255, 255};
    if (!s[0] || s[0] == 127 || s[0] > 223 || !d[0] || d[0] == 127) return true;
    return (d[0] > 239 && memcmp(d, all, 4)) || !memcmp(s, d, 4);
  }
  static const uint8_t zeros[16], mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  for (int i = 0; i < 2; i++) {
    const uint8_t *a = i ? d : s;
    if (!memcmp(a, mapped, 12) || (!memcmp(a, zeros, 15) && a[15] < 2)) return true;
  }
  return s[0] == 255 || !memcmp(s, d, 16);
}

static bool oracle_sums(const struct oracle_packet *k, uint32_t n, bool pseudo) {
  const uint32_t start = pseudo ? sum16(k->from, k->six ? 32 : 8, (uint32_t)k->protocol + n) : 0;
  return !folded(sum16(k->transport, n, start));
}

/** Takes apart; false where the form is not one that may cross. */
static bool oracle_form(const uint8_t *f, uint32_t n, bool ignore, struct oracle_packet *k) {
  if (n < 14) return false;
  uint32_t at = 12;
  k->vlan = -1;
  if (get16(f + at) == 0x8100) {
    if (n < 18 || (k->vlan = get16(f + 14) & 4095) == 4095) return false;
    at = 16;
  }
  const uint32_t type = get16(f + at), least = at + 2 + 46; // 60 bytes, with a tag 64
  const uint8_t *ip = f + at + 2;
  const uint32_t held = n - at - 2;
  uint32_t whole, header;
  if (type == 0x0800) {
    if (held < 20 || ip[0] != 0x45) return false;
    whole = get16(ip + 2), header = 20;
    if (whole < 20 || whole > held) return false;
    if (!ignore && folded(sum16(ip, 20, 0))) return false;
    if (get16(ip + 6) & ~0x4000u || !ip[8]) return false;
    k->six = false, k->protocol = ip[9], k->from = ip + 12, k->to = ip + 16;
  } else if (type == 0x86dd) {
    if (held < 40 || ip[0] >> 4 != 6) return false;
    whole = 40u + get16(ip + 4), header = 40;
    if (whole > held || !ip[7]) return false;
    static const uint8_t extensions[] = {0, 43, 44, 51, 59, 60, 135, 139, 140, 253, 254};
    if (memchr(extensions, ip[6], sizeof extensions)) return false;
    k->six = true, k->protocol = ip[6], k->from = ip + 8, k->to = ip + 24;
  } else return false;
  if (whole != held && n > least) return false;
  if (oracle_bad_address(k)) return false;
  const uint8_t *t = k->transport = ip + header;
  const uint32_t length = whole - header;
  k->source_port = k->port = 0, k->header = 0;
  switch (k->protocol) {
    case 17:
      if (length < 8 || get16(t + 4) != length) return false;
      if (!ignore && (get16(t + 6) ? !oracle_sums(k, length, true) : k->six)) return false;
      k->header = 8, k->payload = t + 8;
      k->source_port = get16(t), k->port = get16(t + 2);
      if (!k->source_port || !k->port) return false;
      break;
    case 6: {
      const uint32_t own = length < 20 ? 0 : (t[12] >> 4) * 4u;
      if (own < 20 || own > length || t[12] & 15 || t[13] & 32) return false;
      const bool fin = t[13] & 1, syn = t[13] & 2, rst = t[13] & 4, ack = t[13] & 16;
      if (syn ? fin || rst : !rst && !ack) return false;
      if (!ignore && !oracle_sums(k, length, true)) return false;
      k->header = 20, k->payload = t + own;
      k->source_port = get16(t), k->port = get16(t + 2);
      if (!k->source_port || !k->port) return false;
      break;
    }
    case 1: case 58:
      if (k->six != (k->protocol == 58) || length < 8 || t[1]) return false;
      if (k->six ? t[0] != 128 && t[0] != 129 : t[0] != 8 && t[0] != 0) return false;
      if (!ignore && !oracle_sums(k, length, k->six)) return false;
      k->header = 8, k->payload = t + 8, k->port = t[0];
      break;
    default: k->payload = t;
  }
  k->size = (uint32_t)(t + length - k->payload);
  return true;
}

/** The rule that lets it out, or -1. */
static int oracle_rule(const struct oracle_policy *p, const struct oracle_packet *k) {
  if ((k->six ? 40 : 20) + k->header + k->size > p->mtu) return -1;
  for (uint32_t i = 0; i < p->count; i++)
    if (oracle_matches(&p->rules[i], k)) return p->rules[i].allow ? (int)i : -1;
  return -1;
}

/** The frame that leaves, at `to`; returns its length. */
static uint32_t oracle_make(const struct oracle_packet *k, const uint8_t *payload, uint32_t size, bool zero, uint16_t identification, const uint8_t addresses[12], uint8_t *to) {
  const uint32_t header = k->six ? 40 : 20, length = k->header + size;
  uint8_t *ip = to + 14, *t = ip + header;
  memset(to, 0, 14 + header + k->header < 60 ? 60 : 14 + header + k->header);
  memcpy(to, addresses, 12);
  if (zero) memset(t + k->header, 0, size);
  else memcpy(t + k->header, payload, size);
  put16(to + 12, k->six ? 0x86dd : 0x0800);
  if (k->six) {
    ip[0] = 0x60, put16(ip + 4, length), ip[6] = (uint8_t)k->protocol, ip[7] = 64;
    memcpy(ip + 8, k->from, 32);
  } else {
    ip[0] = 0x45, put16(ip + 2, 20 + length), put16(ip + 4, identification), ip[8] = 64, ip[9] = (uint8_t)k->protocol;
    memcpy(ip + 12, k->from, 8);
    put16(ip + 10, folded(sum16(ip, 20, 0)));
  }
  if (k->protocol == 17) put16(t, (uint32_t)k->source_port), put16(t + 2, (uint32_t)k->port), put16(t + 4, length);
  if (k->protocol == 6) {
    memcpy(t, k->transport, 16), t[12] = 0x50, t[13] &= 0x1f;
    if (!(t[13] & 16)) memset(t + 8, 0, 4);
  }
  if (k->protocol == 1 || k->protocol == 58) t[0] = k->transport[0], memcpy(t + 4, k->transport + 4, 4);
  if (k->header) {
    const uint32_t pseudo = k->protocol == 1 ? 0 : sum16(k->from, k->six ? 32 : 8, (uint32_t)k->protocol + length);
    const uint16_t sum = folded(sum16(t, length, pseudo));
    put16(t + (k->protocol == 17 ? 6 : k->protocol == 6 ? 16 : 2), k->protocol == 17 && !sum ? 0xffff : sum);
  }
  const uint32_t n = 14 + header + length;
  if (n >= 60) return n;
  memset(to + n, 0, 60 - n);
  return 60;
}

#endif
