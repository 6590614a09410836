// kernel/memory.c as it is, as a program of the build machine: where image, rings and linear memories come to lie in machines
// whose memory has holes. The places that the linker script names are made here, in the order in which it has them; the
// machine's memory is a list of ranges, and whatever is mapped or given to a device must lie in it, each byte once.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kernel/arch.h"

__asm__(
  ".pushsection .bss.machine,\"aw\",@nobits\n.balign 4096\n"
  "low: low_kernel: .skip 8192\nlow_kernel_end:\n"
  "low_read: weir_receive_table: .skip 2048\nweir_device_rings: .skip 6144\nweir_receive_buffer: .skip 262144\nlow_read_end:\n"
  "low_write: weir_driver_rings: .skip 16384\nweir_send_buffer: .skip 249856\nlow_write_end: low_end:\n"
  "image: kernel_text: .skip 4096\nkernel_text_end: user_text: .skip 4096\nuser_text_end:\n"
  "kernel_constants: .skip 4096\nkernel_constants_end: user_constants: .skip 4096\nuser_constants_end:\n"
  "user_data: .skip 4096\nuser_data_end: kernel_data: .skip 4096\nkernel_data_end:\n"
  ".skip 4096\nkernel_stack: .skip 8192\nkernel_stack_end: .skip 4096\nuser_stack: .skip 8192\nuser_stack_end:\n"
  "weir_info: .skip 4096\nweir_console: .skip 4096\nuser_bss: .skip 4096\nuser_bss_end:\n"
  "policy: .skip 0x200000\n"
  "inspect_text: inspect_text_end: guard_text: guard_text_end: journal_text: journal_text_end: .skip 4096\n"
  "inspect_memory: .skip 0x18000\ninspect_memory_end: .skip 4096\nguard_memory: .skip 0x4000\nguard_memory_end: .skip 4096\n"
  "journal_memory: .skip 0x4000\njournal_memory_end:\n"
  ".popsection\n");
#include "kernel/memory.c"

_Static_assert(sizeof weir_device_rings <= 6144 && sizeof weir_driver_rings <= 16384 && sizeof weir_send_buffer <= 249856, "room for the rings");
_Static_assert(sizeof weir_info <= 4096 && sizeof weir_console == 4096, "room for a page");

static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

// ---- What arch/ and the other files of kernel/ give ------------------------------------------------------------------------------

struct arch_boot { struct { uint64_t from, to; } memory[4]; };
uint32_t crashed;
static char said[256];
static jmp_buf over;
static struct { uint64_t at, physical; enum arch_rights rights; } mapped[2048]; // each page
static uint32_t maps;

void put(const char *text) { strncat(said, text, sizeof said - strlen(said) - 1); }
void put_hex(uint64_t value) {
  char one[24];
  snprintf(one, sizeof one, "0x%llx", (unsigned long long)value);
  put(one);
}
_Noreturn void refuse(enum weir_exit code, const char *why) {
  if (code != EXIT_MEMORY) wrong("it refuses with another code");
  put(why);
  longjmp(over, 1);
}
_Noreturn void stop(uint32_t code) { (void)code; wrong("it stops"); }
_Noreturn void kernel_crash(uint32_t code) { (void)code; wrong("it crashes"); }
_Noreturn void user_main(void) { wrong("the user part"); }
static uint32_t protections;
void arch_protect(void) { protections++; }
_Noreturn void arch_user(void (*entry)(void), char *stack_end) {
  if (entry != user_main || stack_end != user_stack_end) wrong("another user part");
  longjmp(over, 2);
}
bool arch_is_memory(const struct arch_boot *boot, uint64_t from, uint64_t to) {
  for (int n = 0; n < 4; n++) if (boot->memory[n].from <= from && to <= boot->memory[n].to) return true;
  return false;
}
void arch_map(uint64_t from, uint64_t to, uint64_t physical, enum arch_rights rights) {
  if (from % PAGE || physical % PAGE) wrong("not a page is mapped");
  for (; from < to; from += PAGE, physical += PAGE) {
    uint32_t n = 0;
    while (n < maps && mapped[n].at != from) n++;
    if (n == 2048) wrong("it maps for ever");
    mapped[n].at = from, mapped[n].physical = physical, mapped[n].rights = rights;
    maps += n == maps;
  }
}

// ---- Trials ------------------------------------------------------------------------------------------------------------------------

#define AT(name) ((uint64_t)(name))
#define POISON 0x5a
static struct weir_container *container(void) {
  char *place = policy;
  __asm__ volatile("" : "+r"(place));
  return (struct weir_container *)place;
}

static uint32_t keys_at; // where the policy says that its keys are

/** Whether it starts; the policy has `pages` of the linear memories without memory, from the first on. */
static bool start(const struct arch_boot *boot, uint32_t pages, uint32_t length) {
  memset(low_kernel, POISON, AT(low_end) - AT(low_kernel));
  memset(policy, POISON, 0x200000);
  memset(&weir_info, 0, sizeof weir_info);
  struct weir_container *c = container();
  memset(c, 0, sizeof *c);
  c->magic = CONTAINER_MAGIC, c->length = length, c->keys = keys_at;
  for (uint32_t n = 0; n < pages; n++) c->spare[n / 8] |= (uint8_t)(1 << n % 8);
  maps = 0, said[0] = 0, policy_end = keys = 0;
  if (setjmp(over)) return false;
  memory_start(boot);
  return true;
}

static uint64_t physical_of(uint64_t at, enum arch_rights rights) {
  for (uint32_t n = 0; n < maps; n++) if (mapped[n].at == at) {
    if (mapped[n].rights != rights) wrong("a page has other rights");
    return mapped[n].physical;
  }
  wrong("a page is not mapped");
}

/** What is mapped lies in memory, each page of it once; the rings are where devices are told, and as they must be. */
static void judge(const struct arch_boot *boot, uint64_t moved, uint32_t spare, uint32_t length) {
  for (uint32_t n = 0; n < maps; n++) {
    if (!arch_is_memory(boot, mapped[n].physical, mapped[n].physical + PAGE)) wrong("a page is mapped where no memory is");
    for (uint32_t other = 0; other < n; other++) if (mapped[n].physical == mapped[other].physical) wrong("two pages are mapped to one");
  }
  if (weir_info.rings_moved != moved) wrong("the rings are elsewhere");
  for (uint64_t at = AT(low_read); at < AT(low_read_end); at += PAGE) if (physical_of(at, USER_READ) != at + moved) wrong("pages of the rings are elsewhere");
  for (uint64_t at = AT(low_write); at < AT(low_write_end); at += PAGE) if (physical_of(at, USER_WRITE) != at + moved) wrong("pages of the rings are elsewhere");
  const struct virtq_desc *table = (const void *)((uint64_t)weir_receive_table + moved);
  for (uint32_t n = 0; n < IN_BUFFERS; n++)
    if (table[n].addr != (uint64_t)weir_receive_buffer[n] + moved || table[n].len != BUFFER_SIZE || table[n].flags != VIRTQ_DESC_F_WRITE || table[n].next)
      wrong("a receive buffer is elsewhere");
  const struct weir_driver_rings *driver = (const void *)((uint64_t)&weir_driver_rings + moved);
  const struct weir_device_rings *device = (const void *)((uint64_t)&weir_device_rings + moved);
  if (driver->in.idx || device->in.idx || driver->in.flags != VIRTQ_AVAIL_F_NO_INTERRUPT) wrong("the ring of `in` is not empty, or interrupts");
  for (int n = 0; n < 2; n++)
    if (driver->send[n].idx || device->send[n].idx || driver->send[n].flags != VIRTQ_AVAIL_F_NO_INTERRUPT) wrong("a ring is not empty, or interrupts");
  for (uint64_t at = AT(low_read); moved && at < AT(low_write_end); at++) if (*(uint8_t *)at != POISON) wrong("it writes where no memory is");
  // The image lies where its addresses say
  if (physical_of(AT(kernel_text), KERNEL_TEXT) != AT(kernel_text) || physical_of(AT(user_text), USER_TEXT) != AT(user_text)) wrong("the image is elsewhere");
  if (physical_of(AT(&weir_info), KERNEL_WRITE) != AT(&weir_info)) wrong("weir_info is elsewhere");
  const uint64_t behind = (AT(policy) + length + PAGE - 1) & ~(PAGE - 1);
  for (uint64_t at = AT(policy); at < behind; at += PAGE) if (physical_of(at, USER_READ) != at) wrong("the policy is elsewhere");
  // Of the linear memories the pages that are used, one behind the other
  static const struct { char *from, *to; } memories_[] = {{inspect_memory, inspect_memory_end}, {guard_memory, guard_memory_end}, {journal_memory, journal_memory_end}};
  uint64_t next = behind;
  for (int n = 0; n < 3; n++)
    for (char *at = memories_[n].from; at < memories_[n].to; at += PAGE) {
      if (spare) { spare--; continue; }
      if (physical_of(AT(at), USER_WRITE) != next) wrong("a linear memory is elsewhere");
      next += PAGE;
    }
  if (moved && next - AT(low_read) != moved) wrong("the rings are not behind everything else");
}

static const char *missing(uint64_t from, uint64_t to) {
  static char line[200];
  snprintf(line, sizeof line, "weir: memory is missing: 0x%llx to 0x%llx\ntoo little memory for the image and its policy", (unsigned long long)from, (unsigned long long)to);
  return line;
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  const uint64_t rings = AT(low_write_end) - AT(low_read), length = 5000, behind = AT(policy) + 2 * PAGE, used = 32 * PAGE;
  const uint64_t end = behind + used, top = end + rings;
  const struct arch_boot whole = {{{AT(low), AT(low_end)}, {AT(image), end}}};
  if (!start(&whole, 0, length)) wrong(said);
  judge(&whole, 0, 0, length);
  if (!start(&(struct arch_boot){{{AT(low), end}}}, 0, length)) wrong(said);
  judge(&whole, 0, 0, length);
  // A hole where the rings would be: all of it, its end, its beginning, a page in the middle
  const struct arch_boot holes[] = {
    {{{AT(low), AT(low_read)}, {AT(image), top}}},
    {{{AT(low), AT(low_write_end) - PAGE}, {AT(image), top}}},
    {{{AT(low), AT(low_read)}, {AT(low_read) + PAGE, AT(low_end)}, {AT(image), top}}},
    {{{AT(low), AT(low_write)}, {AT(low_write) + PAGE, AT(low_end)}, {AT(image), top}}}};
  for (int n = 0; n < 4; n++) {
    if (!start(&holes[n], 0, length)) wrong(said);
    judge(&holes[n], end - AT(low_read), 0, length);
    struct arch_boot little = holes[n];
    for (int k = 0; k < 4; k++) if (little.memory[k].to == top) little.memory[k].to -= PAGE;
    if (start(&little, 0, length)) wrong("the rings lie where no memory is");
    if (strcmp(said, missing(AT(image), top))) wrong("the range that is missing is not named");
  }
  // A policy that leaves pages untouched needs less
  const struct arch_boot less = {{{AT(low), AT(low_read)}, {AT(image), top - 20 * PAGE}}};
  if (!start(&less, 20, length)) wrong(said);
  judge(&less, end - 20 * PAGE - AT(low_read), 20, length);
  if (start(&less, 19, length)) wrong("a page has no memory");
  // What the image must have where it is
  const struct { struct arch_boot boot; uint64_t from, to; } refused[] = {
    {{{{AT(low), AT(low_kernel_end) - PAGE}, {AT(image), top}}}, AT(low_kernel), AT(low_kernel_end)},
    {{{{AT(low), AT(low_end)}, {AT(image) + PAGE, top}}}, AT(image), AT(policy) + PAGE},
    {{{{AT(low), AT(low_end)}, {AT(image), AT(policy)}}}, AT(image), AT(policy) + PAGE},
    {{{{AT(low), AT(low_end)}, {AT(image), end - PAGE}}}, AT(image), end},
    {{{{AT(low), AT(low_end)}, {AT(image), AT(policy) + PAGE}, {AT(policy) + 2 * PAGE, top}}}, AT(image), end}};
  for (unsigned n = 0; n < sizeof refused / sizeof *refused; n++) {
    if (start(&refused[n].boot, 0, length)) wrong("it starts without memory");
    if (strcmp(said, missing(refused[n].from, refused[n].to))) printf("%s\n", said), wrong("the range that is missing is not named");
    if (maps) wrong("something is mapped before that");
  }
  // Bytes that are no policy: one page of them, for the user part to refuse
  for (int n = 0; n < 2; n++) {
    if (!start(&whole, 0, n ? MAX_CONTAINER + 1 : length)) wrong(said);
    if (!n) container()->magic = 0, maps = 0, memory_start(&whole);
    if (weir_info.policy_length != PAGE || physical_of(AT(policy), USER_READ) != AT(policy)) wrong("what is no policy is mapped otherwise");
    for (uint32_t k = 0; k < maps; k++) if (mapped[k].at > AT(policy)) wrong("more is mapped than a page of what is no policy");
  }
  // Keys: erased, and out of the user part's reach, once it has them; not before, and nothing else
  keys_at = PAGE;
  if (!start(&whole, 0, length)) wrong(said);
  judge(&whole, 0, 0, length);
  if ((uint64_t)weir_info.keys != AT(policy) + PAGE || weir_info.policy_length != PAGE) wrong("the keys are elsewhere");
  const struct fault reads = {.user = true, .present = true, .address = AT(policy) + PAGE};
  if (fault_code(&reads) != EXIT_FAULT_PRIVILEGED) wrong("the keys count as the policy");
  keys_erase(); // before the tables are in use there is no way
  const uint8_t *page = (const uint8_t *)policy + PAGE;
  for (uint32_t n = 0; n < PAGE; n++) if (page[n] != POISON) wrong("the keys are erased too early");
  protections = 0;
  if (!setjmp(over)) user_start(), wrong("it returns from the user part");
  for (int n = 0; n < 2; n++) keys_erase();
  for (uint32_t n = 0; n < PAGE; n++) if (page[n]) wrong("keys are left");
  if (page[-1] != POISON || page[PAGE] != POISON) wrong("it erases more than the keys");
  if (physical_of(AT(page), KERNEL_WRITE) != AT(page) || protections != 2) wrong("the user part can still read where the keys were");
  // Where no keys can be: the user part refuses the policy
  static const uint32_t none[] = {0, 1, PAGE - 8, 2 * PAGE, 1u << 31};
  for (unsigned n = 0; n < sizeof none / sizeof *none; n++) {
    keys_at = none[n];
    if (!start(&whole, 0, length)) wrong(said);
    if (weir_info.keys || weir_info.policy_length != length) wrong("keys are where none can be");
  }
  keys_at = PAGE;
  if (!start(&whole, 0, 2 * PAGE + 8) && !strstr(said, "missing")) wrong(said);
  if (weir_info.keys) wrong("keys are longer than a page");
  printf("right\n");
  return 0;
}
