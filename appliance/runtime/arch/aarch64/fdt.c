// The device tree (Devicetree Specification 0.4, chapter 5): big-endian words, checked against its own length. Only the
// root's children are read: hypervisors put nothing that is needed any deeper.
#include "cpu.h"

enum { FDT_MAGIC = 0xd00dfeed, FDT_BEGIN_NODE = 1, FDT_END_NODE, FDT_PROP, FDT_NOP, FDT_END = 9 };

struct machine machine;

struct bytes { const uint8_t *at; uint32_t length; };
static struct node { struct bytes compatible, reg, interrupts, method, bootargs, type; } node;

static uint32_t word(const uint8_t *at) { return __builtin_bswap32(*(const uint32_t *)at); }
static uint64_t number(const uint8_t *at) { return (uint64_t)word(at) << 32 | word(at + 4); }

static bool same(const uint8_t *text, uint32_t room, const char *other) {
  for (uint32_t i = 0; i < room; i++) {
    if (text[i] != (uint8_t)other[i]) return false;
    if (!other[i]) return true;
  }
  return false;
}

// Whether a list of texts, each ending in zero, has this one.
static bool has(struct bytes list, const char *text) {
  for (uint32_t i = 0; i < list.length; i++)
    if ((i == 0 || !list.at[i - 1]) && same(list.at + i, list.length - i, text)) return true;
  return false;
}

static bool is(const char *compatible) { return has(node.compatible, compatible); }

// The n-th address or length of `reg`, where both take two words.
static uint64_t reg(uint32_t n) { return node.reg.length >= 8 * (n + 1) ? number(node.reg.at + 8 * n) : 0; }

static void take_memory(void) {
  for (uint32_t i = 0; 16 * (i + 1) <= node.reg.length && machine.memories < MEMORIES; i++) {
    const uint64_t from = reg(2 * i), size = reg(2 * i + 1);
    machine.memory[machine.memories].from = from;
    machine.memory[machine.memories++].to = from + size < from ? from : from + size;
  }
}

// A transport with nothing in it has device id 0 (VIRTIO 1.2, 4.2.3.1.1).
static void take_transport(void) {
  const uint64_t base = reg(0);
  if (!base || base & 511 || base >> 39 || node.interrupts.length < 12 || machine.count == MOST_DEVICES) return;
  if (!*REGISTER(base + MMIO_DEVICE_ID)) return;
  const uint32_t shared = word(node.interrupts.at) == 0; // else one of the CPU's own
  machine.devices[machine.count].base = base;
  machine.devices[machine.count++].line = word(node.interrupts.at + 4) + (shared ? 32 : 16);
}

static void take_node(void) {
  const uint8_t *args = node.bootargs.at;
  if (args && node.bootargs.length && !args[node.bootargs.length - 1]) machine.command_line = (const char *)args;
  if (has(node.type, "memory")) take_memory();
  if (is("virtio,mmio")) take_transport();
  if (is("arm,pl011")) machine.console = reg(0), machine.console_16550 = false;
  if (is("ns16550a") && !machine.console) machine.console = reg(0), machine.console_16550 = true;
  const bool old = is("arm,cortex-a15-gic") || is("arm,gic-400");
  if (old || is("arm,gic-v3")) machine.gic = reg(0), machine.gic_cpu = reg(2), machine.gic_version = old ? 2 : 3;
  if (node.method.length) machine.smc = has(node.method, "smc");
}

static void take_property(const uint8_t *name, uint32_t room, struct bytes value) {
  static const struct { const char *name; struct bytes *to; } wanted[] = {
    {"compatible", &node.compatible}, {"reg", &node.reg}, {"interrupts", &node.interrupts},
    {"method", &node.method}, {"bootargs", &node.bootargs}, {"device_type", &node.type}};
  for (uint32_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
    if (same(name, room, wanted[i].name)) *wanted[i].to = value;
}

bool fdt_read(const uint8_t *fdt) {
  if ((uint64_t)fdt % 4 || word(fdt) != FDT_MAGIC) return false;
  const uint32_t total = word(fdt + 4), begin = word(fdt + 8), names = word(fdt + 12);
  const uint32_t names_size = word(fdt + 32), size = word(fdt + 36);
  if (begin % 4 || begin > total || size > total - begin || names > total || names_size > total - names) return false;
  const uint32_t stop = begin + size;
  uint32_t depth = 0;
  for (uint32_t at = begin; stop - at >= 4;) {
    const uint32_t token = word(fdt + at);
    at += 4;
    if (token == FDT_BEGIN_NODE) {
      while (at < stop && fdt[at]) at++;
      at = (at + 4) & ~3u; // the zero too
      if (at > stop) return false;
      if (++depth == 2) node = (struct node){0};
    } else if (token == FDT_END_NODE) {
      if (depth-- == 2) take_node();
    } else if (token == FDT_PROP) {
      if (stop - at < 8) return false;
      const uint32_t length = word(fdt + at), name = word(fdt + at + 4);
      at += 8;
      if (length > stop - at || name > names_size) return false;
      if (depth == 2) take_property(fdt + names + name, names_size - name, (struct bytes){fdt + at, length});
      at += (length + 3) & ~3u;
      if (at > stop) return false;
    } else if (token != FDT_NOP) {
      return token == FDT_END;
    }
  }
  return false;
}
