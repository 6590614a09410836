// REQ-DIODE-006, REQ-DIODE-007, REQ-IMAGE-005, REQ-IMAGE-006, REQ-IMAGE-007
// What is mapped and with which rights; nothing is writable and executable. And the report of a fault, which tells from
// the same table what was touched.
#include "kernel/arch.h"

typedef char mark[]; // a place that the linker script names
extern mark kernel_text, kernel_text_end, kernel_constants, kernel_constants_end, kernel_data, kernel_data_end,
  kernel_stack, kernel_stack_end, user_text, user_text_end, user_constants, user_constants_end, user_data, user_data_end,
  user_bss, user_bss_end, user_stack, user_stack_end, inspect_text, inspect_text_end, guard_text, guard_text_end, journal_text, journal_text_end,
  inspect_memory, inspect_memory_end, guard_memory, guard_memory_end, journal_memory, journal_memory_end,
  low, low_end, low_kernel, low_kernel_end, low_read, low_read_end, low_write, low_write_end, image, policy;

static const struct region { char *from, *to; enum arch_rights rights; } regions[] = {
  {kernel_text, kernel_text_end, KERNEL_TEXT},
  {kernel_constants, kernel_constants_end, KERNEL_READ},
  {kernel_data, kernel_data_end, KERNEL_WRITE},
  {kernel_stack, kernel_stack_end, KERNEL_WRITE},
  {low_kernel, low_kernel_end, KERNEL_WRITE},
  {user_text, user_text_end, USER_TEXT},
  {user_constants, user_constants_end, USER_READ},
  {(char *)&weir_info, (char *)(&weir_info + 1), USER_READ},
  {low_read, low_read_end, USER_READ},
  {weir_console, weir_console + sizeof weir_console, USER_WRITE},
  {user_data, user_data_end, USER_WRITE},
  {user_bss, user_bss_end, USER_WRITE},
  {user_stack, user_stack_end, USER_WRITE},
  {low_write, low_write_end, USER_WRITE}, // up to here each lies where its address says
  {inspect_memory, inspect_memory_end, USER_WRITE},
  {guard_memory, guard_memory_end, USER_WRITE},
  {journal_memory, journal_memory_end, USER_WRITE},
};
#define REGIONS (sizeof regions / sizeof *regions)

#define MEMORIES 3 // the last of them
#define POLICY ((const volatile struct weir_container *)policy)

static uint64_t policy_end; // of what stays; the keys' page, where there is one, comes behind
static uint64_t keys;       // that page, once the user part has begun; 0: none, or erased

uint64_t ring_address(const volatile void *place) { return (uint64_t)place + weir_info.rings_moved; }
#define RING(place) (*(__typeof__(place) *)ring_address(&(place)))

// Maps the pages of the linear memories to memory from `next` on, but not those that the policy leaves untouched; returns
// where that ends. The user part asks the compartments whether they leave them untouched.
static uint64_t memories(uint64_t next, bool map) {
  unsigned n = 0;
  for (const struct region *r = regions + REGIONS - MEMORIES; r < regions + REGIONS; r++)
    for (char *at = r->from; at < r->to; at += PAGE, n++) {
      if (POLICY->spare[n / 8] >> n % 8 & 1) continue;
      if (map) arch_map((uint64_t)at, (uint64_t)at + PAGE, next, r->rights);
      next += PAGE;
    }
  return next;
}

// Until here the kernel part writes down in weir_info what it finds out; from here on nobody does.
static void map_info(enum arch_rights rights) {
  arch_map((uint64_t)&weir_info, (uint64_t)(&weir_info + 1), (uint64_t)&weir_info, rights);
}

static void need_memory(const struct arch_boot *boot, uint64_t from, uint64_t to) {
  if (arch_is_memory(boot, from, to)) return;
  put("weir: memory is missing: ");
  put_hex(from);
  put(" to ");
  put_hex(to);
  put("\n");
  refuse(EXIT_MEMORY, "too little memory for the image and its policy");
}

// Refuses too little memory before it relies on any: what did not fit was not loaded either. Bytes that are not a policy are
// mapped as one page, and the user part refuses them.
void memory_start(const struct arch_boot *boot) {
  const uint64_t from = (uint64_t)POLICY;
  need_memory(boot, (uint64_t)low_kernel, (uint64_t)low_kernel_end);
  need_memory(boot, (uint64_t)image, from + PAGE);
  const bool is_policy = POLICY->magic == CONTAINER_MAGIC && POLICY->length <= MAX_CONTAINER;
  const uint64_t length = is_policy ? POLICY->length : PAGE, behind = (from + length + PAGE - 1) & ~(PAGE - 1);
  uint64_t end = is_policy ? memories(behind, false) : behind;
  // Where the machine has no memory for the rings at their own addresses, they lie behind everything else.
  if (!arch_is_memory(boot, (uint64_t)low_read, (uint64_t)low_write_end)) {
    weir_info.rings_moved = end - (uint64_t)low_read;
    end += (uint64_t)(low_write_end - low_read);
  }
  need_memory(boot, (uint64_t)image, end);
  const uint64_t keys_at = is_policy ? POLICY->keys : 0;
  const bool has_keys = keys_at && !(keys_at & (PAGE - 1)) && keys_at < length && length - keys_at <= PAGE;
  policy_end = from + (has_keys ? keys_at : length);
  weir_info.policy = (const uint8_t *)policy;
  weir_info.policy_length = policy_end - from;
  weir_info.keys = has_keys ? (const struct weir_keys *)policy_end : 0;

  // From here on the loader's data is gone.
  for (unsigned i = 0; i < IN_BUFFERS; i++)
    RING(weir_receive_table)[i] = (struct virtq_desc){ring_address(weir_receive_buffer[i]), BUFFER_SIZE, VIRTQ_DESC_F_WRITE, 0};
  RING(weir_device_rings).in.idx = RING(weir_driver_rings).in.idx = 0;
  RING(weir_driver_rings).in.flags = VIRTQ_AVAIL_F_NO_INTERRUPT;
  for (unsigned i = 0; i < 2; i++) {
    RING(weir_device_rings).send[i].idx = RING(weir_driver_rings).send[i].idx = 0;
    RING(weir_driver_rings).send[i].flags = VIRTQ_AVAIL_F_NO_INTERRUPT;
  }
  for (const struct region *r = regions; r < regions + REGIONS - MEMORIES; r++)
    arch_map((uint64_t)r->from, (uint64_t)r->to, r->from == low_read || r->from == low_write ? ring_address(r->from) : (uint64_t)r->from, r->rights);
  map_info(KERNEL_WRITE);
  arch_map(from, from + length, from, USER_READ);
  if (is_policy) memories(behind, true);
}

// REQ-LOG-003
void keys_erase(void) {
  if (!keys) return;
  arch_map(keys, keys + PAGE, keys, KERNEL_WRITE);
  arch_protect();
  for (volatile uint64_t *at = (volatile uint64_t *)keys; at < (volatile uint64_t *)(keys + PAGE); at++) *at = 0;
  keys = 0;
}

void user_start(void) {
  keys = (uint64_t)weir_info.keys;
  map_info(USER_READ);
  arch_protect();
  arch_user(user_main, user_stack_end);
}

static uint32_t fault_code(const struct fault *f) {
  if (!f->user) return EXIT_FAULT_KERNEL;
  if (f->code) return f->code;
  if (f->address < PAGE) return EXIT_FAULT_NULL;
  if (f->address - (uint64_t)(user_stack - PAGE) < PAGE) return EXIT_FAULT_STACK;
  if (!f->present) return EXIT_FAULT_UNMAPPED;
  for (const struct region *r = regions; r < regions + REGIONS; r++)
    if (r->rights >= USER_TEXT && f->address >= (uint64_t)r->from && f->address < (uint64_t)r->to)
      return f->execute ? EXIT_FAULT_EXECUTE : r->rights == USER_TEXT ? EXIT_FAULT_TEXT : EXIT_FAULT_READ_ONLY;
  return f->address >= (uint64_t)policy && f->address < policy_end ? EXIT_FAULT_READ_ONLY : EXIT_FAULT_PRIVILEGED;
}

void kernel_fault(const struct fault *f) {
  static const struct { const char *name; char *from, *to; } parts[] = {
    {"inspect", inspect_text, inspect_text_end}, {"guard", guard_text, guard_text_end},
    {"journal", journal_text, journal_text_end}};
  const char *part = f->user ? "user" : "kernel";
  uint32_t compartment = 0, code = fault_code(f);
  for (unsigned i = 0; i < 3; i++)
    if (f->pc >= (uint64_t)parts[i].from && f->pc < (uint64_t)parts[i].to) part = parts[i].name, compartment = i + 1;
  put("weir: trap: ");
  if (f->bounds && compartment) {
    put(part);
    put(": out of bounds\n");
    kernel_crash(EXIT_INSPECT_TRAP + compartment - 1);
  }
  put(f->what);
  if (!f->code) {
    put(f->execute ? " execute at " : f->write ? " write at " : " read at ");
    put_hex(f->address);
  }
  put(" pc ");
  put_hex(f->pc);
  put(" in ");
  put(part);
  put(code == EXIT_FAULT_STACK ? ": out of stack\n" : "\n");
  if (f->user) kernel_crash(code);
  stop(crashed ? crashed : code);
}
