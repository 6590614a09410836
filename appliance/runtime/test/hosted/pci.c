// arch/x86_64/pci.c and virtio/transport.h as they are, as a program of the build machine, against a simulated PCI: ports
// answer from a configuration space that is written down here, registers are this program's memory. What honest devices must
// come to is written down once, from VIRTIO 1.2 (4.1) and PCI Local Bus 3.0; then every byte of the configuration space is
// changed, and what comes of it must still lie in one page where no memory is. Like the code it tests, it is for x86-64.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "kernel/arch.h"
#define outb real_outb
#define outl real_outl
#define outw real_outw
#define inb real_inb
#define inl real_inl
#include "cpu.h"
#undef outb
#undef outl
#undef outw
#undef inb
#undef inl
static void outl(uint16_t port, uint32_t value);
static void outw(uint16_t port, uint16_t value);
static uint32_t inl(uint16_t port);
static uint8_t inb(uint16_t port);
#include "arch/x86_64/pci.c"
#include <virtio/transport.h>

static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

// ---- The machine ------------------------------------------------------------------------------------------------------

#define MOST 256
static uint8_t space[MOST][256];    // each function's configuration
static bool present[MOST];
static uint64_t window;             // where registers are: memory of this program, all of it mapped
#define WINDOW (16 * PAGE)
#define HIGH 0x200000000000ull        // the same many bytes, where only a BAR of 64 bits leads
static uint32_t address, accesses;
static enum { WORKS, ABSENT, ECHO } ports;
static uint32_t last;               // the last thing that went through a port
static char said[256], log_[4096];
static jmp_buf over;

bool arch_may_be_device(uint64_t base) {
  if (base & (PAGE - 1)) wrong("not a page is asked for");
  return (base >= window && base < window + WINDOW) || (base >= HIGH && base < HIGH + WINDOW);
}
_Noreturn void refuse(enum weir_exit code, const char *why) {
  if (code != EXIT_DEVICES) wrong("it refuses with another code");
  strcpy(said, why);
  longjmp(over, 1);
}

static void outl(uint16_t port, uint32_t value) {
  if (++accesses > 100000) wrong("it goes on for ever");
  last = value;
  if (port != 0xcf8) wrong("a register of 16 bits is written with 32");
  address = value;
}
static void outw(uint16_t port, uint16_t value) {
  if (++accesses > 100000) wrong("it goes on for ever");
  last = value;
  if (port != 0xcfc && port != 0xcfe) wrong("an unknown port");
  const uint32_t function = address >> 8 & 0xffff, at = (address & 0xff) + (port - 0xcfc);
  if (!(address >> 31) || address & 3 || function >= MOST || !present[function]) wrong("a missing function is configured");
  char one[64];
  sprintf(one, "%x.%x=%x ", function, at, value);
  if (strlen(log_) + strlen(one) < sizeof log_) strcat(log_, one);
}
static uint32_t inl(uint16_t port) {
  if (++accesses > 100000) wrong("it goes on for ever");
  if (ports != WORKS) return ports == ECHO ? last : ~0u;
  if (port == 0xcf8) return address;
  const uint32_t function = address >> 8 & 0xffff;
  if (port != 0xcfc || !(address >> 31) || address & 3 || function >= MOST) wrong("it reads from an invalid place");
  if (!present[function]) return ~0u;
  uint32_t value;
  memcpy(&value, &space[function][address & 0xff], 4);
  return value;
}
static uint8_t inb(uint16_t port) {
  if (port != 0x3fd) wrong("it reads from an unknown port");
  last = (last & ~0xffu) | 0x60;
  return 0x60;
}

// ---- Devices ------------------------------------------------------------------------------------------------------------

static void put32(int f, int at, uint32_t value) { memcpy(&space[f][at], &value, 4); }

static void capability(int f, int at, uint8_t id, int next_at, uint8_t size, uint8_t kind, uint8_t bar, uint32_t offset, uint32_t length) {
  space[f][at] = id, space[f][at + 1] = (uint8_t)next_at, space[f][at + 2] = size, space[f][at + 3] = kind, space[f][at + 4] = bar;
  put32(f, at + 8, offset), put32(f, at + 12, length);
}

/** A function of QEMU's kind: BAR 1 has the interrupts, BAR 4, of 64 bits, all else. Registers take four pages from page `first` on. */
static void plug(int f, int first, uint16_t device, uint16_t subsystem) {
  const uint64_t bar = window + (uint64_t)first * PAGE;
  present[f] = true;
  memset(space[f], 0, sizeof space[f]);
  put32(f, 0x00, (uint32_t)device << 16 | 0x1af4);
  put32(f, 0x04, 0x00100007);
  put32(f, 0x2c, (uint32_t)subsystem << 16 | 0x1af4);
  put32(f, 0x14, (uint32_t)(bar + 3 * PAGE));
  put32(f, 0x20, (uint32_t)bar | 0xc), put32(f, 0x24, (uint32_t)(bar >> 32));
  space[f][0x34] = 0x98;
  capability(f, 0x84, 0x09, 0x70, 20, 5, 0, 0, 0); // configuration access: not for us
  capability(f, 0x70, 0x09, 0x60, 20, 2, 4, 0x2000, 0x1000), put32(f, 0x80, 4);
  capability(f, 0x60, 0x09, 0x50, 16, 4, 4, 0x1800, 0x800);
  capability(f, 0x50, 0x09, 0x40, 16, 3, 4, 0x1000, 0x800);
  capability(f, 0x40, 0x09, 0x00, 16, 1, 4, 0x0010, 0x38);
  space[f][0x98] = 0x11, space[f][0x99] = 0x84, put32(f, 0x9c, 0x10 | 1), put32(f, 0xa0, 0x20 | 1);
}

static void clear(void) {
  memset(space, 0, sizeof space), memset(present, 0, sizeof present);
  address = accesses = last = 0, next = 0, ports = WORKS, said[0] = log_[0] = 0;
  present[0] = true, put32(0, 0, 0x29c08086); // the host bridge
}

/** Returns how many transports are found, at most four; -1 when they are refused. */
static struct transport found[4];
static int scan(void) {
  if (setjmp(over)) return -1;
  int n = 0;
  while (n < 4 && pci_device(&found[n])) n++;
  return n;
}

static void honest(void) {
  static const int places[][3] = {{2 * 8, 3 * 8, 4 * 8}, {31 * 8 + 7, 5 * 8 + 1, 5 * 8}, {1 * 8, 30 * 8, 31 * 8}};
  for (int trial = 0; trial < 3; trial++) {
    clear();
    for (int n = 0; n < 3; n++) {
      const int f = places[trial][n];
      if (n & 1) plug(f, 4 * n, 0x1000, 1); // transitional
      else plug(f, 4 * n, 0x1041, 0x1100);
      for (int slot = f & ~7; slot < f; slot++) if (!present[slot]) present[slot] = true, put32(slot, 0, 0x12348086);
      put32(f & ~7, 0x0c, 0x00800000);
    }
    if (trial == 2) plug(31 * 8, 8, 0x1041, 0x1100), put32(1 * 8, 0x0c, 0), put32(31 * 8, 0x0c, 0), plug(31 * 8 + 1, 12, 0x1041, 1); // a device of one function: others are not looked for
    if (scan() != 3) wrong(said[0] ? said : "honest devices are not found");
    for (int n = 0; n < 3; n++) {
      int which = 0;
      while (which < 3 && found[n].pci != (0x80000000u | (uint32_t)places[trial][which] << 8)) which++;
      if (which == 3) wrong("a missing device was read");
      const uint64_t bar = window + 4 * (uint64_t)which * PAGE;
      const struct transport *t = &found[n];
      if (t->base != bar + 0x10 || t->config != bar + 0x1800 || t->bell != bar + 0x2000 || t->vectors != bar + 3 * PAGE + 0x10 ||
          t->msix != 0x98 || t->id != 1 || t->bell_size != 0x1000 || t->bell_step != 4 || t->line) wrong("a device is elsewhere");
      char one[32];
      sprintf(one, "%x.4=402 ", places[trial][which]);
      if (!strstr(log_, one)) wrong("a device may reach memory before it is known");
    }
    if (strlen(log_) > 3 * 12) printf("%s\n", log_), wrong("more is configured");
    log_[0] = 0;
    pci_enable(&found[0]);
    pci_interrupts(&found[1], 33);
    char wanted[64];
    sprintf(wanted, "%x.4=406 %x.9a=8000 ", found[0].pci >> 8 & 0xff, found[1].pci >> 8 & 0xff);
    if (strcmp(log_, wanted)) printf("%s\n", log_), wrong("other switches");
    if (memcmp((void *)found[1].vectors, (const uint32_t[4]){0xfee00000, 0, 33, 0}, 16)) wrong("another interrupt");
  }
}

/** The registers, on both transports: which, how wide, and in which byte. */
static void registers(void) {
  static const struct { uint32_t at; uint8_t place, bytes; } all[] = { // 4.2.2 and 4.1.4.3
    {0x10, 4, 4}, {0x14, 0, 4}, {0x20, 12, 4}, {0x24, 8, 4}, {0x30, 0x16, 2}, {0x34, 0x18, 2}, {0x38, 0x18, 2}, {0x44, 0x1c, 2},
    {0x70, 0x14, 1}, {0x80, 0x20, 4}, {0x84, 0x24, 4}, {0x90, 0x28, 4}, {0x94, 0x2c, 4}, {0xa0, 0x30, 4}, {0xa4, 0x34, 4}};
  uint8_t *const at = (uint8_t *)window;
  struct transport pci = {.base = window, .bell = window + PAGE, .bell_step = 4, .bell_size = 6, .pci = 0x80001000}, mmio = {.base = window, .bell = window + 0x50};
  for (unsigned n = 0; n < sizeof all / sizeof *all; n++) {
    uint8_t wanted[512];
    for (int on = 0; on < 2; on++) {
      const uint32_t place = on ? all[n].place : all[n].at, bytes = on ? all[n].bytes : 4, value = 0x81828384;
      memset(at, 0x5a, 512), memset(wanted, 0x5a, 512);
      memcpy(wanted + place, &value, bytes);
      transport_write(on ? &pci : &mmio, all[n].at, value);
      if (memcmp(at, wanted, 512)) wrong("another register is written");
      if (transport_read(on ? &pci : &mmio, all[n].at) != (bytes == 4 ? value : value & ((1u << 8 * bytes) - 1))) wrong("another register is read");
    }
  }
  memset(at, 0, 2 * PAGE);
  transport_notify(&mmio, 0x12345);
  if (memcmp(at + 0x50, (const uint32_t[1]){0x12345}, 4)) wrong("doorbell of virtio-mmio");
  transport_notify(&pci, 0x12345);
  if (memcmp(at + PAGE, (const uint32_t[1]){0x2345}, 4)) wrong("doorbell of virtio-pci");
  // The queue's doorbell: 4 * 1 is the last that fits into 6 bytes
  at[0x1e] = 1, at[0x1a] = 0xff;
  struct transport one = pci, other = pci;
  if (!transport_queue(&one, false) || one.bell != window + PAGE + 4 || at[0x1a] != 0xff) wrong("doorbell of a queue");
  if (!transport_queue(&other, true) || other.bell != window + PAGE + 4 || at[0x1a] || at[0x1b]) wrong("interrupt of a queue");
  one = pci, one.bell_size = 5;
  if (transport_queue(&one, false) || one.bell != window + PAGE) wrong("a doorbell outside its registers");
  at[0x1e] = at[0x1f] = 0xff, one = pci, one.bell_step = ~0u, one.bell_size = PAGE;
  if (transport_queue(&one, false)) wrong("a doorbell far outside its registers");
  one = mmio;
  if (!transport_queue(&one, true) || memcmp(&one, &mmio, sizeof one)) wrong("virtio-mmio has no such thing");
}

// ---- Registers, which are not memory: each access to their page is seen, by a fault and a single step ------------------------

static unsigned resets_left, reset_reads; // how often status is still not 0
static bool deaf, writes;                 // it takes no vector; the access is a write
static volatile uint64_t touched;

static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal;
  ucontext_t *at = context;
  touched = (uint64_t)info->si_addr - window;
  writes = at->uc_mcontext.gregs[REG_ERR] & 2;
  mprotect((void *)window, PAGE, PROT_READ | PROT_WRITE);
  if (touched == 0x14 && !writes) reset_reads++, *(uint8_t *)(window + 0x14) = resets_left ? resets_left--, 0x80 : 0;
  at->uc_mcontext.gregs[REG_EFL] |= 0x100;
}
static void on_step(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  if (touched == 0x1a && writes && deaf) memset((void *)(window + 0x1a), 0xff, 2);
  mprotect((void *)window, PAGE, PROT_NONE);
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100ll;
}

static void devices_of_their_own(void) {
  struct sigaction fault = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &fault, 0), sigaction(SIGTRAP, &step, 0);
  const struct transport t = {.base = window, .bell = window + PAGE, .bell_step = 4, .bell_size = 8, .pci = 0x80001000};
  memset((void *)window, 0, PAGE);
  mprotect((void *)window, PAGE, PROT_NONE);
  resets_left = 5, reset_reads = 0;
  transport_write(&t, MMIO_STATUS, 0);
  if (reset_reads != 6) wrong("a reset is not waited for");
  resets_left = 5, reset_reads = 0;
  transport_write(&t, MMIO_STATUS, 3);
  transport_write(&t, MMIO_QUEUE_READY, 0);
  if (reset_reads) wrong("it waits for what is no reset");
  resets_left = ~0u;
  transport_write(&t, MMIO_STATUS, 0);
  if (reset_reads < 1000 || reset_reads > 10000) wrong("a device that is never reset");
  struct transport one = t;
  deaf = true;
  if (transport_queue(&one, true)) wrong("an interrupt that it cannot have");
  one = t;
  if (!transport_queue(&one, false)) wrong("a queue that has no interrupt");
  mprotect((void *)window, PAGE, PROT_READ | PROT_WRITE);
  signal(SIGSEGV, SIG_DFL), signal(SIGTRAP, SIG_DFL);
}

/** Each byte of a device's configuration takes each value: what is found lies in its page, or the device is refused. */
static void hostile(void) {
  unsigned refused = 0, taken = 0;
  for (int at = 0; at < 256; at++) for (int value = 0; value < 256; value++) {
    clear();
    plug(16, 4, 0x1041, 0x1100);
    space[16][at] = (uint8_t)value;
    const int n = scan();
    if (n < 0) {
      refused++;
      if (!strstr(said, "not of VIRTIO 1")) wrong("what it says");
      continue;
    }
    if (n > 1) wrong("a device more");
    if (!n || found[0].id != 1) continue;
    taken++;
    const struct { uint64_t at; uint32_t needed; } places[] = {{found[0].base, 0x38}, {found[0].config, 6}, {found[0].bell, 2}, {found[0].vectors, 16}};
    for (int p = 0; p < 4; p++) {
      const uint64_t page = places[p].at & ~(PAGE - 1);
      if (!arch_may_be_device(page) || places[p].at + places[p].needed > page + PAGE) wrong("registers in memory, or past their page");
    }
    if ((found[0].bell & (PAGE - 1)) + found[0].bell_size > PAGE) wrong("doorbells past their page");
    if (found[0].msix < 0x40 || found[0].msix > 0xf4) wrong("a switch outside the configuration");
  }
  if (refused < 1000 || taken < 10000) printf("%u refused, %u taken\n", refused, taken), wrong("nothing was tried");
}

/** One fault in each case, and the result that is expected. */
static void cases(void) {
#define CASE(change, wanted) clear(); plug(16, 4, 0x1041, 0x1100); change; if (scan() != (wanted)) printf("%s\n", said), wrong(#change)
  const uint64_t bar = window + 4 * PAGE;
  CASE((void)0, 1);
  CASE(ports = ABSENT, 0); CASE(ports = ECHO, 0);
  if (accesses > 4) wrong("it asks on where there is no PCI");
  CASE(put32(16, 4, 7), -1);                                // no capabilities
  CASE(put32(16, 0, 0x10411af5), 0); CASE(put32(16, 0, 0x0fff1af4), 0); CASE(put32(16, 0, 0x10801af4), 0);
  CASE(put32(16, 0, 0x107f1af4), 1); if (found[0].id != 0x3f) wrong("kind");
  CASE(put32(16, 0, 0x10401af4), 1); if (found[0].id != 0) wrong("kind");
  CASE(put32(16, 0, 0x103f1af4), 1); if (found[0].id != 0x1100) wrong("kind, transitional");
  CASE(put32(16, 0, 0x10421af4), 1); if (found[0].id != 2 || log_[0]) wrong("another kind, or it is configured");
  CASE(put32(16, 0x20, (uint32_t)bar | 5), -1);             // ports
  CASE(put32(16, 0x20, 0xc); put32(16, 0x24, 0), -1);       // not set
  CASE(put32(16, 0x24, 0xffffffff), -1);                    // elsewhere
  CASE(put32(16, 0x24, 0x2000); put32(16, 0x20, 0x0000000c); put32(16, 0x14, (uint32_t)bar), 1); if (found[0].base != HIGH + 0x10) wrong("above 4 GiB");
  CASE(put32(16, 0x24, 0x2001), -1);
  CASE(space[16][0x44] = 0; put32(16, 0x48, (uint32_t)bar), -1);  // in a BAR that is not set, by its offset
  CASE(put32(16, 0x18, 0x40000004); put32(16, 0x1c, 0xffffffff); space[16][0x44] = 2; put32(16, 0x48, 0xf0000000), -1); // round the end
  CASE(put32(16, 0x18, 0x20000004); put32(16, 0x1c, 0); space[16][0x44] = 2; put32(16, 0x48, 0x10000000), 1); if (found[0].base != window) wrong("another BAR");
  CASE(space[16][0x44] = 6, -1); CASE(space[16][0x44] = 255, -1);
  CASE(put32(16, 0x28, (uint32_t)bar); space[16][0x44] = 6, -1);
  CASE(put32(16, 0x20, (uint32_t)bar | 8); put32(16, 0x24, (uint32_t)bar); space[16][0x44] = 5, 1); if (found[0].base != bar + 0x10) wrong("the last BAR");
  CASE(put32(16, 0x20, (uint32_t)bar | 8); put32(16, 0x24, (uint32_t)bar | 4); space[16][0x44] = 5, -1); // of 64 bits, and nothing behind it
  CASE(put32(16, 0x48, 0x1000 - 0x38), 1); CASE(put32(16, 0x48, 0x1000 - 0x37), -1);
  CASE(put32(16, 0x4c, 0x37), -1); CASE(put32(16, 0x4c, 0x1000), 1);
  CASE(put32(16, 0x68, 0x1ffa), 1); CASE(put32(16, 0x68, 0x1ffb), -1); CASE(put32(16, 0x6c, 6), 1); CASE(put32(16, 0x6c, 5), -1);
  CASE(put32(16, 0x78, 0x2ffe), 1); if (found[0].bell_size != 2) wrong("doorbells of one page");
  CASE(put32(16, 0x78, 0x2fff), -1);
  CASE(put32(16, 0x7c, 2), 1); if (found[0].bell_size != 2) wrong("doorbells");
  CASE(put32(16, 0x7c, 1), -1); CASE(put32(16, 0x7c, 0x100000), 1); if (found[0].bell_size != 0x1000) wrong("doorbells of one page");
  CASE(put32(16, 0x9c, 0xff1), 1); CASE(put32(16, 0x9c, 0xff9), -1); CASE(put32(16, 0x9c, 0x7), -1);
  CASE(space[16][0x98] = 0x12, -1); CASE(space[16][0x41] = 0x40, 1); CASE(space[16][0x99] = 0x98, -1); CASE(space[16][0x34] = 0x3c, -1);
  CASE(space[16][0x34] = 0x9b, 1); CASE(space[16][0x99] = 0x87, 1);
  // The first of a kind counts
  CASE(capability(16, 0xc0, 9, 0x98, 16, 1, 4, 0x0, 0x38); space[16][0x34] = 0xc0, 1); if (found[0].base != bar) wrong("the second");
  CASE(capability(16, 0xc0, 9, 0x98, 16, 4, 4, 0x1000, 8); space[16][0x34] = 0xc0, 1); if (found[0].config != bar + 0x1000) wrong("the second");
  CASE(capability(16, 0xc0, 9, 0x98, 20, 2, 4, 0x2100, 8); put32(16, 0xd0, 2); space[16][0x34] = 0xc0, 1); if (found[0].bell != bar + 0x2100 || found[0].bell_step != 2) wrong("the second");
  CASE(space[16][0xc0] = 0x11; space[16][0xc1] = 0x98; put32(16, 0xc4, 0x41); space[16][0x34] = 0xc0, 1); if (found[0].vectors != bar + 3 * PAGE + 0x40 || found[0].msix != 0xc0) wrong("the second");
  CASE(capability(16, 0xc0, 5, 0x98, 16, 1, 4, 0x0, 0x38); space[16][0x34] = 0xc0, 1); if (found[0].base != bar + 0x10) wrong("another capability");
  // At the very end of the configuration, and past it
  CASE(capability(16, 0xf0, 9, 0x98, 16, 1, 4, 0x0, 0x38); space[16][0x34] = 0xf0, 1); if (found[0].base != bar) wrong("the last capability");
  CASE(capability(16, 0xec, 9, 0x98, 20, 2, 4, 0x2100, 8); put32(16, 0xfc, 2); space[16][0x34] = 0xec, 1); if (found[0].bell != bar + 0x2100) wrong("the last capability");
  CASE(capability(16, 0xf0, 9, 0x98, 20, 2, 4, 0x2100, 8); space[16][0x34] = 0xf0, 1); if (found[0].bell != bar + 0x2000) wrong("a capability past the end");
  CASE(put32(16, 0xf4, 0x02000000 | 9 << 0); space[16][0xf5] = 0x98; space[16][0xf7] = 1; put32(16, 0xf8, 4); space[16][0x34] = 0xf4, 1); if (found[0].base != bar + 0x10) wrong("a capability past the end");
  CASE(space[16][0xf4] = 0x11; space[16][0xf5] = 0x98; put32(16, 0xf8, 0x41); space[16][0x34] = 0xf4, 1); if (found[0].msix != 0xf4) wrong("the last capability");
  CASE(space[16][0xf8] = 0x11; space[16][0xf9] = 0x98; put32(16, 0xfc, 0x41); space[16][0x34] = 0xf8, 1); if (found[0].msix != 0x98) wrong("a capability past the end");
  // As many as fit
  CASE(for (int at = 0x40; at < 0xfc; at += 4) { space[16][at] = 1; space[16][at + 1] = (uint8_t)(at + 4); } space[16][0xfd] = 0x40; space[16][0x34] = 0x40, -1);
  if (accesses > 2000) wrong("it goes round");
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  // Below 4 GiB, as BARs of 32 bits are
  window = (uint64_t)mmap((void *)0x30000000, WINDOW, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (window != 0x30000000 || mmap((void *)HIGH, WINDOW, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)HIGH) wrong("mmap");
  honest();
  registers();
  devices_of_their_own();
  cases();
  hostile();
  printf("right\n");
  return 0;
}
