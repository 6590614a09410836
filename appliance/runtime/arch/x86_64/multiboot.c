// REQ-IMAGE-024
// What GRUB hands over (Multiboot2 specification 2.0, 3.6), told as the PVH loader tells it: the command line, and the memory that the
// machine has. Entries of its memory map are laid out as PVH's are.
#include "kernel/arch.h"
#include "loader.h"

enum { TAG_END, TAG_COMMAND_LINE, TAG_MEMORY = 6, TAG_HEAD = 8, MEMORY_HEAD = 16 };

static uint32_t word(const uint8_t *at) { return *(const uint32_t *)at; }

static _Noreturn void broken(void) { refuse(EXIT_MEMORY, "the information of the Multiboot2 loader is broken"); }

void multiboot_read(const uint8_t *info, uint32_t room, struct arch_boot *boot) {
  const uint32_t total = word(info);
  if ((uint64_t)info & 7 || total > room) broken();
  for (uint32_t at = 8, size;; at += (size + 7) & ~7u) {
    if (at + TAG_HEAD > total) broken();
    const uint8_t *tag = info + at;
    size = word(tag + 4);
    if (size < TAG_HEAD || size > total - at) broken();
    if (word(tag) == TAG_END) break;
    if (word(tag) == TAG_COMMAND_LINE) {
      if (size == TAG_HEAD || tag[size - 1]) broken();
      boot->command_line = (uint64_t)tag + TAG_HEAD;
    }
    if (word(tag) == TAG_MEMORY) {
      if (size < MEMORY_HEAD + sizeof(struct memory_entry) || word(tag + 8) != sizeof(struct memory_entry)) broken();
      boot->memory_map = (uint64_t)tag + MEMORY_HEAD;
      boot->memory_entries = (size - MEMORY_HEAD) / sizeof(struct memory_entry);
    }
  }
  if (!boot->memory_map) broken();
}
