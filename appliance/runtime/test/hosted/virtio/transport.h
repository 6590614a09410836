// In the place of the runtime's virtio/transport.h: each register access calls the program that judges it, in order.
#ifndef WEIR_TRANSPORT_H
#define WEIR_TRANSPORT_H

#include "kernel/arch.h"

#define ON_PCI(t) ((t)->pci != 0)
#define NARROW(type, address) ((volatile type *)(uint64_t)(address))

static uint32_t transport_read(const struct transport *t, uint32_t at);
static void transport_write(const struct transport *t, uint32_t at, uint32_t value);
static bool transport_queue(struct transport *t, bool interrupts);
static void transport_notify(const struct transport *t, uint32_t queue);

#endif
