// The kernel part's device set-up against simulated devices: network.c and start.c as they are, as a program of the build
// machine. network.c reads and writes registers through virtio/transport.h of this folder, so every access is seen, in order.
//
// What an honest set of devices must be told is written down once, below, from VIRTIO 1.2 (3.1.1, 4.2.2, 4.2.3.2) and from
// the one-way rule: of `in` queue 0 (receive) is used, of `out` and `log` queue 1 (transmit). The other one of each is inert: two
// buffers long, of zeros that nothing can write, its doorbell never rung; and the own one is selected last. It is the same on virtio-pci, where the registers have other places: pci.c of this folder judges those.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "kernel/arch.h"

#include "kernel/network.c"
#include "kernel/start.c"

static jmp_buf over;
static char said[512]; // what went to the console since the last trial began
static int ended;      // exit code, of refuse() or stop()
static uint64_t mapped[32];
static uint32_t maps;
static struct transport in_given;

static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

// ---- What arch/ and the other files of kernel/ give -------------------------------------------------------------------

void put(const char *text) { strncat(said, text, sizeof said - strlen(said) - 1); }
void put_hex(uint64_t value) {
  char one[20];
  snprintf(one, sizeof one, "0x%llx", (unsigned long long)value);
  put(one);
}
void put_bytes(const volatile uint8_t *bytes, int count) {
  char two[4];
  for (int i = 0; i < count; i++) snprintf(two, sizeof two, "%02x", bytes[i]), put(two);
}
_Noreturn void refuse(enum weir_exit code, const char *why) {
  put(why);
  ended = (int)code;
  longjmp(over, 1);
}
_Noreturn void stop(uint32_t code) {
  network_reset();
  ended = (int)code;
  longjmp(over, 1);
}
const char *arch_command_line(const struct arch_boot *boot) { return (const char *)boot; }
uint64_t arch_memory(const struct arch_boot *boot) { (void)boot; return 8 << 20; }
static uint64_t frequency = 1000000000;
uint64_t arch_clock(char how[16]) { strcpy(how, "test"); return frequency; }
bool arch_is_memory(const struct arch_boot *boot, uint64_t from, uint64_t to) { (void)boot, (void)from, (void)to; return true; }
void arch_map(uint64_t from, uint64_t to, uint64_t physical, enum arch_rights rights) {
  if (to != from + PAGE || physical != from || from % PAGE || rights != KERNEL_DEVICE) wrong("registers are mapped with other rights, or more than they are");
  mapped[maps++ % 32] = from;
}
static bool protected_;
static uint32_t erased;
void keys_erase(void) { erased++; }
void arch_protect(void) { protected_ = true; }
bool arch_may_be_device(uint64_t base) { return base != 0xbad000; }
static struct transport told[4]; // what a device tree or PCI would have
static uint32_t tells;
bool arch_device(uint32_t n, struct transport *t) {
  if (n >= tells) return false;
  *t = told[n];
  return true;
}
void arch_interrupts(const struct transport *nics_) {
  if (nics_ != nics) wrong("not those of the roles");
  in_given = nics_[ROLE_IN];
}
static bool timer = true;
bool arch_timer_works(void) {
  if (!protected_) wrong("the timer is tried before it can be reached");
  return timer;
}
uint64_t ring_address(const volatile void *place) { return (uint64_t)place + 0x10000; }
static uint64_t idled;
void arch_idle(uint64_t nanoseconds) { idled = nanoseconds; }
static char out[8192];
static unsigned outs;
void arch_put(char c) { if (outs < sizeof out) out[outs++] = c; }
static bool reads_user;
void arch_read_user(void) { reads_user = true; }
static bool mapped_all;
void memory_start(const struct arch_boot *boot) { mapped_all = boot != 0 && !maps; }
uint32_t crashed;
static uint32_t crash_code;
_Noreturn void kernel_crash(uint32_t code) { crash_code = code; ended = -2; longjmp(over, 1); }
_Noreturn void user_start(void) { ended = -1; longjmp(over, 1); }

// ---- The devices ------------------------------------------------------------------------------------------------------

#define MOST 4
static struct device {
  _Alignas(4096) uint8_t page[4096]; // only its configuration is read from memory
  uint32_t magic, version, id, features[2], num_max[2], ready[2], select, queue, status, interrupt;
  bool refuses; // FEATURES_OK does not stay
  uint32_t becomes; // what its status has, too, once it was told to start
  bool mute;    // it has no doorbell or no interrupt
  bool pci;
} devices[MOST];
static _Alignas(4096) uint8_t vectors[4096];
static char log_[8192]; // every write: "D.AT=VALUE "
static unsigned reads;

static struct device *device_of(uint64_t base) {
  for (int n = 0; n < MOST; n++) if ((uint64_t)devices[n].page + 0x200 * (uint64_t)n == base) return &devices[n];
  wrong("a register of no device");
}

static uint32_t transport_read(const struct transport *t, uint32_t at) {
  struct device *d = device_of(t->base);
  reads++;
  if (d->pci && (at < MMIO_DEVICE_FEATURES || at == MMIO_INTERRUPT_STATUS)) wrong("a register that PCI has not");
  switch (at) {
    case MMIO_MAGIC: return d->magic;
    case MMIO_VERSION: return d->version;
    case MMIO_DEVICE_ID: return d->id;
    case MMIO_DEVICE_FEATURES: return d->features[d->select & 1];
    case MMIO_QUEUE_NUM_MAX: return d->num_max[d->queue & 1];
    case MMIO_QUEUE_READY: return d->ready[d->queue & 1];
    case MMIO_INTERRUPT_STATUS: return d->interrupt;
    case MMIO_STATUS: return (d->refuses ? d->status & ~(uint32_t)STATUS_FEATURES_OK : d->status) ^ (d->status & STATUS_DRIVER_OK ? d->becomes : 0);
    default: wrong("a register was read that only takes");
  }
}

/** Two settings are not registers of virtio-mmio and get numbers here: access to memory, and the queue's interrupt. */
enum { ENABLED = 0xef, QUEUE_INTERRUPTS = 0xee };

static void transport_write(const struct transport *t, uint32_t at, uint32_t value) {
  struct device *d = device_of(t->base);
  char one[64];
  if (d->pci && at == MMIO_INTERRUPT_ACK) wrong("a register that PCI has not");
  if (at == MMIO_STATUS) d->status = value;
  if (at == MMIO_DEVICE_FEATURES_SEL) d->select = value;
  if (at == MMIO_QUEUE_SEL) d->queue = value;
  // Addresses are told by what they are of
  const char *name = 0;
  static const struct { const volatile void *p; const char *name; } places[] = {
    {weir_receive_table, "in.table"}, {&weir_driver_rings.in, "in.driver"}, {&weir_device_rings.in, "in.device"},
    {weir_driver_rings.table[0], "out.table"}, {&weir_driver_rings.send[0], "out.driver"}, {&weir_device_rings.send[0], "out.device"},
    {weir_driver_rings.table[1], "log.table"}, {&weir_driver_rings.send[1], "log.driver"}, {&weir_device_rings.send[1], "log.device"},
    {idle.table, "idle.table"}, {&idle.available, "idle.driver"}, {&idle.used[0], "in.idle"}, {&idle.used[1], "out.idle"}, {&idle.used[2], "log.idle"}};
  if (at >= MMIO_QUEUE_DESC && at < MMIO_CONFIG)
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
      const uint64_t whole = i < 9 ? ring_address(places[i].p) : (uint64_t)places[i].p; // the rings' pages may lie elsewhere
      if (value == (at % 16 == 0 ? (uint32_t)whole : (uint32_t)(whole >> 32))) {
        // The upper half is the same for all: it is named by the lower half before it
        static const char *last;
        name = at % 16 == 0 ? (last = places[i].name) : last;
        break;
      }
    }
  if (name) snprintf(one, sizeof one, "%d.%x=%s ", (int)(d - devices), at, name);
  else snprintf(one, sizeof one, "%d.%x=%x ", (int)(d - devices), at, value);
  if (strlen(log_) + strlen(one) >= sizeof log_) wrong("it writes for ever");
  strcat(log_, one);
}

void arch_enable(const struct transport *t) { transport_write(t, ENABLED, 1); }

static bool transport_queue(struct transport *t, bool interrupts) {
  transport_write(t, QUEUE_INTERRUPTS, interrupts);
  return !device_of(t->base)->mute;
}

/** The offset of a device's doorbell from its registers: larger on PCI. */
static void transport_notify(const struct transport *t, uint32_t queue) {
  if (t->bell != t->base + (device_of(t->base)->pci ? 0x190 : 0x50)) wrong("another doorbell");
  transport_write(t, MMIO_QUEUE_NOTIFY, queue);
}

// ---- Trials -------------------------------------------------------------------------------------------------------------

static char command_line[4096];

static uint32_t tree; // how many devices the machine itself describes, and not the command line
static bool on_pci;   // and these are on PCI

/** Three honest devices, the n-th with the MAC address of roles[n]; `count` of them are found. */
static void plug(const int roles[3], int count) {
  memset(devices, 0, sizeof devices);
  memset(said, 0, sizeof said);
  memset(log_, 0, sizeof log_);
  memset(&nics, 0, sizeof nics);
  memset(&weir_info, 0, sizeof weir_info);
  found = maps = reads = outs = tells = 0, started = mapped_all = reads_user = false, timer = true;
  memset(&in_given, 0, sizeof in_given), ended = 0, protected_ = false, idled = 0, frequency = 1000000000;
  strcpy(command_line, "clock=frames");
  for (int n = 0; n < MOST; n++) {
    struct device *d = &devices[n];
    d->magic = 0x74726976, d->version = 2, d->id = 1, d->num_max[0] = d->num_max[1] = 256;
    d->features[0] = 0x130bffa7, d->features[1] = 1; // what QEMU offers, and more
    const uint8_t mac[6] = {0x52, 0x54, 0x00, 0x77, 0x00, (uint8_t)(n < 3 ? roles[n] + 1 : 9)};
    d->pci = on_pci && (uint32_t)n < tree;
    memcpy(d->page + 0x200 * n + (d->pci ? 0x180 : 0x100), mac, 6);
    if (n >= count) continue;
    const uint64_t base = (uint64_t)d->page + 0x200ull * (unsigned)n;
    if (d->pci) {
      told[tells++] = (struct transport){.base = base, .config = base + 0x180, .bell = base + 0x190, .vectors = (uint64_t)vectors + 16,
        .pci = 0x80000000 + 0x800 * (2 + (uint32_t)n), .id = 1};
      continue;
    }
    if ((uint32_t)n < tree) {
      told[tells++] = (struct transport){.base = base, .line = 5 + (uint32_t)n};
      continue;
    }
    char one[64];
    // A number ends at the first character that is no digit of its base; a zero in front does not make it hexadecimal
    snprintf(one, sizeof one, n & 1 ? " virtio_mmio.device=512@%llu:0%da" : " virtio_mmio.device=0x200@0x%llx:0x%xg",
      (unsigned long long)(uint64_t)d->page + 0x200ull * (unsigned)n, 5 + n);
    strcat(command_line, one);
  }
}

/** Starts the kernel part. Returns its exit code, or -1 when it reaches the user part. */
static int boot(void) {
  if (!setjmp(over)) kernel_start((const struct arch_boot *)command_line);
  return ended;
}

static void expect(int code, const char *words, const char *what) {
  const int got = boot();
  if (got != code) printf("exit code %d, expected %d (%s)\n", got, code, said), wrong(what);
  if (words && !strstr(said, words)) printf("it says: %s\n", said), wrong(what);
}

static const int straight[3] = {ROLE_IN, ROLE_OUT, ROLE_LOG};

static bool one_queue; // the manifest leaves the inert queues out

/** All writes that device n must get in this role, to the last one. */
static void append_expected(char *to, int n, int role) {
#define BEGIN "%1$d.70=0 %1$d.ef=1 %1$d.70=1 %1$d.70=3 %1$d.14=0 %1$d.24=0 %1$d.20=20 %1$d.14=1 %1$d.24=1 %1$d.20=1 %1$d.70=b "
#define INERT "%1$d.30=%6$d %1$d.38=2 %1$d.80=idle.table %1$d.84=idle.table %1$d.90=idle.driver %1$d.94=idle.driver " \
    "%1$d.a0=%4$s.idle %1$d.a4=%4$s.idle %1$d.44=1 "
#define OWN \
    "%1$d.30=%2$d %1$d.38=%3$x %1$d.80=%4$s.table %1$d.84=%4$s.table %1$d.90=%4$s.driver %1$d.94=%4$s.driver " \
    "%1$d.a0=%4$s.device %1$d.a4=%4$s.device %1$d.ee=%5$d %1$d.44=1 %1$d.70=f "
  static const char *const names[] = {"in", "out", "log"};
  sprintf(to + strlen(to), one_queue ? BEGIN OWN : BEGIN INERT OWN, n, role == ROLE_IN ? 0 : 1, role == ROLE_IN ? 128 : 256, names[role], role == ROLE_IN, role == ROLE_IN ? 1 : 0);
}

static void order(const int roles[3]) {
  plug(roles, 3);
  expect(-1, 0, "honest devices are refused");
  char wanted[8192] = "";
  int at[3];
  for (int n = 0; n < 3; n++) at[roles[n]] = n;
  for (int role = 0; role < 3; role++) append_expected(wanted, at[role], role);
  if (strcmp(wanted, log_)) printf("wanted %s\ngot    %s\n", wanted, log_), wrong("the devices are told something else");
  const struct device *in = &devices[at[ROLE_IN]];
  if (in->pci ? in_given.pci != 0x80000000 + 0x800u * (2 + (unsigned)at[ROLE_IN]) || in_given.vectors != (uint64_t)vectors + 16
      : in_given.line != 5u + (uint32_t)at[ROLE_IN] || in_given.pci) wrong("another interrupt than that of `in`");
  uint32_t pages = 0;
  for (int n = 0; n < 3; n++) {
    const uint64_t page = (uint64_t)devices[n].page & ~(PAGE - 1);
    if (mapped[pages++] != page) wrong("other pages are mapped");
    if (devices[n].pci && (mapped[pages++] != page || mapped[pages++] != page || mapped[pages++] != (uint64_t)vectors)) wrong("other pages are mapped");
  }
  if (maps != pages || !protected_ || !mapped_all) wrong("registers mapped: not those of three devices");
  // Doorbells, and what an interrupt is answered with
  log_[0] = 0;
  devices[at[0]].interrupt = 3;
  for (int role = 0; role < 3; role++) kernel_call(WEIR_NOTIFY, (uint64_t)role);
  network_interrupt();
  char bells[64];
  sprintf(bells, "%d.50=0 %d.50=1 %d.50=1 ", at[0], at[1], at[2]);
  if (!in->pci) sprintf(bells + strlen(bells), "%d.64=3 ", at[0]);
  if (strcmp(log_, bells)) printf("%s\n", log_), wrong("doorbells");
  // The end: `out` first, each once
  log_[0] = 0;
  network_reset();
  network_reset();
  sprintf(bells, "%d.70=0 %d.70=0 %d.70=0 ", at[1], at[2], at[0]);
  if (strcmp(log_, bells)) printf("%s\n", log_), wrong("reset");
  if (memcmp(&weir_info.manifest, (const void *)&note.manifest, sizeof weir_info.manifest) || weir_info.rings_moved || weir_info.memory != 8 << 20 ||
      weir_info.ticks_per_second != frequency || strcmp(weir_info.command_line, command_line)) wrong("weir_info");
}

static void orders(void) {
  static const int all[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (int o = 0; o < 12; o++) {
    tree = (uint32_t)o % 4, on_pci = o >= 6;
    order(all[o % 6]);
  }
  tree = 3, on_pci = true;
  order(all[0]);
  tree = 0, on_pci = false;
}

/** Whether nothing was written to any device, or all were reset, `out` first. */
static bool only_resets(void) { return !log_[0] || !strcmp(log_, "1.70=0 2.70=0 0.70=0 "); }

static void refusals(void) {
#define WITH(change, code, words) plug(straight, 3); devices[n].change; expect(code, words, #change); if ((code) == EXIT_DEVICES && !only_resets()) printf("%s\n", log_), wrong("written to before it was known")
  for (int n = 0; n < 3; n++) {
    WITH(magic = 0x74726977, EXIT_DEVICES, "virtio-mmio");
    WITH(version = 1, EXIT_DEVICES, "version 2");
    WITH(version = 3, EXIT_DEVICES, "version 2");
    WITH(id = 2, EXIT_DEVICES, "fewer network devices");
    WITH(id = 0, EXIT_DEVICES, "fewer network devices");
    tree = 3, on_pci = true;
    for (uint32_t id = 0; id < 3; id++) {
      plug(straight, 3);
      told[n].id = id;
      expect(id == 1 ? -1 : EXIT_DEVICES, id == 1 ? "" : "fewer network devices", "another kind of device on PCI");
    }
    tree = 0, on_pci = false;
  }
  for (int both = 0; both < 6; both++) {
    const int n = both % 3;
    if (both >= 3) tree = 3, on_pci = true;
    for (int i = 0; i < 6; i++) { WITH(page[0x200 * n + (on_pci ? 0x180 : 0x100) + i] ^= 1, EXIT_DEVICES, "MAC address"); }
    WITH(features[0] &= ~0x20u, EXIT_DEVICE_REFUSED, "no MAC address");
    WITH(features[1] = 0, EXIT_DEVICE_REFUSED, "VIRTIO 1");
    WITH(features[1] = 2, EXIT_DEVICE_REFUSED, "VIRTIO 1");
    WITH(refuses = true, EXIT_DEVICE_REFUSED, "refuses the features");
    const int own = n != 0;
    WITH(ready[own] = 1, EXIT_DEVICE_REFUSED, "queue");
    static const struct { uint32_t most, of_in, of_send; } lengths[] = {
      {0, 0, 0}, {1, 0, 0}, {63, 0, 0}, {64, 64, 64}, {127, 64, 64}, {128, 128, 128}, {255, 128, 128}, {256, 128, 256}, {32768, 128, 256}};
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
      const uint32_t length = own ? lengths[i].of_send : lengths[i].of_in;
      WITH(num_max[own] = lengths[i].most, length ? -1 : EXIT_DEVICE_REFUSED, length ? "" : "queue");
      if (length && weir_info.queue[n] != length) wrong("a queue of another length");
      char told_[16];
      sprintf(told_, "%d.38=%x ", n, length);
      if (length && !strstr(log_, told_)) wrong("the device is told of another length");
    }
    // A host that has no other queue, or a short one, has a device that starts without it
    for (uint32_t most = 0; most < 4; most++) {
      WITH(num_max[!own] = most, -1, "");
      char idle_[16];
      sprintf(idle_, "%d.38=2 ", n);
      if ((strstr(log_, idle_) != 0) != (most >= 2)) wrong("the inert queue");
    }
    WITH(ready[!own] = 1, -1, "");
    WITH(becomes = STATUS_NEEDS_RESET, EXIT_DEVICE_REFUSED, "this device did not start: ");
    WITH(becomes = STATUS_FAILED, EXIT_DEVICE_REFUSED, "this device did not start: ");
    WITH(becomes = STATUS_DRIVER_OK, EXIT_DEVICE_REFUSED, "this device did not start: ");
    WITH(features[0] = 0x20, -1, "");
    WITH(mute = true, EXIT_DEVICE_REFUSED, "doorbell or interrupt");
  }
  tree = 0, on_pci = false;
  static const int twice[3] = {0, 1, 1}, noin[3] = {1, 1, 2};
  plug(twice, 3); expect(EXIT_DEVICES, "MAC address of the manifest: 525400770003\n", "the same address twice");
  plug(noin, 3); expect(EXIT_DEVICES, "MAC address of the manifest: 525400770001", "no `in`");
  for (int count = 0; count < 3; count++) { plug(straight, count); expect(EXIT_DEVICES, "fewer", "too few"); if (log_[0]) wrong("written to before it was known"); }
  for (int both = 0; both < 10; both++) {
    tree = (uint32_t)both % 5, on_pci = both >= 5;
    plug(straight, 4);
    expect(EXIT_DEVICES, "more", "too many");
    if (log_[0]) wrong("written to before it was known");
    // A fourth of another kind is left alone, and named
    for (int other = 0; other < 4; other++) {
      plug(straight, 4);
      for (int i = 0, role = 0; i < 4; i++) {
        const bool is = i == other;
        if (on_pci && (uint32_t)i < tree) told[i].id = is ? 4 : 1;
        else devices[i].id = is ? 4 : 1;
        devices[i].page[0x200 * i + (devices[i].pci ? 0x180 : 0x100) + 5] = (uint8_t)(is ? 9 : ++role);
      }
      expect(-1, "not used: entropy source", "another kind of device beside those of the manifest");
      char touched[8];
      sprintf(touched, "%d.", other);
      for (const char *at = log_; (at = strstr(at, touched)); at++) if (at == log_ || at[-1] == ' ') wrong("another kind of device is written to");
    }
  }
  tree = 0, on_pci = false;
  plug(straight, 3); strcat(command_line, " virtio_mmio.device=512@0xbad000:9"); expect(EXIT_COMMAND_LINE, "no device can have", "an address");
  plug(straight, 2); strcat(command_line, " xvirtio_mmio.device=512@1:9"); expect(EXIT_DEVICES, "fewer", "another word's end");
  plug(straight, 2); strcat(command_line, " virtio_mmio.devic=512@1:9"); expect(EXIT_DEVICES, "fewer", "half a word");
  plug(straight, 3); timer = false; expect(EXIT_TIMER, "timer", "no timer"); if (!only_resets()) wrong("devices were started without a timer");
  plug(straight, 3); frequency = 0; expect(EXIT_CLOCK, "time stamp counter", "no clock");
  plug(straight, 3);
  const size_t most = sizeof weir_info.command_line - 1;
  while (strlen(command_line) < most) strcat(command_line, " ");
  expect(-1, 0, "the longest command line");
  plug(straight, 3);
  while (strlen(command_line) < most + 1) strcat(command_line, " ");
  expect(EXIT_COMMAND_LINE, "too long", "too long a command line");
  if (log_[0]) wrong("written to before the devices were known");
}

/** Every byte of the manifest but the addresses, changed in every bit: refused before any device is touched. */
static void manifests(void) {
  volatile uint8_t *m = (volatile uint8_t *)&note.manifest;
  mprotect((void *)((uint64_t)&note & ~(PAGE - 1)), 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC); // code may lie beside it
  for (unsigned i = 0; i < 8 + 3 * sizeof(struct weir_interface); i++) {
    const unsigned in = i < 8 ? 0 : (i - 8) % sizeof(struct weir_interface);
    if (i >= 8 && in >= 9) continue; // a zero that is never read, and the address: any value is valid
    for (int bit = 0; bit < 8; bit++) {
      m[i] ^= (uint8_t)(1 << bit);
      plug(straight, 3);
      char what[64];
      sprintf(what, "a manifest with bit %d of byte %u changed", bit, i);
      expect(EXIT_MANIFEST, "manifest", what);
      if (reads || log_[0] || maps) wrong("devices were touched");
      m[i] ^= (uint8_t)(1 << bit);
    }
  }
  // One address for two roles: no device has two queues
  for (int pair = 0; pair < 6; pair++) {
    const int from = pair / 2, to = (from + 1 + pair % 2) % 3;
    volatile uint8_t *one = (volatile uint8_t *)mac_of((enum weir_role)to), *other = (volatile uint8_t *)mac_of((enum weir_role)from);
    const uint8_t last = one[5];
    one[5] = other[5];
    plug(straight, 3);
    expect(EXIT_DEVICES, "MAC address of the manifest", "one address for two roles");
    if (!only_resets()) wrong("devices were set up");
    one[5] = last;
  }
}

/** What the manifest says beside the interfaces: whether there are inert queues, and how long `log` is waited for. */
static void settings(void) {
  volatile struct weir_manifest *m = (volatile struct weir_manifest *)&note.manifest;
  m->flags = MANIFEST_ONE_QUEUE, one_queue = true;
  orders();
  for (int bit = 1; bit < 32; bit++) {
    m->flags = 1u << bit;
    plug(straight, 3);
    expect(EXIT_MANIFEST, "an unknown flag", "an unknown flag");
    if (reads || log_[0] || maps) wrong("devices were touched");
  }
  m->flags = 0, one_queue = false;
  static const struct { uint32_t seconds; bool valid; } all[] = {
    {0, true}, {1, false}, {14, false}, {15, true}, {30, true}, {3600, true}, {3601, false}, {0x80000000, false}, {~0u, false}};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    m->log_silence = all[i].seconds;
    plug(straight, 3);
    expect(all[i].valid ? -1 : EXIT_MANIFEST, all[i].valid ? "" : "another time", "how long `log` is waited for");
    if (all[i].valid && weir_info.manifest.log_silence != all[i].seconds) wrong("the user part is told of another time");
  }
  m->log_silence = 0;
}

/** What is not of the manifest's kind is named, and too many of anything is refused. */
static void others(void) {
  static const struct { uint32_t kind; const char *name; } all[] = {
    {1, 0}, {2, "disk"}, {3, "console"}, {4, "entropy source"}, {5, "balloon"}, {6, "device"}, {8, "device"}, {9, "file system"}, {10, "device"},
    {15, "device"}, {16, "display"}, {17, "device"}, {18, "device"}, {19, "socket"}, {20, "device"}, {25, "device"}, {26, "file system"},
    {27, "device"}, {28, "device"}, {0xffffffff, "device"}};
  for (unsigned i = 1; i < sizeof all / sizeof *all; i++) {
    plug(straight, 4);
    devices[3].id = all[i].kind;
    char wanted[64];
    snprintf(wanted, sizeof wanted, "weir: not used: %s (virtio 0x%x)\n", all[i].name, all[i].kind);
    expect(-1, wanted, "the name of another kind of device");
  }
  char one[64];
  plug(straight, 3);
  snprintf(one, sizeof one, " virtio_mmio.device=512@%llu:1", (unsigned long long)(uint64_t)devices[0].page);
  for (int n = 3; n < 16; n++) strcat(command_line, one);
  expect(EXIT_DEVICES, "more network devices", "sixteen devices");
  plug(straight, 3);
  for (int n = 3; n < 17; n++) strcat(command_line, one);
  expect(EXIT_DEVICES, "the machine has more devices than the manifest", "seventeen devices");
  if (log_[0]) wrong("written to before it was known");
}

static void the_note(void) {
  const volatile uint32_t *head = (const volatile uint32_t *)&note; // as `weir build` finds it (ELF, 2.4)
  if (head[0] != 5 || head[1] != sizeof(struct weir_manifest) || head[2] != 1 || memcmp((const void *)(head + 3), "Weir\0\0\0", 8)) wrong("the manifest's note");
  for (int role = 0; role < ROLES; role++) if (note.manifest.interfaces[role].zero) wrong("a byte that is zero");
}

static void calls(void) {
  plug(straight, 3);
  expect(-1, 0, "honest devices are refused");
  strcpy(weir_console, "hello");
  kernel_call(WEIR_PRINT, 5);
  if (!reads_user) wrong("the user part's page is read without leave");
  if (outs != 5 || memcmp(out, "hello", 5)) wrong("print");
  kernel_call(WEIR_PRINT, sizeof weir_console);
  if (outs != 5 + sizeof weir_console) wrong("print all");
  kernel_call(WEIR_IDLE, 4000000000);
  if (erased) wrong("keys are erased before they are taken");
  kernel_call(WEIR_TAKEN, 0);
  if (erased != 1) wrong("keys that are taken are not erased");
  if (idled != 4000000000) wrong("idle");
  static const struct { uint64_t call, argument; int code; } bad[] = {
    {WEIR_NOTIFY, ROLES, EXIT_BAD_CALL}, {WEIR_NOTIFY, ~0ull, EXIT_BAD_CALL}, {WEIR_IDLE, 4000000001, EXIT_BAD_CALL},
    {WEIR_EXIT, 64, EXIT_BAD_CALL}, {WEIR_PRINT, sizeof weir_console + 1, EXIT_BAD_CALL}, {WEIR_CRASH, 64, EXIT_BAD_CALL}, {WEIR_CRASH, 0, EXIT_BAD_CALL}, {WEIR_TAKEN, 1, EXIT_BAD_CALL}, {6, 0, EXIT_BAD_CALL},
    {~0ull, 0, EXIT_BAD_CALL}, {WEIR_EXIT, 63, 63}, {WEIR_EXIT, EXIT_DONE, EXIT_DONE}};
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    plug(straight, 3);
    expect(-1, 0, "honest devices are refused");
    log_[0] = 0, said[0] = 0;
    if (!setjmp(over)) kernel_call(bad[i].call, bad[i].argument), wrong("an undefined call was answered");
    if (ended != bad[i].code || strcmp(log_, "1.70=0 2.70=0 0.70=0 ")) printf("%s\n", log_), wrong("an undefined call ended in another way");
    if ((bad[i].code == EXIT_BAD_CALL) != (strstr(said, "an undefined system call") != 0)) wrong("the console does not name the undefined call, or names another so");
  }
  if (!setjmp(over)) kernel_call(WEIR_CRASH, 63);
  if (ended != -2 || crash_code != 63) wrong("a crash");
  // After a crash only printing is allowed; any other call ends the machine with the crash's code.
  static const uint64_t after[] = {WEIR_EXIT, WEIR_NOTIFY, WEIR_IDLE, WEIR_CRASH, WEIR_TAKEN, 99};
  for (unsigned i = 0; i < sizeof after / sizeof *after; i++) {
    plug(straight, 3);
    expect(-1, 0, "honest devices are refused");
    crashed = 41, outs = 0, log_[0] = 0;
    kernel_call(WEIR_PRINT, 5);
    if (outs != 5 || log_[0]) wrong("print after a crash");
    if (!setjmp(over)) kernel_call(after[i], 1), wrong("a call after a crash");
    if (ended != 41 || strcmp(log_, "1.70=0 2.70=0 0.70=0 ")) wrong("a call after a crash does not end");
    crashed = 0;
  }
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  the_note();
  orders();
  others();
  refusals();
  calls();
  manifests();
  settings();
  printf("right\n");
  return 0;
}
