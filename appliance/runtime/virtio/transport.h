// A device's registers on either transport, by the numbers they have on virtio-mmio (4.2.2); on virtio-pci the same registers
// lie in the common configuration (4.1.4.3), under other numbers and of other widths. So there is one start of a device, and
// one argument about it. VIRTIO 1.2 throughout.
#ifndef WEIR_TRANSPORT_H
#define WEIR_TRANSPORT_H

#include "kernel/arch.h"

// An image for Arm has no code for PCI: the device tree tells of virtio-mmio alone.
#ifndef ON_PCI
#ifdef __aarch64__
#define ON_PCI(t) ((void)(t), false)
#else
#define ON_PCI(t) ((t)->pci != 0)
#endif
#endif

// The compiler must not see how the address was made: see REGISTER.
#define NARROW(type, address) ({ \
  uint64_t register_ = (address); \
  __asm__ volatile("" : "+r"(register_)); \
  (volatile type *)register_; \
})

enum virtio_pci { COMMON_NOTIFY_OFF = 0x1e, COMMON_MSIX_VECTOR = 0x1a };

static const uint8_t transport_common[] = {
  [MMIO_STATUS / 4] = 0x14,
  [MMIO_DEVICE_FEATURES / 4] = 0x04,
  [MMIO_DRIVER_FEATURES / 4] = 0x0c,
  [MMIO_DRIVER_FEATURES_SEL / 4] = 0x08,
  [MMIO_QUEUE_SEL / 4] = 0x16,
  [MMIO_QUEUE_NUM_MAX / 4] = 0x18, // one register: it says the largest until it is told less
  [MMIO_QUEUE_NUM / 4] = 0x18,
  [MMIO_QUEUE_READY / 4] = 0x1c,
  [MMIO_QUEUE_DESC / 4] = 0x20, 0x24,
  [MMIO_QUEUE_DRIVER / 4] = 0x28, 0x2c,
  [MMIO_QUEUE_DEVICE / 4] = 0x30, 0x34,
  [MMIO_DEVICE_FEATURES_SEL / 4] = 0x00,
};

// How many bytes a register of the common configuration has.
static inline uint32_t transport_width(uint32_t place) { return place == 0x14 ? 1 : place >= 0x16 && place < 0x20 ? 2 : 4; }

static inline uint32_t transport_read(const struct transport *t, uint32_t at) {
  if (!ON_PCI(t)) return *REGISTER(t->base + at);
  const uint32_t place = transport_common[at / 4], bytes = transport_width(place);
  const uint64_t address = t->base + place;
  return bytes == 4 ? *REGISTER(address) : bytes == 2 ? *NARROW(uint16_t, address) : *NARROW(uint8_t, address);
}

static inline void transport_write(const struct transport *t, uint32_t at, uint32_t value) {
  if (!ON_PCI(t)) {
    *REGISTER(t->base + at) = value;
    return;
  }
  const uint32_t place = transport_common[at / 4], bytes = transport_width(place);
  const uint64_t address = t->base + place;
  if (bytes == 4) *REGISTER(address) = value;
  else if (bytes == 2) *NARROW(uint16_t, address) = (uint16_t)value;
  else *NARROW(uint8_t, address) = (uint8_t)value;
  // A reset has happened when the status says so (4.1.4.3.2); the wait for a device that never says so ends.
  if (at == MMIO_STATUS && !value) for (uint32_t n = 0; n < 10000 && *NARROW(uint8_t, address); n++) {}
}

// Finds the doorbell of the selected queue and, when the queue is to interrupt, gives it the first vector. False when the
// device has no such doorbell or vector.
static inline bool transport_queue(struct transport *t, bool interrupts) {
  if (!ON_PCI(t)) return true;
  const uint64_t offset = (uint64_t)*NARROW(uint16_t, t->base + COMMON_NOTIFY_OFF) * t->bell_step;
  if (offset + 2 > t->bell_size) return false;
  t->bell += offset;
  if (!interrupts) return true;
  *NARROW(uint16_t, t->base + COMMON_MSIX_VECTOR) = 0;
  return *NARROW(uint16_t, t->base + COMMON_MSIX_VECTOR) == 0; // 4.1.5.1.2.2: else it could not
}

static inline void transport_notify(const struct transport *t, uint32_t queue) {
  if (ON_PCI(t)) *NARROW(uint16_t, t->bell) = (uint16_t)queue;
  else *REGISTER(t->bell) = queue;
}

#endif
