// What a driver and a device share (Virtual I/O Device, VIRTIO Version 1.2): split virtqueues, network devices, and the
// registers of a device on virtio-mmio. Little-endian, as both parts of the runtime are.
#ifndef WEIR_VIRTIO_H
#define WEIR_VIRTIO_H

#include <stdint.h>

// What a device can write, it can change at any moment: each word of it is read once, and everybody works on what was read then.
// `volatile`, so that no compiler reads it again. Bytes are copied out in the same way, once (batch.c, receive.c).
#ifndef READ_ONCE // a test's device changes the word behind each reading
#define READ_ONCE(word) (*(const volatile __typeof__(word) *)&(word))
#endif

// ---- 2.7 Split virtqueues -------------------------------------------------------------------------------------------

#define VIRTQ_DESC_F_NEXT 1
#define VIRTQ_DESC_F_WRITE 2
#define VIRTQ_AVAIL_F_NO_INTERRUPT 1
#define VIRTQ_USED_F_NO_NOTIFY 1

struct virtq_desc {
  uint64_t addr;
  uint32_t len;
  uint16_t flags;
  uint16_t next;
};

struct virtq_used_elem {
  uint32_t id;
  uint32_t len;
};

#define VIRTQ_AVAIL(size) struct { uint16_t flags, idx, ring[size], used_event; } __attribute__((aligned(4)))
#define VIRTQ_USED(size) \
  struct { uint16_t flags, idx; struct virtq_used_elem ring[size]; uint16_t avail_event; } __attribute__((aligned(4)))

// ---- 5.1 Network device ---------------------------------------------------------------------------------------------

#define VIRTIO_ID_NET 1
#define VIRTIO_NET_F_MAC (1ull << 5)
#define VIRTIO_F_VERSION_1 (1ull << 32)
#define VIRTIO_NET_RECEIVEQ 0
#define VIRTIO_NET_TRANSMITQ 1
#define VIRTIO_NET_HEADER 12 // struct virtio_net_hdr with num_buffers; all zeros when no offload was agreed on

// ---- 4.2.2 MMIO device register layout --------------------------------------------------------------------------------

enum virtio_mmio {
  MMIO_MAGIC = 0x000, // "virt"
  MMIO_VERSION = 0x004,
  MMIO_DEVICE_ID = 0x008,
  MMIO_DEVICE_FEATURES = 0x010,
  MMIO_DEVICE_FEATURES_SEL = 0x014,
  MMIO_DRIVER_FEATURES = 0x020,
  MMIO_DRIVER_FEATURES_SEL = 0x024,
  MMIO_QUEUE_SEL = 0x030,
  MMIO_QUEUE_NUM_MAX = 0x034,
  MMIO_QUEUE_NUM = 0x038,
  MMIO_QUEUE_READY = 0x044,
  MMIO_QUEUE_NOTIFY = 0x050,
  MMIO_INTERRUPT_STATUS = 0x060,
  MMIO_INTERRUPT_ACK = 0x064,
  MMIO_STATUS = 0x070,
  MMIO_QUEUE_DESC = 0x080, // each of the three: low half, then high half
  MMIO_QUEUE_DRIVER = 0x090,
  MMIO_QUEUE_DEVICE = 0x0a0,
  MMIO_CONFIG = 0x100,
};
#define MMIO_MAGIC_VALUE 0x74726976
#define MMIO_MODERN 2

enum virtio_status { // 2.1
  STATUS_ACKNOWLEDGE = 1,
  STATUS_DRIVER = 2,
  STATUS_DRIVER_OK = 4,
  STATUS_FEATURES_OK = 8,
  STATUS_NEEDS_RESET = 64,
  STATUS_FAILED = 128,
};

#endif
