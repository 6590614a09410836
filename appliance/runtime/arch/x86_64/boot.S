// PVH entry (xen/docs/misc/pvh.pandoc): 32-bit protected mode, paging off, ebx = physical address of hvm_start_info.
// Leads into 64-bit mode on tables that last until arch_protect().
#define BOOT_MAPPED 16 // times 2 MiB: all that the image may take, and where a loader leaves its data

  .section .note.pvh, "a", @note
  .balign 4
  .long 4, 8, 18 // XEN_ELFNOTE_PHYS32_ENTRY
  .asciz "Xen"
  .quad pvh_start

  .section .text.boot, "ax"
  .code32
  .globl pvh_start
pvh_start:
  cli
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

  movl %cr4, %eax
  orl $0x620, %eax // PAE, OSFXSR, OSXMMEXCPT
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
  xorl %ebp, %ebp
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
  .globl boot_ticks
boot_ticks: .skip 8
