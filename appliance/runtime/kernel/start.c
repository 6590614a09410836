// REQ-DIODE-006, REQ-DIODE-013, REQ-IMAGE-004
// Boot, in the order in which things can be trusted, and the calls of the user part.
#include "kernel/arch.h"

struct weir_info weir_info __attribute__((section(".bss.info"), aligned(4096)));
char weir_console[4096] __attribute__((section(".bss.console"), aligned(4096)));

// As `weir build` finds it in the image and writes it.
__attribute__((used, aligned(4), section(".note.weir.manifest"))) static const struct {
  uint32_t owner_size, size, type;
  char owner[8];
  struct weir_manifest manifest;
} note = {5, sizeof(struct weir_manifest), 1, "Weir", {MANIFEST_VERSION, ROLES, {
  [ROLE_IN] = {"in", RECEIVE_ONLY, 0, {0x52, 0x54, 0x00, 0x77, 0x00, 0x01}},
  [ROLE_OUT] = {"out", TRANSMIT_ONLY, 0, {0x52, 0x54, 0x00, 0x77, 0x00, 0x02}},
  [ROLE_LOG] = {"log", TRANSMIT_ONLY, 0, {0x52, 0x54, 0x00, 0x77, 0x00, 0x03}}}, 0, 0}};

_Static_assert(sizeof note == 20 + sizeof(struct weir_manifest), "the manifest's note");

const volatile uint8_t *mac_of(enum weir_role role) { return note.manifest.interfaces[role].mac; }

static void copy_command_line(const char *from) {
  for (unsigned i = 0; (weir_info.command_line[i] = from[i]); i++)
    if (i + 2 > sizeof weir_info.command_line) refuse(EXIT_COMMAND_LINE, "the command line is too long");
}

static void check_manifest(void) {
  static const char names[ROLES][8] = {"in", "out", "log"};
  const volatile struct weir_manifest *m = &note.manifest; // volatile: `weir build` writes it after compilation
  bool right = m->version == MANIFEST_VERSION && m->count == ROLES;
  for (unsigned r = 0; r < ROLES; r++) {
    const volatile struct weir_interface *i = &m->interfaces[r];
    right &= i->direction == (r == ROLE_IN ? RECEIVE_ONLY : TRANSMIT_ONLY);
    for (unsigned k = 0; k < sizeof i->name; k++) right &= i->name[k] == names[r][k];
  }
  if (!right) refuse(EXIT_MANIFEST, "the manifest is not `in` receive-only, `out` and `log` transmit-only");
  const uint32_t silence = m->log_silence;
  if (m->flags & ~(uint32_t)MANIFEST_ONE_QUEUE || (silence && (silence < MIN_LOG_SILENCE || silence > MAX_LOG_SILENCE)))
    refuse(EXIT_MANIFEST, "the manifest has an unknown flag, or another time than it can wait for `log`");
  for (unsigned k = 0; k < sizeof *m; k++) ((char *)&weir_info.manifest)[k] = ((const volatile char *)m)[k];
}

void kernel_start(const struct arch_boot *boot) {
  // The loader's data may lie where the rings and page tables will be: first copy what is needed of it.
  copy_command_line(arch_command_line(boot));
  check_manifest();
  weir_info.memory = arch_memory(boot);
  if (!(weir_info.ticks_per_second = arch_clock(weir_info.clock)))
    refuse(EXIT_CLOCK, "no way to learn how fast the time stamp counter is");
  memory_start(boot);
  network_find(weir_info.command_line);
  arch_protect();
  network_start();
  user_start();
}

void kernel_call(uint64_t call, uint64_t argument) {
  if (crashed && call != WEIR_PRINT) stop(crashed);
  if (call == WEIR_NOTIFY && argument < ROLES) network_notify(argument);
  else if (call == WEIR_IDLE && argument <= 4000000000) arch_idle(argument);
  else if (call == WEIR_TAKEN && !argument) keys_erase();
  else if (call == WEIR_EXIT && argument < 64) stop(argument);
  else if (call == WEIR_CRASH && argument && argument < 64) kernel_crash(argument); // 0 would count as no crash
  else if (call == WEIR_PRINT && argument <= sizeof weir_console) {
    arch_read_user();
    for (uint64_t i = 0; i < argument; i++) arch_put(weir_console[i]);
  } else {
    put("weir: stopped: the user part made an undefined system call\n");
    stop(EXIT_BAD_CALL);
  }
}
