// The NICs: found by the manifest's MAC addresses, one queue each, and the only writer of their registers.
#include "kernel/arch.h"

#define LOW(name) __attribute__((section(".bss.low." name), aligned(4096)))
struct virtq_desc weir_receive_table[IN_BUFFERS] LOW("read");
struct weir_device_rings weir_device_rings LOW("read");
uint8_t weir_receive_buffer[IN_BUFFERS][BUFFER_SIZE] LOW("read");
struct weir_driver_rings weir_driver_rings LOW("write");
uint8_t weir_send_buffer[2][SEND_BUFFERS][BUFFER_SIZE] LOW("write");

static struct nic { uint64_t base; uint32_t line; } nics[ROLES];
static uint32_t started; // how many of them

static volatile uint32_t *reg(enum weir_role role, uint32_t at) { return REGISTER(nics[role].base + at); }

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

static void add(uint64_t base, uint32_t line) {
  if (!arch_may_be_device(base)) refuse(EXIT_COMMAND_LINE, "virtio_mmio.device= names an address no device can have");
  arch_map(base & ~(PAGE - 1), (base & ~(PAGE - 1)) + PAGE, KERNEL_DEVICE);
  if (started == ROLES) refuse(EXIT_DEVICES, "the machine has more devices than the manifest");
  nics[started++] = (struct nic){base, line};
}

// The machine's transports are in its device tree, or on the command line (Linux, drivers/virtio/virtio_mmio.c):
// size@base:line.
void network_find(const char *line) {
  struct nic told;
  for (uint32_t n = 0; arch_device(n, &told.base, &told.line); n++) add(told.base, told.line);
  for (const char *at = line; *at; at++) {
    const char *value = at == line || at[-1] == ' ' ? after(at, "virtio_mmio.device=") : 0;
    if (!value) continue;
    while (*value && *value != '@') value++;
    value += *value == '@';
    uint64_t base = number(&value);
    value += *value == ':';
    add(base, (uint32_t)number(&value));
  }
  if (started < ROLES) refuse(EXIT_DEVICES, "the machine has fewer devices than the manifest");
}

// Puts nics[] into the order of the roles.
static void match(void) {
  struct nic found[ROLES] = {{0, 0}, {0, 0}, {0, 0}};
  for (uint32_t n = 0; n < ROLES; n++) {
    if (*reg(n, MMIO_MAGIC) != MMIO_MAGIC_VALUE || *reg(n, MMIO_VERSION) != MMIO_MODERN)
      refuse(EXIT_DEVICES, "a device is not virtio-mmio version 2");
    if (*reg(n, MMIO_DEVICE_ID) != VIRTIO_ID_NET) refuse(EXIT_DEVICES, "a device is not a network device");
    uint8_t mac[6];
    for (int i = 0; i < 6; i++) mac[i] = ((volatile uint8_t *)reg(n, MMIO_CONFIG))[i];
    for (uint32_t r = 0; r < ROLES; r++) {
      int same = 0;
      for (int i = 0; i < 6; i++) same += mac[i] == mac_of(r)[i];
      if (same == 6) found[r] = nics[n];
    }
  }
  for (uint32_t r = 0; r < ROLES; r++)
    if (!found[r].base) refuse_device(EXIT_DEVICES, "no device has a MAC address of the manifest: ", r);
  for (uint32_t r = 0; r < ROLES; r++) nics[r] = found[r];
}

static void set_address(enum weir_role role, uint32_t at, const volatile void *address) {
  *reg(role, at) = (uint32_t)(uint64_t)address;
  *reg(role, at + 4) = (uint64_t)address >> 32;
}

// VIRTIO 1.2, 3.1.1 and 4.2.3.2. The one queue is all that is ever set up of a device.
static void start(enum weir_role role) {
  const uint64_t features = VIRTIO_NET_F_MAC | VIRTIO_F_VERSION_1;
  const uint32_t size = role == ROLE_IN ? IN_BUFFERS : SEND_BUFFERS;
  *reg(role, MMIO_STATUS) = 0;
  *reg(role, MMIO_STATUS) = STATUS_ACKNOWLEDGE;
  *reg(role, MMIO_STATUS) = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
  for (uint32_t half = 0; half < 2; half++) {
    uint32_t wanted = (uint32_t)(features >> 32 * half);
    *reg(role, MMIO_DEVICE_FEATURES_SEL) = half;
    if (wanted & ~*reg(role, MMIO_DEVICE_FEATURES))
      refuse_device(EXIT_DEVICE_REFUSED, "this device has no MAC address or is not of VIRTIO 1: ", role);
    *reg(role, MMIO_DRIVER_FEATURES_SEL) = half;
    *reg(role, MMIO_DRIVER_FEATURES) = wanted;
  }
  *reg(role, MMIO_STATUS) = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK;
  if (!(*reg(role, MMIO_STATUS) & STATUS_FEATURES_OK))
    refuse_device(EXIT_DEVICE_REFUSED, "this device refuses the features that are needed: ", role);
  *reg(role, MMIO_QUEUE_SEL) = role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ;
  if (*reg(role, MMIO_QUEUE_READY) || *reg(role, MMIO_QUEUE_NUM_MAX) < size)
    refuse_device(EXIT_DEVICE_REFUSED, "this device has no queue that is large enough: ", role);
  *reg(role, MMIO_QUEUE_NUM) = size;
  if (role == ROLE_IN) {
    set_address(role, MMIO_QUEUE_DESC, weir_receive_table);
    set_address(role, MMIO_QUEUE_DRIVER, &weir_driver_rings.in);
    set_address(role, MMIO_QUEUE_DEVICE, &weir_device_rings.in);
  } else {
    set_address(role, MMIO_QUEUE_DESC, weir_driver_rings.table[role - ROLE_OUT]);
    set_address(role, MMIO_QUEUE_DRIVER, &weir_driver_rings.send[role - ROLE_OUT]);
    set_address(role, MMIO_QUEUE_DEVICE, &weir_device_rings.send[role - ROLE_OUT]);
  }
  *reg(role, MMIO_QUEUE_READY) = 1;
  *reg(role, MMIO_STATUS) = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK;
}

void network_start(void) {
  match();
  arch_interrupts(nics[ROLE_IN].line);
  for (uint32_t role = 0; role < ROLES; role++) start(role);
}

void network_notify(enum weir_role role) {
  *reg(role, MMIO_QUEUE_NOTIFY) = role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ;
}

void network_interrupt(void) {
  *reg(ROLE_IN, MMIO_INTERRUPT_ACK) = *reg(ROLE_IN, MMIO_INTERRUPT_STATUS);
}

// `out` first: from there on nothing is forwarded. Once: a fault in here must not lead back here.
void network_reset(void) {
  uint32_t all = started;
  started = 0;
  for (uint32_t n = 0; all == ROLES && n < ROLES; n++) *reg((n + 1) % ROLES, MMIO_STATUS) = 0;
}
