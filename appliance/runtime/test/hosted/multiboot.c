// The reader of what a Multiboot2 loader hands over (arch/x86_64/multiboot.c) as a program of the build machine: checks what it understands
// of information as GRUB writes it, and reads spoilt copies, each in memory of exactly its size, so that sanitizers see any access beyond
// it. Arguments: seed, number of copies.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arch/x86_64/multiboot.c"

static jmp_buf refused;
void refuse(enum weir_exit code, const char *why) {
  (void)why;
  longjmp(refused, code == EXIT_MEMORY ? 1 : 2);
}

static uint64_t state;
static uint32_t any(uint32_t below) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33) % below;
}

// Laid out as 32-bit words: total, 0, and tags of type, size, contents, each at a multiple of 8 bytes.
static const uint32_t whole[] = {
  120, 0,
  1, 8 + 10, 0x65746164, 0x3230323d, 0x36, 0,                     // command line: date=2026
  4, 16, 640, 31 << 10,                                          // basic memory information
  6, 16 + 2 * 24, 24, 0,                                         // memory map, with a hole between two ranges
  0x1000, 0, 0x9e000, 0, 1, 0, 0x100000, 0, 0x700000, 0, 1, 0,
  0, 8};
_Static_assert(sizeof whole == 120, "its total");

static const uint8_t *copy_of(uint32_t room) {
  uint8_t *copy = malloc(room);
  if (!copy) exit(1);
  memcpy(copy, whole, room < sizeof whole ? room : sizeof whole);
  return copy;
}

// 0: refused.
static const struct arch_boot *read(const uint8_t *info, uint32_t room) {
  static struct arch_boot boot;
  memset(&boot, 0, sizeof boot);
  const int code = setjmp(refused);
  if (code > 1) exit(1);
  if (code) return 0;
  multiboot_read(info, room, &boot);
  return &boot;
}

static void must(bool holds, const char *what) {
  if (holds) return;
  printf("%s\n", what);
  exit(1);
}

// Whether information with some words changed is refused.
struct change { uint32_t at, value; };
static bool refuses_all(const struct change *changes, unsigned count) {
  const uint8_t *copy = copy_of(sizeof whole);
  for (unsigned n = 0; n < count; n++) ((uint32_t *)copy)[changes[n].at] = changes[n].value;
  const bool is = !read(copy, sizeof whole);
  free((void *)copy);
  return is;
}
#define refuses(...) refuses_all((struct change[]){__VA_ARGS__}, sizeof((struct change[]){__VA_ARGS__}) / sizeof(struct change))

int main(int count, char **arguments) {
  if (count != 3) return 1;
  const uint8_t *copy = copy_of(sizeof whole);
  const struct arch_boot *boot = read(copy, sizeof whole);
  must(boot && !strcmp((const char *)boot->command_line, "date=2026"), "command line");
  must(boot->memory_entries == 2, "number of entries");
  must(((const struct memory_entry *)boot->memory_map)[1].address == 0x100000, "entries");
  must(!read(copy, sizeof whole - 1), "more than can be read");
  free((void *)copy);

  must(refuses({0, 112}), "no end");
  must(refuses({0, 7}), "less than a head");
  must(refuses({3, 7}), "a tag smaller than its head");
  must(refuses({3, 121}), "a tag beyond the end");
  // What follows is a tag of its own.
  must(refuses({3, 8}, {4, 99}, {5, 16}), "a command line of no byte");
  must(refuses({6, 0x3636}), "a command line that does not end");
  must(refuses({13, 16}, {16, 99}, {17, 48}), "a memory map of no entry");
  must(!refuses({13, 40}, {22, 99}, {23, 24}), "a memory map of one entry");
  must(refuses({14, 32}), "entries of another size");
  must(refuses({12, 7}), "no memory map");
  must(!refuses({8, 99}), "a tag that nobody knows");
  uint8_t *odd = malloc(sizeof whole + 4);
  memcpy(odd + 4, whole, sizeof whole);
  must(!read(odd + 4, sizeof whole), "not at a multiple of 8");
  free(odd);

  state = strtoull(arguments[1], 0, 10);
  uint32_t wholes = 0;
  for (long n = strtol(arguments[2], 0, 10); n; n--) {
    const uint32_t room = any(3) ? sizeof whole : 8 + any(sizeof whole - 8);
    copy = copy_of(room);
    static const uint32_t values[] = {0, 1, 6, 7, 8, 9, 16, 24, 0x7fffffff, 0xfffffff8, 0xfffffffa, 0xffffffff};
    for (uint32_t k = any(4); k--;)
      ((uint32_t *)copy)[any(room / 4)] = any(4) ? values[any(sizeof values / sizeof *values)] : any(200);
    if (any(2)) *(uint32_t *)copy = room;
    boot = read(copy, room);
    if (boot) {
      wholes++;
      const uint64_t from = (uint64_t)copy, map = boot->memory_map;
      must(map >= from && map + boot->memory_entries * sizeof(struct memory_entry) <= from + room, "memory map outside");
      if (boot->command_line >= from && boot->command_line < from + room)
        must(strlen((const char *)boot->command_line) < room, "command line outside");
    }
    free((void *)copy);
  }
  printf("%u spoilt copies read to the end\n", wholes);
  return 0;
}
