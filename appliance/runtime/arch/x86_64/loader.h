// What a loader hands over, as a PVH loader tells it, and how the other one's is told so.
#ifndef WEIR_LOADER_H
#define WEIR_LOADER_H

#include <stdint.h>

// struct hvm_start_info and its memory map (xen/include/public/arch-x86/hvm/start_info.h).
struct arch_boot {
  uint32_t magic, version, flags, modules;
  uint64_t modlist, command_line, rsdp, memory_map;
  uint32_t memory_entries, reserved;
};
struct memory_entry { uint64_t address, size; uint32_t type, reserved; };

// `room`: bytes that can be read at `info`. `boot` is all zeros.
void multiboot_read(const uint8_t *info, uint32_t room, struct arch_boot *boot);

#endif
