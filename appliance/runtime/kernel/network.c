// REQ-DIODE-001, REQ-DIODE-002, REQ-DIODE-003, REQ-DIODE-005, REQ-DIODE-014
// The NICs: found by the manifest's MAC addresses, one queue each, and the only writer of their registers.
#include "kernel/arch.h"
#include "virtio/transport.h"

#define LOW(name) __attribute__((section(".bss.low." name), aligned(4096)))
struct virtq_desc weir_receive_table[IN_BUFFERS] LOW("read");
struct weir_device_rings weir_device_rings LOW("read");
uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE] LOW("read");
struct weir_driver_rings weir_driver_rings LOW("write");
struct weir_send_buffer weir_send_buffer LOW("write");

static struct transport nics[ROLES];
static uint32_t started; // how many of them

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
  if (started == ROLES) refuse(EXIT_DEVICES, "the machine has more devices than the manifest");
  nics[started] = *t;
  if (!ON_PCI(t)) nics[started].config = t->base + MMIO_CONFIG, nics[started].bell = t->base + MMIO_QUEUE_NOTIFY;
  started++;
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
  if (started < ROLES) refuse(EXIT_DEVICES, "the machine has fewer devices than the manifest");
}

// Puts nics[] into the order of the roles.
static void match(void) {
  struct transport found[ROLES] = {0};
  for (uint32_t n = 0; n < ROLES; n++) {
    if (!ON_PCI(&nics[n]) && (get(n, MMIO_MAGIC) != MMIO_MAGIC_VALUE || get(n, MMIO_VERSION) != MMIO_MODERN))
      refuse(EXIT_DEVICES, "a device is not virtio-mmio version 2");
    if ((ON_PCI(&nics[n]) ? nics[n].id : get(n, MMIO_DEVICE_ID)) != VIRTIO_ID_NET) refuse(EXIT_DEVICES, "a device is not a network device");
    uint8_t mac[6];
    for (int i = 0; i < 6; i++) mac[i] = *NARROW(uint8_t, nics[n].config + i);
    bool taken = false; // when two roles have one address, the second gets no device
    for (uint32_t r = 0; r < ROLES; r++) {
      int same = 0;
      for (int i = 0; i < 6; i++) same += mac[i] == mac_of(r)[i];
      if (same == 6 && !taken) found[r] = nics[n], taken = true;
    }
  }
  for (uint32_t r = 0; r < ROLES; r++)
    if (!found[r].base) refuse_device(EXIT_DEVICES, "no device has a MAC address of the manifest: ", r);
  for (uint32_t r = 0; r < ROLES; r++) nics[r] = found[r];
}

static void set_address(enum weir_role role, uint32_t at, const volatile void *address) {
  set(role, at, (uint32_t)(uint64_t)address);
  set(role, at + 4, (uint64_t)address >> 32);
}

// VIRTIO 1.2, 3.1.1 and 4.2.3.2. The one queue is all that is ever set up of a device.
static void start(enum weir_role role) {
  const uint64_t features = VIRTIO_NET_F_MAC | VIRTIO_F_VERSION_1;
  const uint32_t queue = role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ;
  const uint32_t size = role == ROLE_IN ? IN_BUFFERS : SEND_BUFFERS;
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
  set(role, MMIO_QUEUE_SEL, queue);
  if (get(role, MMIO_QUEUE_READY) || get(role, MMIO_QUEUE_NUM_MAX) < size)
    refuse_device(EXIT_DEVICE_REFUSED, "this device has no queue that is large enough: ", role);
  set(role, MMIO_QUEUE_NUM, size);
  if (role == ROLE_IN) {
    set_address(role, MMIO_QUEUE_DESC, weir_receive_table);
    set_address(role, MMIO_QUEUE_DRIVER, &weir_driver_rings.in);
    set_address(role, MMIO_QUEUE_DEVICE, &weir_device_rings.in);
  } else {
    set_address(role, MMIO_QUEUE_DESC, weir_driver_rings.table[role - ROLE_OUT]);
    set_address(role, MMIO_QUEUE_DRIVER, &weir_driver_rings.send[role - ROLE_OUT]);
    set_address(role, MMIO_QUEUE_DEVICE, &weir_device_rings.send[role - ROLE_OUT]);
  }
  if (!transport_queue(&nics[role], role == ROLE_IN))
    refuse_device(EXIT_DEVICE_REFUSED, "this device's doorbell or interrupt is not to be had: ", role);
  set(role, MMIO_QUEUE_READY, 1);
  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
}

void network_start(void) {
  match();
  arch_interrupts(&nics[ROLE_IN]);
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
  uint32_t all = started;
  started = 0;
  for (uint32_t n = 0; all == ROLES && n < ROLES; n++) set((n + 1) % ROLES, MMIO_STATUS, 0);
}
