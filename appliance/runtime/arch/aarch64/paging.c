// REQ-IMAGE-006
// Three levels of tables, 4 KiB pages (Arm ARM, D8.3, VMSAv8-64).
#include "cpu.h"

enum {
  TABLE = 3, VALID = 3, NORMAL = 1 << 2, USER = 1 << 6, READ_ONLY = 1 << 7, SHAREABLE = 3 << 8, ACCESSED = 1 << 10,
  NOT_GLOBAL = 1 << 11, // the boot table's entries are of another address space, so the two never mix
};
#define NO_KERNEL_EXECUTE (1ull << 53)
#define NO_USER_EXECUTE (1ull << 54)
#define NO_EXECUTE (NO_KERNEL_EXECUTE | NO_USER_EXECUTE)
#define MEMORY (VALID | NORMAL | SHAREABLE | ACCESSED | NOT_GLOBAL)
#define WRITABLE_IS_NO_EXECUTE (1ull << 19) // SCTLR_EL1.WXN: whatever the tables say
#define TABLES 28 // two levels above, 17 for an image of 32 MiB, and devices

extern char low[], journal_memory_end[];
static uint64_t tables[TABLES][512] __attribute__((section(".bss.low.kernel"), aligned(4096)));
static unsigned used;

// Low memory holds what the loader left there.
static uint64_t *new_table(void) {
  if (used == TABLES) refuse(EXIT_MEMORY, "the image and its policy are larger than 32 MiB");
  volatile uint64_t *table = tables[used++];
  for (int i = 0; i < 512; i++) table[i] = 0;
  return (uint64_t *)table;
}

void arch_map(uint64_t from, uint64_t to, uint64_t physical, enum arch_rights rights) {
  static const uint64_t bits[] = {
    [KERNEL_TEXT] = MEMORY | READ_ONLY | NO_USER_EXECUTE,
    [KERNEL_READ] = MEMORY | READ_ONLY | NO_EXECUTE,
    [KERNEL_WRITE] = MEMORY | NO_EXECUTE,
    [KERNEL_DEVICE] = VALID | ACCESSED | NOT_GLOBAL | NO_EXECUTE,
    [USER_TEXT] = MEMORY | USER | READ_ONLY | NO_KERNEL_EXECUTE,
    [USER_READ] = MEMORY | USER | READ_ONLY | NO_EXECUTE,
    [USER_WRITE] = MEMORY | USER | NO_EXECUTE,
  };
  if (!used) new_table();
  while (from < to) {
    uint64_t *table = tables[0];
    for (int shift = 30; shift > 12; shift -= 9) {
      uint64_t *entry = &table[from >> shift & 511];
      if (!*entry) *entry = (uint64_t)new_table() | TABLE; // the last level decides
      table = (uint64_t *)(*entry & ~(PAGE - 1));
    }
    do table[from >> 12 & 511] = physical | bits[rights];
    while (physical += PAGE, (from += PAGE) < to && (from >> 12 & 511));
  }
}

static void map_page(uint64_t address) {
  address &= ~(PAGE - 1);
  arch_map(address, address + PAGE, address, KERNEL_DEVICE);
}

void arch_protect(void) {
  if (machine.console) map_page(machine.console);
  // Of GICv3: the distributor's control, its routes, and two pages of the redistributor.
  if (machine.gic_version) map_page(machine.gic), map_page(machine.gic_cpu);
  if (machine.gic_version == 3) map_page(machine.gic + 0x6000), map_page(machine.gic + 0x7000), map_page(machine.gic_cpu + 0x10000);
  __asm__ volatile("dsb ishst; msr ttbr0_el1, %0; isb; tlbi vmalle1; dsb nsh; isb" : : "r"((uint64_t)tables | 1ull << 48) : "memory");
  WRITE("sctlr_el1", READ("sctlr_el1") | WRITABLE_IS_NO_EXECUTE);
  ISB();
}

bool arch_may_be_device(uint64_t base) {
  for (uint32_t i = 0; i < machine.memories; i++)
    if (base + PAGE > machine.memory[i].from && base < machine.memory[i].to) return false;
  if (base + PAGE > (uint64_t)low && base < (uint64_t)journal_memory_end) return false; // taken: see link.ld
  return base && !(base & 511) && base < 1ull << 39;
}
