// REQ-IMAGE-017
// Entry, by the boot protocol of Linux (Documentation/arch/arm64/booting.rst): MMU off, x0 = device tree, at any 2 MiB
// boundary plus 1 MiB. QEMU enters the ELF file here too, with x0 = 0 and the device tree where the memory begins.
// Leads into C with the MMU on, on a table that lasts until arch_protect().
#define LARGE 30 // bits of address that one entry of the boot table covers: 1 GiB
#define DEVICE 0x0060000000000c01 // not executable, not global, accessed; a block; strongly ordered
#define NORMAL 0xf05              // not global, accessed, inner shareable; a block; write-back
#define ATTRIBUTES 0xff00         // 0: device, nGnRnE; 1: normal, write-back
// 39 bits of address, 4 KiB pages, tables are write-back and inner shareable; nothing in the upper half
#define TRANSLATION (25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23)
#define CONTROL 0x3050181d // MMU, caches, aligned stack pointers; of the rest what must be 1; PAN when a trap comes

  .section .text.boot, "ax"
  .globl image_header
image_header:
  b entry
  .long 0
  .quad 0x100000   // text_offset: below the image are the rings and page tables
  .quad image_size // with what the loader need not write
  .quad 0xa        // little-endian, 4 KiB pages, anywhere in memory
flat: .quad 0      // of a flat image: bytes of policy behind its data (build/flat.ts); here: 0
  .quad 0, 0
  .ascii "ARM\x64"
  .long 0

entry:
  mrs x20, cntvct_el0
  msr daifset, #15
  mrs x1, CurrentEL
  cmp x1, #4
  b.eq 1f
  movz w0, #0x8400, lsl #16 // EL2 is not for us: PSCI SYSTEM_OFF
  movk w0, #8
  smc #0
  b .

1: adrp x21, low // where the image was put
  cmp x0, #0
  csel x19, x0, x21, ne
  adrp x1, boot_table
  mov x2, x1
  ldr x3, =DEVICE
  mov x4, #1 << LARGE
2: str x3, [x2], #8
  add x3, x3, x4
  tst x2, #0xfff
  b.ne 2b
  ldr x5, =NORMAL
  .irp place, x21, x19 // the image and the device tree are in memory
  lsr x3, \place, #LARGE
  add x4, x5, x3, lsl #LARGE
  str x4, [x1, x3, lsl #3]
  .endr
  dmb sy
  mov x2, x1
3: dc ivac, x2 // what a cache may have of the table is older than what was just written past it
  add x2, x2, #16
  tst x2, #0xfff
  b.ne 3b

  ldr x2, =ATTRIBUTES
  msr mair_el1, x2
  mrs x2, id_aa64mmfr0_el1 // how wide physical addresses are, at most 48 bits
  and x2, x2, #7
  mov x3, #5
  cmp x2, x3
  csel x2, x2, x3, lo
  ldr x3, =TRANSLATION
  orr x2, x3, x2, lsl #32
  msr tcr_el1, x2
  msr ttbr0_el1, x1
  dsb sy
  tlbi vmalle1
  ic iallu
  dsb sy
  isb
  ldr x2, =CONTROL
  msr sctlr_el1, x2
  isb

  // A flat image: its policy lies where the memory that begins with zeros will be.
  ldr x1, flat
  cbz x1, 6f
  adrp x2, kernel_bss
  adrp x4, policy
  add x3, x4, x1 // from the end: the two may overlap
  add x2, x2, x1
4: ldr x5, [x2, #-8]!
  str x5, [x3, #-8]!
  cmp x3, x4
  b.ne 4b
  adrp x2, kernel_bss
5: stp xzr, xzr, [x2], #16
  cmp x2, x4
  b.ne 5b

  // Addresses in constants, when it is not where it was linked to be: .relr.dyn (System V ABI, gABI, "Relocation"). An even
  // word is an address; an odd one says in bits 1 to 63 which of the next 63 words are too.
6: ldr x1, =low_linked_at
  subs x1, x21, x1
  b.eq 11f
  adrp x2, kernel_relr
  add x2, x2, :lo12:kernel_relr
  adrp x3, kernel_relr_end
  add x3, x3, :lo12:kernel_relr_end
7: cmp x2, x3
  b.eq 11f
  ldr x4, [x2], #8
  tbnz x4, #0, 8f
  add x5, x4, x1
  ldr x6, [x5]
  add x6, x6, x1
  str x6, [x5], #8
  b 7b
8: mov x7, x5
9: lsr x4, x4, #1
  cbz x4, 10f
  tbz x4, #0, 12f
  ldr x6, [x7]
  add x6, x6, x1
  str x6, [x7]
12: add x7, x7, #8
  b 9b
10: add x5, x5, #63 * 8
  b 7b

11: mov x1, #3 << 20 // the user part has vector registers, and nothing beyond
  msr cpacr_el1, x1
  adrp x1, vectors
  add x1, x1, :lo12:vectors
  msr vbar_el1, x1
  msr spsel, #1
  adrp x1, kernel_stack_end
  add sp, x1, :lo12:kernel_stack_end
  mov x29, #0
  mov x30, #0
  isb
  mov x0, x19
  mov x1, x20
  bl cpu_start
  .ltorg

  .section .data.boot, "aw"
  .balign 4096
boot_table: .skip 4096
