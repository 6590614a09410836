// REQ-IMAGE-006
// Four levels of tables, 4 KiB pages (Intel SDM 3A, 4.5).
#include "kernel/arch.h"
#include "cpu.h"

enum { PRESENT = 1, WRITABLE = 2, USER = 4, WRITE_THROUGH = 8, CACHE_DISABLE = 16 };
#define NO_EXECUTE (1ull << 63)
#define TABLES 27 // three levels above, 16 for an image of 32 MiB, and devices, which may be in two places above 4 GiB

static uint64_t tables[TABLES][512] __attribute__((section(".bss.low.kernel"), aligned(4096)));
static unsigned used;

// Low memory holds what the loader left there.
static uint64_t *new_table(void) {
  if (used == TABLES) refuse(EXIT_MEMORY, "the image and its policy are larger than 32 MiB");
  uint64_t *table = tables[used++], *at = table, count = 512;
  __asm__ volatile("rep stosq" : "+D"(at), "+c"(count) : "a"(0) : "memory");
  return table;
}

void arch_map(uint64_t from, uint64_t to, uint64_t physical, enum arch_rights rights) {
  static const uint64_t bits[] = {
    [KERNEL_TEXT] = PRESENT,
    [KERNEL_READ] = PRESENT | NO_EXECUTE,
    [KERNEL_WRITE] = PRESENT | WRITABLE | NO_EXECUTE,
    [KERNEL_DEVICE] = PRESENT | WRITABLE | NO_EXECUTE | WRITE_THROUGH | CACHE_DISABLE,
    [USER_TEXT] = PRESENT | USER,
    [USER_READ] = PRESENT | USER | NO_EXECUTE,
    [USER_WRITE] = PRESENT | USER | WRITABLE | NO_EXECUTE,
  };
  if (!used) new_table();
  while (from < to) {
    uint64_t *table = tables[0];
    for (int shift = 39; shift > 12; shift -= 9) {
      uint64_t *entry = &table[from >> shift & 511];
      if (!*entry) *entry = (uint64_t)new_table() | PRESENT | WRITABLE | USER; // the last level decides
      table = (uint64_t *)(*entry & ~(PAGE - 1));
    }
    do table[from >> 12 & 511] = physical | bits[rights];
    while (physical += PAGE, (from += PAGE) < to && (from >> 12 & 511));
  }
}

void arch_protect(void) {
  arch_map(LAPIC, LAPIC + PAGE, LAPIC, KERNEL_DEVICE);
  arch_map(IOAPIC, IOAPIC + PAGE, IOAPIC, KERNEL_DEVICE);
  uint64_t cr4;
  __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
  struct cpuid leaf = cpuid(7);
  if (cpuid(0).a >= 7) cr4 |= (leaf.b >> 7 & 1) << 20 | (leaf.b >> 20 & 1) << 21 | (leaf.c >> 2 & 1) << 11; // SMEP, SMAP, UMIP
  __asm__ volatile("mov %0, %%cr3; mov %1, %%cr4" : : "r"(tables), "r"(cr4) : "memory");
}

#define IMAGE_ADDRESSES (32ull << 20) // the image's own, below which no device is mapped

bool arch_may_be_device(uint64_t base) {
  const uint64_t page = base & ~(PAGE - 1);
  if (base & 511 || page < IMAGE_ADDRESSES || page >= 1ull << 46 || page == LAPIC || page == IOAPIC) return false;
  for (uint32_t i = 0; i < ram_ranges; i++) if (page < ram[i].to && ram[i].from < page + PAGE) return false;
  return true;
}
