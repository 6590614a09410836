// The reader of device trees (arch/aarch64/fdt.c) as a program of the build machine: prints what it understood of the tree
// in a file, then reads spoilt copies of it, each in memory of exactly its size, so that sanitizers see any access beyond it.
// Arguments: file, seed, number of copies.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cpu.h"

#undef REGISTER
static uint32_t device_id;
static uint32_t *transport(uint64_t address) {
  device_id = (address & 0x3fff) >= 0x3a00; // the last three have something in them
  return &device_id;
}
#define REGISTER(address) transport(address)
#include "arch/aarch64/fdt.c"

static uint64_t state;
static uint32_t any(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}

static void print(bool whole) {
  printf("%s, console %" PRIx64 "%s, gic %u %" PRIx64 " %" PRIx64 ", psci %s\n", whole ? "whole" : "broken", machine.console, machine.console_16550 ? " (16550)" : "",
    machine.gic_version, machine.gic, machine.gic_cpu, machine.smc ? "smc" : "hvc");
  for (uint32_t i = 0; i < machine.memories; i++)
    printf("memory %" PRIx64 " %" PRIx64 "\n", machine.memory[i].from, machine.memory[i].to);
  for (uint32_t i = 0; i < machine.count; i++) printf("device %" PRIx64 " %u\n", machine.devices[i].base, machine.devices[i].line);
  printf("command line %s\n", machine.command_line ? machine.command_line : "none");
}

int main(int count, char **arguments) {
  FILE *file = count == 4 ? fopen(arguments[1], "rb") : 0;
  if (!file) return 1;
  static uint8_t tree[1 << 20];
  const size_t size = fread(tree, 1, sizeof tree, file);
  fclose(file);
  // QEMU's is one MiB with most of it unused: what is behind the texts is left out
  const uint32_t texts = word(tree + 12) + word(tree + 32), structure = word(tree + 8) + word(tree + 36);
  const uint32_t used = texts > structure ? texts : structure;
  if (used > size) return 1;
  *(uint32_t *)(tree + 4) = __builtin_bswap32(used);
  print(fdt_read(tree));
  state = strtoull(arguments[2], 0, 10);
  uint32_t wholes = 0;
  for (long n = strtol(arguments[3], 0, 10); n; n--) {
    // Cut anywhere; words changed anywhere, lengths and offsets more often. The total length stays right: the loader answers
    // for it.
    const uint32_t room = any() % 4 ? used : 40 + any() % (used - 40);
    uint8_t *copy = malloc(room);
    if (!copy) return 1;
    memcpy(copy, tree, room);
    static const uint32_t odd[] = {0, 1, 2, 3, 4, 9, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffff4, 0xfffffff8, 0xfffffffc, 0xffffffff};
    for (uint32_t k = any() % 4; k--;) {
      uint32_t at = (any() % 8 ? any() % room : any() % 40) & ~3u;
      if (any() % 2) while (at + 12 <= room && word(copy + at) != FDT_PROP) at += 4;
      at += any() % 3 * 4;
      const uint32_t small = any() % 16, value = any() % 3 ? odd[any() % (sizeof odd / sizeof *odd)] : any() % 2 ? any() : small;
      if (at + 4 <= room) *(uint32_t *)(copy + at) = __builtin_bswap32(value);
    }
    if (room < used && any() % 2) { // nothing behind the nodes, and the texts anywhere
      const uint32_t begin = word(copy + 8) % room;
      *(uint32_t *)(copy + 36) = __builtin_bswap32(room - begin);
      *(uint32_t *)(copy + 12) = __builtin_bswap32(40);
      *(uint32_t *)(copy + 32) = __builtin_bswap32(room - 40);
    }
    *(uint32_t *)(copy + 4) = __builtin_bswap32(room);
    memset(&machine, 0, sizeof machine);
    wholes += fdt_read(copy);
    // All of the command line can be read
    if (machine.command_line && strlen(machine.command_line) > room) return 1;
    free(copy);
  }
  printf("%u spoilt copies read to the end\n", wholes);
  return 0;
}
