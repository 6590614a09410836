// Between the files of arch/x86_64.
#ifndef WEIR_CPU_H
#define WEIR_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define LAPIC 0xfee00000ull
#define IOAPIC 0xfec00000ull
#define PORT_CONSOLE 0x3f8

#define RAM_RANGES 32
extern struct ram_range { uint64_t from, to; } ram[RAM_RANGES]; // what the machine calls memory
extern uint32_t ram_ranges;

struct transport;
bool pci_device(struct transport *t); // the next one on PCI, if there is one
void pci_enable(const struct transport *t); // lets it reach memory
void pci_interrupts(const struct transport *t, uint32_t vector);

static inline void outb(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline void outw(uint16_t port, uint16_t value) { __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }
static inline void outl(uint16_t port, uint32_t value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }
static inline uint8_t inb(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
static inline uint32_t inl(uint16_t port) {
  uint32_t value;
  __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

struct cpuid { uint32_t a, b, c, d; };
static inline struct cpuid cpuid(uint32_t leaf) {
  struct cpuid r;
  __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(0));
  return r;
}

#endif
