// Fuzz target: the kernel part's start (start.c, network.c, crash.c as they are) on a machine whose command line, registers and manifest are the
// input's. Whatever they are: it comes to the user part only with three devices that were told what the one-way rule wants, nothing
// is written to a device before it is known, no device is given a queue that its role has not, and the end resets `out` first.
// An input: u8 how, u16 length of the command line, that, then bytes that answer reads one by one.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "kernel/arch.h"

#include "kernel/network.c"
#include "kernel/start.c"
#include "kernel/crash.c"

#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

static _Noreturn void wrong(const char *what) {
  fprintf(stderr, "FINDING: %s\n", what);
  abort();
}

static const uint8_t *from_, *stop_;
static uint32_t next(void) { return from_ < stop_ ? *from_++ : 0; }

// ---- The machine ---------------------------------------------------------------------------------------------------------------

static jmp_buf over;
static char command_line_[8192];
static bool protected_;
static uint32_t how;

void put(const char *text) { if (!text) wrong("nothing to put"); }
void put_hex(uint64_t value) { (void)value; }
void put_bytes(const volatile uint8_t *bytes, int count) { for (int i = 0; i < count; i++) (void)bytes[i]; }
_Noreturn void refuse(enum weir_exit code, const char *why) { (void)why; longjmp(over, (int)code); }
_Noreturn void stop(uint32_t code) { network_reset(); longjmp(over, code ? (int)code : 1000); }
const char *arch_command_line(const struct arch_boot *boot) { (void)boot; return command_line_; }
uint64_t arch_memory(const struct arch_boot *boot) { (void)boot; return 8 << 20; }
uint64_t arch_clock(char text[16]) { strcpy(text, "fuzz"); return how & 1 ? 0 : 1000000000; }
bool arch_is_memory(const struct arch_boot *boot, uint64_t from, uint64_t to) { (void)boot, (void)from, (void)to; return true; }
void arch_map(uint64_t from, uint64_t to, uint64_t physical, enum arch_rights rights) {
  if (to != from + PAGE || physical != from || from % PAGE || rights != KERNEL_DEVICE || protected_) wrong("registers are mapped with other rights, or more than they are");
}
void arch_protect(void) { protected_ = true; }
void arch_interrupts(const struct transport *of_roles) { (void)of_roles; }
bool arch_timer_works(void) { return !(how & 16); }
uint64_t ring_address(const volatile void *place) { return (uint64_t)place; }
void arch_enable(const struct transport *t) { (void)t; }
void arch_idle(uint64_t nanoseconds) { if (nanoseconds > 4000000000) wrong("it sleeps too long"); }
void arch_put(char c) { (void)c; }
void arch_read_user(void) {}
bool arch_device(uint32_t n, struct transport *t) { (void)n, (void)t; return false; }
void keys_erase(void) {}
void memory_start(const struct arch_boot *boot) { (void)boot; }
_Noreturn void user_start(void) { longjmp(over, -1); }
struct user_crashed user_crashed;
_Noreturn void user_crash(void) { wrong("the user part is called as a function"); }
void arch_registers(uint64_t *registers) { (void)registers; }
_Noreturn void arch_user(void (*entry)(void), char *stack_end) {
  if (entry != user_crash || stack_end != user_crashed.stack + sizeof user_crashed.stack) wrong("another way into the user part");
  longjmp(over, -2);
}

// ---- Devices: their configuration is memory, their registers answer what the input says ---------------------------------------------

#define DEVICES 4
static struct device {
  uint64_t base;
  uint8_t *page;
  int role;             // by its address when that was read; -1 = none
  uint32_t status, queue, selected;
  uint32_t size;
  bool ready, inert, driver_ok, rung;
  uint64_t table, driver, device;
} devices[DEVICES];
static uint64_t pages; // address of the first of DEVICES pages below 4 GiB: bases on the command line are short

bool arch_may_be_device(uint64_t base) { return base >= pages && base < pages + DEVICES * PAGE && !(base & 0x1ff) && (base & (PAGE - 1)) == 0; }

static struct device *of(uint64_t base) {
  for (int n = 0; n < DEVICES; n++) if (devices[n].base == base) return &devices[n];
  wrong("a register of no device");
}

static uint32_t transport_read(const struct transport *t, uint32_t at) {
  struct device *d = of(t->base);
  uint32_t honest = 0;
  switch (at) {
    case MMIO_MAGIC: honest = MMIO_MAGIC_VALUE; break;
    case MMIO_VERSION: honest = 2; break;
    case MMIO_DEVICE_ID: honest = 1; break;
    case MMIO_DEVICE_FEATURES: honest = d->selected ? 1 : 0x130bffa7; break;
    case MMIO_QUEUE_NUM_MAX: honest = 256; break;
    case MMIO_QUEUE_READY: honest = 0; break;
    case MMIO_INTERRUPT_STATUS: honest = 1; break;
    case MMIO_STATUS: honest = d->status; break;
    default: wrong("a register was read that only takes");
  }
  const uint32_t lie = next();
  return lie < 192 ? honest : lie < 240 ? honest ^ 1u << (lie & 31) : next() | next() << 8 | next() << 16 | next() << 24;
}

static void transport_write(const struct transport *t, uint32_t at, uint32_t value) {
  struct device *d = of(t->base);
  int role = -1;
  for (int r = 0; r < ROLES; r++) if (!memcmp((const void *)mac_of((enum weir_role)r), d->page + MMIO_CONFIG, 6)) role = r;
  if (role < 0 && (at != MMIO_STATUS || value)) wrong("a device that has none of the addresses of the manifest was written to");
  const uint32_t queue = role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ;
  uint64_t *address = at < MMIO_QUEUE_DRIVER ? &d->table : at < MMIO_QUEUE_DEVICE ? &d->driver : &d->device;
  switch (at) {
    case MMIO_STATUS:
      if (!value) { d->ready = d->inert = d->driver_ok = false; d->table = d->driver = d->device = 0; d->queue = ~0u; }
      if (value & STATUS_DRIVER_OK && !d->ready) wrong("a device goes without a queue");
      d->status = value;
      d->driver_ok = value & STATUS_DRIVER_OK;
      break;
    case MMIO_DEVICE_FEATURES_SEL: case MMIO_DRIVER_FEATURES_SEL: d->selected = value; break;
    case MMIO_DRIVER_FEATURES: if (value != (d->selected ? 1 : 0x20)) wrong("another feature was agreed on"); break;
    case MMIO_QUEUE_SEL:
      if (value > 1) wrong("a queue that no NIC has");
      if (value != queue && d->ready) wrong("the inert queue is selected behind the own one");
      d->queue = value;
      break;
    case MMIO_QUEUE_NUM:
      if (d->queue != queue ? value != IDLE_SIZE : value < LEAST_BUFFERS || value & (value - 1) || value > (role == ROLE_IN ? IN_BUFFERS : SEND_BUFFERS)) wrong("another size of queue");
      d->size = value;
      break;
    case MMIO_QUEUE_NOTIFY: if (value != queue || !d->driver_ok) wrong("another doorbell"); d->rung = true; break;
    case MMIO_INTERRUPT_ACK: break;
    case MMIO_QUEUE_READY:
      if (value != 1) wrong("a queue is switched off");
      if (d->queue != queue) {
        static const uint8_t zeros[sizeof idle];
        if (d->table != (uint64_t)idle.table || d->driver != (uint64_t)&idle.available || d->device != (uint64_t)&idle.used[role] || memcmp(&idle, zeros, sizeof idle)) wrong("the inert queue lies elsewhere, or is not zeros");
        d->inert = true;
        break;
      }
      if (weir_info.queue[role] != d->size) wrong("the user part is told of another size of queue");
      if (role == ROLE_IN ? d->table != (uint64_t)weir_receive_table || d->driver != (uint64_t)&weir_driver_rings.in || d->device != (uint64_t)&weir_device_rings.in
          : d->table != (uint64_t)weir_driver_rings.table[role - 1] || d->driver != (uint64_t)&weir_driver_rings.send[role - 1] ||
            d->device != (uint64_t)&weir_device_rings.send[role - 1]) wrong("a queue lies elsewhere");
      d->ready = true;
      break;
    default:
      if (at < MMIO_QUEUE_DESC || at > MMIO_QUEUE_DEVICE + 4 || at & 11) wrong("a register that nobody needs is written");
      *address = at & 4 ? (*address & 0xffffffff) | (uint64_t)value << 32 : (*address & ~0xffffffffull) | value;
  }
}

static bool transport_queue(struct transport *t, bool interrupts) {
  const struct device *d = of(t->base);
  if (interrupts != (d->queue == VIRTIO_NET_RECEIVEQ)) wrong("another queue may interrupt");
  return true;
}

static void transport_notify(const struct transport *t, uint32_t queue) {
  if (t->bell != t->base + MMIO_QUEUE_NOTIFY) wrong("a doorbell outside the notification registers");
  transport_write(t, MMIO_QUEUE_NOTIFY, queue);
}

// ---- A trial ----------------------------------------------------------------------------------------------------------------------------

static struct weir_manifest honest;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  pages = (uint64_t)mmap((void *)0x10000000, DEVICES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (pages != 0x10000000) wrong("mmap");
  mprotect((void *)((uint64_t)&note & ~(PAGE - 1)), 2 * PAGE, PROT_READ | PROT_WRITE);
  memcpy(&honest, &note.manifest, sizeof honest);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length) {
  from_ = data, stop_ = data + length;
  how = next();
  const uint32_t wanted = next() | next() << 8, most = (uint32_t)(stop_ - from_);
  const uint32_t n = wanted < most ? wanted : most;
  if (n >= sizeof command_line_) return 0;
  memcpy(command_line_, from_, n);
  command_line_[n] = 0;
  from_ += n;
  memset(&nics, 0, sizeof nics), memset(&weir_info, 0, sizeof weir_info), memset(devices, 0, sizeof devices);
  found = 0, started = false, protected_ = false, crashed = 0;
  for (int d = 0; d < DEVICES; d++) {
    devices[d].base = pages + PAGE * (uint64_t)d, devices[d].page = (uint8_t *)devices[d].base, devices[d].queue = ~0u;
    memcpy(devices[d].page + MMIO_CONFIG, (const uint8_t[]){0x52, 0x54, 0, 0x77, 0, (uint8_t)(1 + d)}, 6);
    if (how & 2) devices[d].page[MMIO_CONFIG + 5] = (uint8_t)(next() & 7);
  }
  // The manifest, damaged
  uint8_t *manifest = (uint8_t *)(uint64_t)&note.manifest;
  __asm__ volatile("" : "+r"(manifest)); // whatever it points to is no constant
  memcpy(manifest, &honest, sizeof honest);
  if (how & 4) for (uint32_t k = 1 + next() % 3; k--;) {
    const uint32_t low = next(), place = low | next() << 8;
    manifest[place % (how & 8 ? sizeof honest : 8 + ROLES * sizeof honest.interfaces[0])] ^= (uint8_t)next();
  }
  const int code = setjmp(over);
  if (!code) kernel_start(0);
  if (code == -1) { // the user part is reached
    int ready = 0, good = 0;
    for (int d = 0; d < DEVICES; d++) ready += devices[d].ready && devices[d].driver_ok;
    if (ready != ROLES || !protected_) wrong("the user part is reached without three devices");
    static const char *const names[ROLES] = {"in", "out", "log"};
    const struct weir_manifest *seen = (const struct weir_manifest *)manifest; // not what was compiled in
    for (int r = 0; r < ROLES; r++) // the addresses are not judged: any device may have any
      good += seen->interfaces[r].direction == (r == ROLE_IN ? RECEIVE_ONLY : TRANSMIT_ONLY) &&
        !strncmp(seen->interfaces[r].name, names[r], sizeof seen->interfaces[r].name);
    if (good != ROLES || seen->count != ROLES || seen->version != MANIFEST_VERSION) wrong("another manifest was believed");
    for (uint32_t calls = 0; calls < 64 && from_ < stop_; calls++) {
      const int ended = setjmp(over);
      if (ended && ended != -2) break;
      if (ended == -2) for (int d = 0; d < DEVICES; d++) if (devices[d].driver_ok) wrong("a device still goes behind a crash");
      const uint32_t call = next();
      if (call == 200) network_interrupt();
      else kernel_call(call & 7, call & 128 ? ~0ull >> next() % 64 : next());
    }
    network_reset();
  } else if (code != 1000 && (code < EXIT_MEMORY || code > EXIT_TIMER)) wrong("it refuses with another code");
  for (int d = 0; d < DEVICES; d++)
    if (devices[d].driver_ok && !started && code != -1 && code != EXIT_DEVICE_REFUSED) wrong("a device still goes");
  for (int d = 0; d < DEVICES; d++) if (devices[d].driver_ok) wrong("a device still goes at the end");
  return 0;
}

#pragma clang attribute pop
