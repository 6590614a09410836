// virtio-pci as firmware or hypervisor have left it (VIRTIO 1.2, 4.1): on bus 0, registers where the BARs say, interrupts by
// MSI-X. Configuration by ports (PCI Local Bus 3.0, 3.2.2.3.2). What is found there decides which pages are mapped as device
// registers, so all of it is checked: against the 256 bytes there are, against a page, against memory.
#include "kernel/arch.h"
#include "cpu.h"

enum { PORT_ADDRESS = 0xcf8, PORT_DATA = 0xcfc, ENABLE = 0x80000000, FUNCTIONS = 256 };
enum { // registers of a function (PCI Local Bus 3.0, 6.1 and 6.7)
  PCI_ID = 0x00, PCI_COMMAND = 0x04, PCI_TYPE = 0x0c, PCI_BAR = 0x10, PCI_SUBSYSTEM = 0x2c, PCI_CAPABILITIES = 0x34,
  COMMAND_MEMORY = 2, COMMAND_MASTER = 4, COMMAND_NO_LINE = 0x400, HAS_CAPABILITIES = 1u << 20, MANY = 1u << 23,
  CONFIGURATION = 0x100, CAPABILITIES = 0x30, CAPABILITY_VENDOR = 9, CAPABILITY_MSIX = 0x11, MSIX_ENABLE = 0x8000,
};
enum { VIRTIO = 0x1af4, STRUCTURE_COMMON = 1, STRUCTURE_NOTIFY, STRUCTURE_DEVICE = 4, COMMON_SIZE = 0x38, MAC_SIZE = 6, BELL_SIZE = 2, VECTOR_SIZE = 16 };

static uint32_t next; // the function to look at next: 8 * slot + number

static uint32_t config(uint32_t function, uint32_t at) {
  outl(PORT_ADDRESS, function | at);
  return inl(PORT_DATA);
}

// Registers of 16 bits, in their own width: some hosts ignore any other.
static void configure(uint32_t function, uint32_t at, uint16_t value) {
  outl(PORT_ADDRESS, function | (at & ~3u));
  outw(PORT_DATA + (at & 2), value);
}

// A hypervisor that has no such port may answer with the last thing that went through any port.
static bool has_pci(void) {
  outl(PORT_ADDRESS, ENABLE);
  inb(PORT_CONSOLE + 5);
  return inl(PORT_ADDRESS) == ENABLE;
}

// The address of `needed` bytes behind a BAR, all in one page that is not RAM; 0 when they are not.
static uint64_t behind(uint32_t function, uint32_t bar, uint32_t offset, uint32_t needed) {
  if (bar > 5) return 0;
  const uint32_t low = config(function, PCI_BAR + 4 * bar);
  const bool wide = (low & 7) == 4;
  if (low & 1 || (wide && bar == 5)) return 0;
  const uint64_t high = wide ? config(function, PCI_BAR + 4 * (bar + 1)) : 0;
  const uint64_t base = high * 0x100000000 + (low & ~15u), at = base + offset;
  if (!base || at < base || (at & (PAGE - 1)) + needed > PAGE || !arch_may_be_device(at & ~(PAGE - 1))) return 0;
  return at;
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

// A structure of VIRTIO's. The first of each kind counts (4.1.4.1).
static void take(uint32_t function, uint32_t at, uint32_t kind, struct transport *t) {
  const uint32_t bar = config(function, at + 4) & 0xff, offset = config(function, at + 8), size = config(function, at + 12);
  if (kind == STRUCTURE_COMMON && !t->base && size >= COMMON_SIZE) t->base = behind(function, bar, offset, COMMON_SIZE);
  if (kind == STRUCTURE_DEVICE && !t->config && size >= MAC_SIZE) t->config = behind(function, bar, offset, MAC_SIZE);
  if (kind == STRUCTURE_NOTIFY && !t->bell && size >= BELL_SIZE && at <= CONFIGURATION - 20) {
    t->bell = behind(function, bar, offset, BELL_SIZE);
    t->bell_size = (uint32_t)least(size, PAGE - (t->bell & (PAGE - 1))); // one page is mapped
    t->bell_step = config(function, at + 16);
  }
}

// Capabilities, at most as many as there is room for: the list may lead anywhere.
static void walk(uint32_t function, struct transport *t) {
  if (!(config(function, PCI_COMMAND) & HAS_CAPABILITIES)) return;
  uint32_t at = config(function, PCI_CAPABILITIES) & 0xfc;
  for (uint32_t left = CAPABILITIES; left && at >= 0x40; left--) {
    const uint32_t head = config(function, at);
    if ((head & 0xff) == CAPABILITY_MSIX && at <= CONFIGURATION - 12 && !t->vectors) {
      const uint32_t table = config(function, at + 4);
      t->vectors = behind(function, table & 7, table & ~7u, VECTOR_SIZE);
      t->msix = at;
    }
    if ((head & 0xff) == CAPABILITY_VENDOR && at <= CONFIGURATION - 16) take(function, at, head >> 24, t);
    at = head >> 8 & 0xfc;
  }
}

// Until the manifest has a role for a device, the device can neither reach memory nor interrupt.
bool pci_device(struct transport *t) {
  for (next = next || has_pci() ? next : FUNCTIONS; next < FUNCTIONS;) {
    const uint32_t function = ENABLE | next++ << 8, id = config(function, PCI_ID);
    if (!(next - 1 & 7) && (id == ~0u || !(config(function, PCI_TYPE) & MANY))) next += 7;
    const uint32_t device = id >> 16;
    if ((id & 0xffff) != VIRTIO || device < 0x1000 || device > 0x107f) continue;
    *t = (struct transport){.pci = function};
    t->id = device >= 0x1040 ? device - 0x1040 : config(function, PCI_SUBSYSTEM) >> 16; // 4.1.2
    if (t->id != VIRTIO_ID_NET) return true; // not ours: left as it is
    configure(function, PCI_COMMAND, COMMAND_MEMORY | COMMAND_NO_LINE);
    walk(function, t);
    if (!(t->base && t->config && t->bell && t->vectors))
      refuse(EXIT_DEVICES, "a device on PCI is not of VIRTIO 1, or its registers are not where they can be");
    return true;
  }
  return false;
}

void pci_enable(const struct transport *t) {
  configure(t->pci, PCI_COMMAND, COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_LINE);
}

// One vector of the table, to this CPU's local APIC (Intel SDM 3A, 11.11), and the others as reset leaves them: masked.
void pci_interrupts(const struct transport *t, uint32_t vector) {
  *REGISTER(t->vectors) = LAPIC;
  *REGISTER(t->vectors + 4) = 0;
  *REGISTER(t->vectors + 8) = vector;
  *REGISTER(t->vectors + 12) = 0; // not masked
  configure(t->pci, t->msix + 2, MSIX_ENABLE);
}
