// Frames made by rule: the layers that inspect knows, with fields from small pools (so that flows, pairs, tables and rules meet again),
// then now and then spoilt. Checksums and codes are made right but for one in sixteen.
#ifndef FUZZ_GROW_H
#define FUZZ_GROW_H

#include <stdint.h>
#include <string.h>
#include "seal.h"

#define LONGEST_FRAME 2036 // BUFFER_SIZE without virtio's header
#define FRAME_ROOM (LONGEST_FRAME + 64) // fields of a header that no longer fitted are written behind it

static uint64_t luck;
static uint32_t roll(uint32_t n) { // xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016)
  luck ^= luck >> 12, luck ^= luck << 25, luck ^= luck >> 27;
  return (uint32_t)((luck * 0x2545f4914f6cdd1du >> 32) * n >> 32);
}
#define ONE_OF(...) ((const uint32_t[]){__VA_ARGS__}[roll(sizeof((const uint32_t[]){__VA_ARGS__}) / 4)])

struct frame { uint8_t *p; uint32_t n; };
static void put_u8(struct frame *f, uint32_t v) { if (f->n < LONGEST_FRAME) f->p[f->n++] = (uint8_t)v; }
static void put_u16(struct frame *f, uint32_t v) { put_u8(f, v >> 8), put_u8(f, v); }
static void put_u32(struct frame *f, uint32_t v) { put_u16(f, v >> 16), put_u16(f, v); }
static void put_le16(struct frame *f, uint32_t v) { put_u8(f, v), put_u8(f, v >> 8); }
static void put_le32(struct frame *f, uint32_t v) { put_le16(f, v), put_le16(f, v >> 16); }

/** Bytes from a page of them that was made once: nothing here looks at random bytes one by one. */
static void put_random(struct frame *f, uint32_t n) {
  static uint8_t page[65536];
  if (!page[0]) for (uint32_t i = 0; i < sizeof page; i++) page[i] = (uint8_t)(roll(4) ? roll(256) | !i : !i);
  if (n > LONGEST_FRAME - f->n) n = LONGEST_FRAME - f->n;
  memcpy(f->p + f->n, page + roll(sizeof page - 2048), n);
  f->n += n;
}
static void put_text(struct frame *f, const char *text) { while (*text) put_u8(f, (uint8_t)*text++); }

static uint32_t address4(void) {
  switch (roll(16)) {
    case 0: return ONE_OF(0, 0x7f000001, 0xffffffff, 0xe0000001, 0xf0000001, 0xa9fe0001, 0xefff000a, 0xef010203);
    case 1: return roll(0xffffffff);
    case 2: return 0x0a000c00 + roll(4);
    case 3: return 0xc0000234 + roll(5);
    case 4: return 0x0a000300 + roll(300);
    case 5: return 0x0a000000 + roll(65536);
    case 6: case 7: case 8: case 9: return 0x0a000100 + ONE_OF(7, 9, 9, 9, 1, 127, 128, 200);
    default: return 0x0a000000 + ONE_OF(5, 5, 7, 6, 9, 0x42, 0x44, 0x45, 1, 255, 12, 3);
  }
}
static void put_address6(struct frame *f) {
  static const char *const heads[] = {"\xfd\0\0\0", "\xfd\0\0\0", "\xfd\0\0\1", "\xfd\0\0\2", "\xfe\x80\0\0", "\xff\2\0\0", "\0\0\0\0", "\x20\1\0\0"};
  const uint32_t which = roll(8);
  for (int i = 0; i < 4; i++) put_u8(f, (uint8_t)heads[which][i]);
  put_u32(f, roll(8) ? 0 : 0x80000000), put_u32(f, which == 6 && roll(2) ? 0xffff : which == 7 ? address4() : 0);
  put_u32(f, roll(4) ? roll(10) : which == 5 ? 0xff000000 + roll(10) : address4());
}

/** Now and then a conversation that some rule of the policies is about. */
static struct { uint32_t protocol, from, to, source, port; } talk;
static void choose_talk(void) {
  static const uint32_t known[][5] = {
    {17, 0x0a000005, 0x0a000109, 2000, 5000}, {17, 0x0a000009, 0x0a000109, 3000, 5003}, {6, 0x0a000006, 0x0a000101, 40000, 80},
    {6, 0x0a000005, 0x0a000101, 40001, 443}, {1, 0x0a000005, 0x0a000109, 0, 0}, {17, 0x0a000c01, 0xef010203, 5004, 5004},
    {50, 0x0a000005, 0x0a000109, 0, 0}, {17, 0x0a000005, 0x0a000310, 4000, 9}, {17, 0xc0000201, 0x0a000109, 7777, 7777},
    {17, 0xc0000235, 0xefff000a, 40153, 2000}, {17, 0xc0000236, 0xefff000a, 40153, 2000}, {17, 0x0a000007, 0x0a000107, 5, 6100},
    {17, 0x0a00000c, 0x08080808, 40000, 53}};
  const uint32_t *k = known[roll(sizeof known / sizeof *known)];
  talk.protocol = k[0], talk.from = k[1] + (roll(8) ? 0 : roll(8)), talk.to = k[2], talk.source = k[3] + (k[3] < 5000 || roll(2) ? 0 : roll(9)), talk.port = k[4] + (k[4] < 1024 || roll(6) ? 0 : roll(4));
}
static uint32_t port(void) {
  return roll(8) ? ONE_OF(5000, 5002, 5004, 5001, 443, 80, 22, 53, 7777, 9, 4000, 2000, 6100, 123, 67, 68, 502, 20000, 102, 44818, 2152, 4789, 3544, 6081, 161, 40001, 40153)
                 : roll(65536);
}

// ---- Payloads ------------------------------------------------------------------------------------------------------------------

static void grow_ip(struct frame *f, uint32_t depth);
static void grow_ethernet(struct frame *f, uint32_t depth);

static void grow_dns(struct frame *f) {
  const uint32_t answers = roll(3);
  put_u16(f, roll(65536)), put_u16(f, roll(4) ? (roll(2) ? 0x0100 : 0x8180) + (roll(4) ? 0 : roll(4)) : roll(65536));
  put_u16(f, roll(8) ? 1 : roll(3)), put_u16(f, answers), put_u16(f, 0), put_u16(f, roll(6) ? 0 : 1);
  for (uint32_t label = 1 + roll(4); label--;) {
    const uint32_t n = 1 + roll(roll(4) ? 12 : 63);
    put_u8(f, n);
    for (uint32_t i = 0; i < n; i++) put_u8(f, roll(8) ? 'a' + roll(26) : roll(256));
  }
  put_text(f, "\7example\3com"), put_u8(f, 0);
  put_u16(f, ONE_OF(1, 28, 16, 12, 10, 255)), put_u16(f, 1);
  for (uint32_t i = 0; i < answers; i++) {
    put_u16(f, roll(8) ? 0xc00c : roll(65536)), put_u16(f, ONE_OF(1, 16, 28, 5)), put_u16(f, 1), put_u32(f, 60);
    const uint32_t n = ONE_OF(4, 16, 100, 0);
    put_u16(f, n), put_random(f, n);
  }
}

static void grow_message(struct frame *f) {
  static uint64_t counter = 10000000;
  counter += 1 + roll(40000);
  const uint32_t rt = roll(8) ? roll(10) : roll(32), transmit = roll(2), sa = roll(6) ? 1 + roll(9) : roll(32), count = roll(32);
  const uint32_t words = count ? count : 32, mode = sa == 0 || sa == 31, between = !transmit && !mode && !roll(6);
  const uint32_t data = mode ? (count & 16 ? 1 : 0) : words, n = 2 * (data + 2 + 2 * between);
  put_le32(f, (uint32_t)counter), put_le16(f, (uint32_t)(counter >> 32)), put_le16(f, 0);
  put_le16(f, (roll(2) << 13) | (between << 11) | (roll(10) ? 0 : roll(65536))); // bus, transfer between terminals, errors
  put_le16(f, roll(256)), put_le16(f, roll(20) ? n : roll(80));
  put_le16(f, rt << 11 | transmit << 10 | sa << 5 | count);
  if (between) put_le16(f, roll(10) << 11 | 1 << 10 | (1 + roll(9)) << 5 | count), put_le16(f, roll(10) << 11);
  if (transmit || mode) put_le16(f, rt << 11 | (roll(10) ? 0 : roll(2048)));
  for (uint32_t i = 0; i < data; i++) put_le16(f, roll(3) ? roll(8) : roll(65536));
  if (!transmit && !mode) put_le16(f, rt << 11);
}

static void grow_chapter10(struct frame *f) {
  static uint32_t sequence;
  const uint32_t from = f->n, type = roll(6) ? 0x19 : ONE_OF(0x11, 0x11, 1, 0x68, 0x40, 0x18, 0x1a, 0x69, 0x30), sum = roll(4);
  put_le16(f, 0xeb25), put_le16(f, roll(12) ? 2 : roll(20)), put_le32(f, 0), put_le32(f, 0);
  put_u8(f, roll(8) ? 6 : roll(16)), put_u8(f, sequence++), put_u8(f, sum | (roll(10) ? 0 : roll(256))), put_u8(f, type);
  put_le32(f, roll(0x7fffffff)), put_le16(f, 0), put_le16(f, 0);
  if (f->p[from + 14] & 0x80) put_random(f, 12);
  const uint32_t body = f->n;
  if (type == 0x19) {
    const uint32_t n = 1 + roll(6);
    put_le32(f, roll(10) ? n : roll(0xffffff));
    for (uint32_t i = 0; i < n; i++) grow_message(f);
  } else if (type == 0x11) {
    put_le32(f, ONE_OF(0x0100, 0x1100, 0x2101, 0x0000, 0x0202));
    for (uint32_t i = 0; i < 8; i++) put_u8(f, roll(6) << 4 | roll(10));
  } else if (type == 0x68) {
    put_le32(f, 1), put_random(f, 8), put_le32(f, 80);
    grow_ethernet(f, 3);
  } else if (type == 1) {
    put_le32(f, 0), put_text(f, "R-1\\TK1-1:6;R-1\\CDT-1:1553IN;R-1\\CDLN-1:A;B-1\\DLN:A;B-1\\BNA-1:M1;");
  } else put_random(f, roll(80));
  const uint32_t data = f->n - body;
  while ((f->n - from) & 3 && f->n < LONGEST_FRAME) put_u8(f, 0);
  if (sum) put_le32(f, 0);
  uint8_t *p = f->p + from;
  const uint32_t length = f->n - from;
  put16le(p + 4, length), put16le(p + 6, 0), put16le(p + 8, data), put16le(p + 10, 0);
}

static void grow_recorder(struct frame *f) {
  static uint32_t number;
  number++;
  if (roll(3)) put_le32(f, 1 | number << 8); // format 1, a whole packet
  else if (roll(2)) put_u8(f, 2 | roll(2) << 4), put_u8(f, number), put_u8(f, number >> 8), put_u8(f, number >> 16), put_le32(f, roll(3) ? 0 : roll(2000)), put_le32(f, 0);
  else put_le16(f, 3), put_le16(f, roll(2) ? 0 : roll(65536)), put_le32(f, number);
  for (uint32_t n = 1 + roll(3); n--;) grow_chapter10(f);
}

/** A frame of a transfer (transfer/README.md), so that sealing it can make it genuine. */
static void grow_transfer(struct frame *f) {
  static uint32_t number;
  const uint32_t from = f->n;
  const uint32_t kind = roll(4), length = kind == 2 ? 8 + roll(1200) : kind == 1 ? 41 + 10 : kind == 3 ? 40 : 0;
  put_le32(f, 0x00010157), put_le32(f, 1 + roll(2)), put_le32(f, 0), put_le32(f, 0);
  put_le32(f, ++number), put_le32(f, 0), put_le32(f, number / 16), put_u8(f, number % 16), put_u8(f, 16), put_u8(f, 4), put_u8(f, 1);
  while (f->n < from + 32 && f->n < LONGEST_FRAME) put_u8(f, 0);
  put_le16(f, length), put_u8(f, kind), put_u8(f, 0), put_le32(f, roll(4));
  if (kind) put_le32(f, roll(2000)), put_le32(f, 0);
  if (kind == 1) put_random(f, 32), put_u8(f, 10), put_text(f, "report.txt");
  if (kind == 2) for (uint32_t i = 8; i < length; i++) put_u8(f, 32 + roll(90));
  while (f->n < from + TRANSFER_FRAME && f->n < LONGEST_FRAME) put_u8(f, 0);
}

static void grow_payload(struct frame *f, uint32_t to, uint32_t depth) {
  if (to == 53 && roll(4)) grow_dns(f);
  else if (to == 2000 && roll(8)) grow_recorder(f);
  else if (to == 6100 && roll(4)) grow_transfer(f);
  else if (to == 2152 && depth < 3) put_u32(f, 0x30ff0000 | roll(200)), put_u32(f, roll(9)), grow_ip(f, depth + 1);
  else if (to == 4789 && depth < 3) put_u32(f, 0x08000000), put_u32(f, roll(9) << 8), grow_ethernet(f, depth + 1);
  else if (to == 6081 && depth < 3) put_u32(f, 0x00006558), put_u32(f, roll(9) << 8), grow_ethernet(f, depth + 1);
  else if (to == 3544 && depth < 3) grow_ip(f, depth + 1);
  else put_random(f, roll(8) ? roll(4) ? roll(120) : roll(1500) : roll(8));
}

// ---- Layers ----------------------------------------------------------------------------------------------------------------------

static void grow_tcp(struct frame *f, uint32_t depth) {
  static uint32_t sequence = 1;
  const uint32_t to = talk.port && !depth ? talk.port : port(), options = roll(4) ? 0 : roll(11);
  put_u16(f, talk.port && !depth ? talk.source : roll(3) ? 40000 + roll(8) : port()), put_u16(f, to), put_u32(f, sequence += roll(3)), put_u32(f, roll(4) ? sequence : 0);
  put_u8(f, (5 + options) << 4), put_u8(f, roll(12) ? ONE_OF(2, 18, 16, 24, 17, 4, 20) : roll(256)), put_u16(f, roll(65536)), put_u16(f, 0), put_u16(f, roll(30) ? 0 : 9);
  for (uint32_t i = 0; i < options; i++) put_u32(f, roll(3) ? 0x01010101 : roll(0x08080808));
  if (roll(3)) grow_payload(f, to, depth);
}

static void grow_transport(struct frame *f, uint32_t protocol, uint32_t depth) {
  const uint32_t from = f->n, to = talk.port && !depth ? talk.port : port();
  switch (protocol) {
    case 17:
      put_u16(f, talk.port && !depth ? talk.source : roll(6) ? port() : 53), put_u16(f, to), put_u16(f, 0), put_u16(f, roll(20) ? 1 : 0);
      grow_payload(f, to, depth);
      put16(f->p + from + 4, f->n - from);
      break;
    case 6: grow_tcp(f, depth); break;
    case 1: case 58:
      put_u8(f, protocol == 1 ? ONE_OF(8, 0, 8, 0, 3, 11, 5) : ONE_OF(128, 129, 1, 2, 135, 136, 134, 133)), put_u8(f, roll(4) ? 0 : roll(16));
      put_u16(f, 0), put_u32(f, roll(9));
      if (depth < 3 && !roll(3)) grow_ip(f, depth + 1);
      else put_random(f, roll(64));
      break;
    case 2: put_u8(f, ONE_OF(0x11, 0x16, 0x17, 0x22)), put_u8(f, 0), put_u16(f, 0), put_u32(f, address4()), put_random(f, roll(16)); break;
    case 4: case 41: if (depth < 3) grow_ip(f, depth + 1); break;
    case 47:
      put_u16(f, ONE_OF(0, 0x2000, 0x8000, 0xb000)), put_u16(f, ONE_OF(0x0800, 0x86dd, 0x6558, 0x88be));
      if (f->p[from] & 0x80) put_u32(f, 0);
      if (f->p[from] & 0x20) put_u32(f, 7);
      if (f->p[from] & 0x10) put_u32(f, 1);
      if (depth < 3) { if (roll(2)) grow_ip(f, depth + 1); else grow_ethernet(f, depth + 1); }
      break;
    case 132: put_u16(f, port()), put_u16(f, port()), put_u32(f, 7), put_u32(f, 0), put_u8(f, roll(15)), put_u8(f, 0), put_u16(f, 4 + roll(30)), put_random(f, 30); break;
    default: put_random(f, roll(60));
  }
}

static uint32_t protocol(uint32_t six) {
  return roll(24) ? ONE_OF(17, 17, 17, 6, 6, 6, six ? 58 : 1) : ONE_OF(1, 2, 4, 41, 47, 50, 51, 58, 89, 132, 0, 60, 44);
}

static void grow_ip(struct frame *f, uint32_t depth) {
  memset(&talk, 0, sizeof talk);
  if (!depth && roll(2)) choose_talk();
  const uint32_t from = f->n, six = !talk.protocol && !roll(3);
  const uint32_t next = talk.protocol ? talk.protocol : protocol(six);
  if (!six) {
    const uint32_t options = roll(24) ? 0 : 1 + roll(10);
    put_u8(f, 0x45 + options), put_u8(f, roll(8) ? 0 : roll(256)), put_u16(f, 0), put_u16(f, roll(4) ? roll(65536) : 7);
    put_u16(f, roll(20) ? ONE_OF(0, 0x4000) : roll(3) ? roll(8) | roll(2) << 13 : roll(65536)), put_u8(f, roll(16) ? ONE_OF(64, 128, 255) : roll(4)), put_u8(f, next), put_u16(f, 0);
    put_u32(f, talk.protocol ? talk.from : address4()), put_u32(f, talk.protocol ? talk.to : address4());
    for (uint32_t i = 0; i < options; i++) put_u32(f, roll(2) ? 0x01010101 : roll(0xffffffff));
    grow_transport(f, next, depth);
    put16(f->p + from + 2, f->n - from);
    put16(f->p + from + 10, 0);
    if (depth) put16(f->p + from + 10, folded(sum16(f->p + from, 20 + 4 * options, 0)));
    return;
  }
  put_u32(f, 0x60000000 | (roll(8) ? 0 : roll(0xfffffff))), put_u16(f, 0), put_u8(f, next), put_u8(f, roll(16) ? 64 : roll(4));
  if (roll(3)) put_u32(f, 0xfd000000), put_u32(f, 0), put_u32(f, 0), put_u32(f, roll(9)), put_u32(f, 0xfd000001), put_u32(f, 0), put_u32(f, 0), put_u32(f, 9);
  else put_address6(f), put_address6(f);
  for (uint32_t before = from + 6; !roll(8);) { // an extension header
    const uint32_t kind = ONE_OF(0, 60, 43, 44), words = kind == 44 ? 0 : roll(3);
    f->p[before] = (uint8_t)kind;
    before = f->n;
    put_u8(f, next), put_u8(f, words);
    put_random(f, 6 + 8 * words);
  }
  grow_transport(f, next, depth);
  put16(f->p + from + 4, f->n - from - 40);
}

static void grow_ethernet(struct frame *f, uint32_t depth) {
  const uint32_t from = f->n;
  static const uint8_t hosts[][6] = {{2, 0, 0, 0, 0, 5}, {2, 0, 0, 0, 0, 9}, {2, 0, 0, 0, 0x15, 0x53}, {2, 0, 0, 0, 0, 7}};
  for (int end = 0; end < 2; end++) {
    if (!end && !roll(12)) { for (int i = 0; i < 6; i++) put_u8(f, 255); continue; }
    const uint32_t which = roll(4), last = roll(12) ? 0 : roll(256);
    for (int i = 0; i < 6; i++) put_u8(f, hosts[which][i] ^ (i == 5 ? last : 0));
  }
  for (uint32_t tags = roll(12) ? 0 : 1 + roll(2); tags--;) put_u16(f, roll(8) ? 0x8100 : 0x88a8), put_u16(f, roll(4) ? 12 : roll(65536));
  switch (roll(24)) {
    case 0: // ARP
      put_u16(f, 0x0806), put_u32(f, 0x00010800), put_u16(f, 0x0604), put_u16(f, roll(12) ? 1 + roll(2) : roll(30));
      for (int end = 0; end < 2; end++) { for (int i = 0; i < 6; i++) put_u8(f, hosts[roll(4)][i]); put_u32(f, address4()); }
      break;
    case 1: put_u16(f, ONE_OF(0x88cc, 0x8847, 0x8864, 0x88e7, 0x88b8, 0x8892, 0x9000)), put_random(f, 46 + roll(40)); break;
    case 2: put_u16(f, 3 + roll(60)), put_u32(f, ONE_OF(0xaaaa0300, 0x42420300, 0xe0e00300)), put_random(f, 46); break;
    case 3: put_u16(f, 0x8847), put_u32(f, roll(0xfffff) << 12 | 0x140), grow_ip(f, depth); break;
    default: {
      const uint32_t at = f->n;
      put_u16(f, 0), grow_ip(f, depth);
      if (at + 2 < f->n) put16(f->p + at, f->p[at + 2] >> 4 == 6 ? 0x86dd : 0x0800);
    }
  }
  while (f->n - from < 60 && f->n < LONGEST_FRAME) put_u8(f, 0); // of a frame that is full put_u8 writes nothing
}

// ---- All ---------------------------------------------------------------------------------------------------------------------------

static void spoil(struct frame *f) {
  for (uint32_t times = 1 + roll(3); times--;) {
    if (f->n < 16) return;
    const uint32_t at = roll(f->n < 80 || !roll(3) ? f->n : 80);
    switch (roll(6)) {
      case 0: f->p[at] ^= (uint8_t)(1u << roll(8)); break;
      case 1: f->p[at] = (uint8_t)ONE_OF(0, 255, 1, 127, 128); break;
      case 2: f->n = 1 + roll(f->n); break;
      case 3: put_random(f, 1 + roll(40)); break;
      case 4: if (at + 2 < f->n) put16(f->p + at, get16(f->p + at) + ONE_OF(1, 0xffff, 4, 0xfffc)); break;
      default: if (at + 4 < f->n) memmove(f->p + at, f->p + at + 1, f->n - at - 1); break;
    }
  }
}

/** One frame at `p`, of at most LONGEST_FRAME bytes; returns its length. `from`: one to change instead of a new one, or 0. */
static uint32_t grow(uint8_t *p, const uint8_t *from, uint32_t length) {
  struct frame f = {p, 0};
  if (from) memcpy(p, from, length), f.n = length;
  else grow_ethernet(&f, 0);
  if (from ? roll(4) : !roll(8)) spoil(&f);
  for (uint32_t at = 14; at + 24 < f.n && at < 80; at += 2)
    if (roll(16) && get16le(p + at) == 0xeb25) { seal_chapter10(p + at, f.n - at); break; }
  if (roll(16)) seal_frame(p, f.n);
  return f.n;
}

#endif
