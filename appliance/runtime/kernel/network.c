// REQ-DIODE-001, REQ-DIODE-002, REQ-DIODE-003, REQ-DIODE-005, REQ-DIODE-014, REQ-IMAGE-020
// The NICs: found by the manifest's MAC addresses, one queue each, and the only writer of their registers.
#include "kernel/arch.h"
#include "virtio/transport.h"

#define LOW(name) __attribute__((section(".bss.low." name), aligned(4096)))
// The queue of a device's other direction: hosts such as Firecracker and Cloud Hypervisor start a NIC only when both are set
// up. It is inert. Its descriptors and its available ring are zeros among the kernel part's constants, so no buffer is ever
// offered and nothing could offer one; it is never notified; what a device writes behind them, its used ring, nobody reads.
#define IDLE_SIZE 2
static const struct {
  struct virtq_desc table[IDLE_SIZE];
  VIRTQ_AVAIL(IDLE_SIZE) available;
  struct { VIRTQ_USED(IDLE_SIZE) ring; } used[ROLES];
} idle __attribute__((aligned(512)));

struct virtq_desc weir_receive_table[IN_BUFFERS] LOW("read");
struct weir_device_rings weir_device_rings LOW("read");
uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE] LOW("read");
struct weir_driver_rings weir_driver_rings LOW("write");
struct weir_send_buffer weir_send_buffer LOW("write");

#define MOST_TRANSPORTS 16
static struct transport nics[MOST_TRANSPORTS]; // from match() on: of each role
static uint32_t found; // how many of them
static bool started;   // their registers may be written

static uint32_t get(enum weir_role role, uint32_t at) { return transport_read(&nics[role], at); }
static void set(enum weir_role role, uint32_t at, uint32_t value) { transport_write(&nics[role], at, value); }

static uint64_t number(const char **at) {
  uint64_t base = 10, value = 0;
  if ((*at)[0] == '0' && (*at)[1] == 'x') base = 16, *at += 2;
  for (;; ++*at) {
    uint64_t c = **at, digit = c - '0' < 10 ? c - '0' : (c | 32) - 'a' + 10;
    if (digit >= base) return value;
    value = value * base + digit;
  }
}

static const char *after(const char *text, const char *key) {
  while (*key && *text == *key) text++, key++;
  return *key ? 0 : text;
}

static _Noreturn void stop_refused(const char *why) {
  put("weir: refused: ");
  put(why);
  put("\n");
  stop(EXIT_TIMER);
}

static _Noreturn void refuse_device(uint32_t code, const char *why, enum weir_role role) {
  put("weir: refused: ");
  put(why);
  put_bytes(mac_of(role), 6);
  put("\n");
  stop(code);
}

static void map(uint64_t address) {
  const uint64_t page = address & ~(PAGE - 1);
  if (address) arch_map(page, page + PAGE, page, KERNEL_DEVICE);
}

static void add(const struct transport *t) {
  if (!ON_PCI(t) && !arch_may_be_device(t->base)) refuse(EXIT_COMMAND_LINE, "virtio_mmio.device= names an address no device can have");
  map(t->base), map(t->config), map(t->bell), map(t->vectors);
  if (found == MOST_TRANSPORTS) refuse(EXIT_DEVICES, "the machine has more devices than the manifest");
  nics[found] = *t;
  if (!ON_PCI(t)) nics[found].config = t->base + MMIO_CONFIG, nics[found].bell = t->base + MMIO_QUEUE_NOTIFY;
  found++;
}

// The machine's transports are in its device tree, on PCI, or on the command line (Linux, drivers/virtio/virtio_mmio.c):
// size@base:line.
void network_find(const char *line) {
  struct transport told;
  for (uint32_t n = 0; arch_device(n, &told); n++) add(&told);
  for (const char *at = line; *at; at++) {
    const char *value = at == line || at[-1] == ' ' ? after(at, "virtio_mmio.device=") : 0;
    if (!value) continue;
    while (*value && *value != '@') value++;
    value += *value == '@';
    told = (struct transport){.base = number(&value)};
    value += *value == ':';
    told.line = (uint32_t)number(&value);
    add(&told);
  }
}

// What kind of virtio device it is; 0: none at all.
static uint32_t kind_of(uint32_t n) {
  if (ON_PCI(&nics[n])) return nics[n].id;
  if (get(n, MMIO_MAGIC) != MMIO_MAGIC_VALUE || get(n, MMIO_VERSION) != MMIO_MODERN)
    refuse(EXIT_DEVICES, "a device is not virtio-mmio version 2");
  return get(n, MMIO_DEVICE_ID);
}

// Devices of other kinds (an entropy source, a balloon, a console) are never written to; the console names them.
static void leave_alone(uint32_t kind) {
  static const char *const names[] = {[2] = "disk", [3] = "console", [4] = "entropy source", [5] = "balloon", [9] = "file system", [16] = "display", [19] = "socket", [26] = "file system"};
  put("weir: not used: ");
  put(kind < sizeof names / sizeof *names && names[kind] ? names[kind] : "device");
  put(" (virtio ");
  put_hex(kind);
  put(")\n");
}

static void keep_network_devices(void) {
  uint32_t kept = 0;
  for (uint32_t n = 0; n < found; n++) {
    const uint32_t kind = kind_of(n);
    if (kind == VIRTIO_ID_NET) nics[kept++] = nics[n];
    else if (kind) leave_alone(kind);
  }
  found = kept;
  if (found < ROLES) refuse(EXIT_DEVICES, "the machine has fewer network devices than the manifest");
  if (found > ROLES) refuse(EXIT_DEVICES, "the machine has more network devices than the manifest");
}

// Puts nics[] into the order of the roles.
static void match(void) {
  struct transport of[ROLES] = {0};
  for (uint32_t n = 0; n < ROLES; n++) {
    uint8_t mac[6];
    for (int i = 0; i < 6; i++) mac[i] = *NARROW(uint8_t, nics[n].config + i);
    bool taken = false; // when two roles have one address, the second gets no device
    for (uint32_t r = 0; r < ROLES; r++) {
      int same = 0;
      for (int i = 0; i < 6; i++) same += mac[i] == mac_of(r)[i];
      if (same == 6 && !taken) of[r] = nics[n], taken = true;
    }
  }
  for (uint32_t r = 0; r < ROLES; r++)
    if (!of[r].base) refuse_device(EXIT_DEVICES, "no device has a MAC address of the manifest: ", r);
  for (uint32_t r = 0; r < ROLES; r++) nics[r] = of[r];
  started = true;
}

static void set_address(enum weir_role role, uint32_t at, uint64_t address) {
  set(role, at, (uint32_t)address);
  set(role, at + 4, address >> 32);
}

static void set_queue(enum weir_role role, uint32_t size, uint64_t table, uint64_t available, uint64_t used) {
  set(role, MMIO_QUEUE_NUM, size);
  set_address(role, MMIO_QUEUE_DESC, table);
  set_address(role, MMIO_QUEUE_DRIVER, available);
  set_address(role, MMIO_QUEUE_DEVICE, used);
}

// A host that has no such queue has a device that starts without it. `weir build --one-queue` leaves it out on every host.
static void set_idle_queue(enum weir_role role, uint32_t queue) {
  if (weir_info.manifest.flags & MANIFEST_ONE_QUEUE) return;
  set(role, MMIO_QUEUE_SEL, queue);
  if (get(role, MMIO_QUEUE_READY) || get(role, MMIO_QUEUE_NUM_MAX) < IDLE_SIZE) return;
  set_queue(role, IDLE_SIZE, (uint64_t)idle.table, (uint64_t)&idle.available, (uint64_t)&idle.used[role]);
  set(role, MMIO_QUEUE_READY, 1);
}

// How long the role's own queue is: as long as its rings, or as the device can, a power of two.
static uint32_t length_of(enum weir_role role) {
  const uint32_t most = get(role, MMIO_QUEUE_NUM_MAX);
  uint32_t size = role == ROLE_IN ? IN_BUFFERS : SEND_BUFFERS;
  while (size > most) size /= 2;
  return size;
}

// VIRTIO 1.2, 3.1.1 and 4.2.3.2. One queue is used of each device. It is selected last: some hosts (libvmm) take a doorbell for
// that of the queue that is selected.
static void start(enum weir_role role) {
  const uint64_t features = VIRTIO_NET_F_MAC | VIRTIO_F_VERSION_1;
  const uint32_t queue = role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ;
  set(role, MMIO_STATUS, 0);
  arch_enable(&nics[role]);
  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE);
  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
  for (uint32_t half = 0; half < 2; half++) {
    uint32_t wanted = (uint32_t)(features >> 32 * half);
    set(role, MMIO_DEVICE_FEATURES_SEL, half);
    if (wanted & ~get(role, MMIO_DEVICE_FEATURES))
      refuse_device(EXIT_DEVICE_REFUSED, "this device has no MAC address or is not of VIRTIO 1: ", role);
    set(role, MMIO_DRIVER_FEATURES_SEL, half);
    set(role, MMIO_DRIVER_FEATURES, wanted);
  }
  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
  if (!(get(role, MMIO_STATUS) & STATUS_FEATURES_OK))
    refuse_device(EXIT_DEVICE_REFUSED, "this device refuses the features that are needed: ", role);
  set_idle_queue(role, queue == VIRTIO_NET_RECEIVEQ ? VIRTIO_NET_TRANSMITQ : VIRTIO_NET_RECEIVEQ);
  set(role, MMIO_QUEUE_SEL, queue);
  const uint32_t size = length_of(role);
  if (get(role, MMIO_QUEUE_READY) || size < LEAST_BUFFERS)
    refuse_device(EXIT_DEVICE_REFUSED, "this device has no queue that is large enough: ", role);
  weir_info.queue[role] = size;
  if (role == ROLE_IN)
    set_queue(role, size, ring_address(weir_receive_table), ring_address(&weir_driver_rings.in), ring_address(&weir_device_rings.in));
  else
    set_queue(role, size, ring_address(weir_driver_rings.table[role - ROLE_OUT]), ring_address(&weir_driver_rings.send[role - ROLE_OUT]),
      ring_address(&weir_device_rings.send[role - ROLE_OUT]));
  if (!transport_queue(&nics[role], role == ROLE_IN))
    refuse_device(EXIT_DEVICE_REFUSED, "this device's doorbell or interrupt is not to be had: ", role);
  set(role, MMIO_QUEUE_READY, 1);
  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
  if ((get(role, MMIO_STATUS) & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET | STATUS_FAILED)) != STATUS_DRIVER_OK)
    refuse_device(EXIT_DEVICE_REFUSED, "this device did not start: ", role);
}

void network_start(void) {
  keep_network_devices();
  match();
  arch_interrupts(nics);
  if (!arch_timer_works()) stop_refused("a timer of 1 ms does not end an idle: the image would sleep for ever");
  for (uint32_t role = 0; role < ROLES; role++) start(role);
}

void network_notify(enum weir_role role) {
  transport_notify(&nics[role], role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ);
}

void network_interrupt(void) {
  if (!ON_PCI(&nics[ROLE_IN])) set(ROLE_IN, MMIO_INTERRUPT_ACK, get(ROLE_IN, MMIO_INTERRUPT_STATUS));
}

// `out` first: from then on nothing is forwarded. It runs once: a fault in here must not lead back here.
void network_reset(void) {
  const bool all = started;
  started = false;
  for (uint32_t n = 0; all && n < ROLES; n++) set((n + 1) % ROLES, MMIO_STATUS, 0);
}
