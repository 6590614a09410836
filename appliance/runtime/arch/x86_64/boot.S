// The entries: 32-bit protected mode, paging off. They lead into 64-bit mode on tables that last until arch_protect().
//   PVH (xen/docs/misc/pvh.pandoc)           ebx = physical address of hvm_start_info
//   Multiboot2 (its specification, 3.3)      ebx = physical address of its information: GRUB, from a disk, under BIOS and UEFI
#define BOOT_MAPPED 16 // times 2 MiB: all that the image may take, and where a PVH loader leaves its data
#define LARGE 0x200000

  .section .note.pvh, "a", @note
  .balign 4
  .long 4, 8, 18 // XEN_ELFNOTE_PHYS32_ENTRY
  .asciz "Xen"
  .quad pvh_start

  .section .text.boot, "ax"
  .balign 8
multiboot_header: // (3.1) in the first 32 KiB of the file
  .long 0xe85250d6, 0, multiboot_header_end - multiboot_header, -(0xe85250d6 + multiboot_header_end - multiboot_header)
  .long 3, 12, multiboot_start, 0 // the entry, in place of the ELF header's
  .long 0, 8
multiboot_header_end:

  .code32
multiboot_start:
  movl %ebx, %esi
  jmp 1f
  .globl pvh_start
pvh_start:
  xorl %esi, %esi
1: cli
  cld
  rdtsc
  movl %eax, boot_ticks
  movl %edx, boot_ticks + 4
  movl %ebx, %edi

  movl $boot_pdpt + 3, boot_pml4
  movl $boot_pd + 3, boot_pdpt
  movl $0x83, %eax // present, writable, 2 MiB
  movl $boot_pd, %ecx
1: movl %eax, (%ecx)
  addl $0x200000, %eax
  addl $8, %ecx
  cmpl $boot_pd + 8 * BOOT_MAPPED, %ecx
  jne 1b
  // GRUB's information may be anywhere: the two large pages that it is in, behind the others, to be read
  movl %esi, %eax
  andl $-LARGE, %eax
  orl $0x81, %eax
  movl %eax, (%ecx)
  addl $LARGE, %eax
  movl %eax, 8(%ecx)

  movl $0x620, %eax // PAE, OSFXSR, OSXMMEXCPT; not what firmware has left (five levels of tables)
  movl %eax, %cr4
  movl $boot_pml4, %eax
  movl %eax, %cr3
  movl $0xc0000080, %ecx // EFER: long mode, no-execute
  rdmsr
  orl $0x900, %eax
  wrmsr
  movl %cr0, %eax
  andl $~0xc, %eax // no emulation of the FPU, no trap on its first use
  orl $0x80010003, %eax // paging, write protection in ring 0 too, FPU present
  movl %eax, %cr0
  lgdt gdt_pointer
  ljmp $0x08, $1f

  .code64
1: movl $0x10, %eax
  movl %eax, %ds
  movl %eax, %es
  movl %eax, %ss
  xorl %eax, %eax
  movl %eax, %fs
  movl %eax, %gs
  movl $kernel_stack_end, %esp
  movl %edi, %edi
  movl %esi, %esi
  testl %esi, %esi
  jz 1f
  andl $LARGE - 1, %esi
  movl $2 * LARGE, %edx
  subl %esi, %edx
  addl $BOOT_MAPPED * LARGE, %esi
1: xorl %ebp, %ebp
  call cpu_start
  ud2

  .section .data
  .balign 16
  .globl gdt
gdt:
  .quad 0
  .quad 0x00af9a000000ffff // 0x08 kernel code
  .quad 0x00cf92000000ffff // 0x10 kernel data
  .quad 0x00cff2000000ffff // 0x18 user data
  .quad 0x00affa000000ffff // 0x20 user code
  .quad 0, 0               // 0x28 task state: cpu.c
gdt_pointer:
  .word . - gdt - 1
  .quad gdt

  .section .bss.boot, "aw", @nobits
  .balign 4096
boot_pml4: .skip 4096
boot_pdpt: .skip 4096
boot_pd: .skip 4096

  .section .bss
  .balign 8
  .globl boot_ticks
boot_ticks: .skip 8
