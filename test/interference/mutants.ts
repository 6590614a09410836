/** C10: images that are spoilt on purpose, one small change of the runtime each, and the claim that each must contradict. */

export interface Mutant {
  name: string;
  /** In appliance/runtime. */
  file: string;
  /** Exactly one place of the file, and what takes its place. */
  from: string;
  to: string;
  /** The claims that must not hold of it. */
  claims: readonly string[];
  /** It does not listen on `in`; on `out` it would, and not come to the end of a flood there: look without. */
  deaf?: true;
}

const FREE = "(uint16_t)(weir_driver_rings.send[0].idx - weir_device_rings.send[0].idx) < SEND_BUFFERS";
const ROUND = "void round_run(void) {";
const LEAST = "  for (uint32_t i = 0; i < n; i++) post(ids[i]);";

/** Sends all that comes, for ever, and looks at nothing: what a trap must never lead to. */
const FORWARD_ALL = `for (;;) {
    for (uint32_t i = 0; i < batch.count; i++) {
      const uint8_t *record = compartment_input(INSPECT) + batch.starts[i];
      send(OUT, record + 32, *(const uint32_t *)(record + 16), 0);
    }
    batch_clear(0);
    send_flush();
    if (!receive()) receive_wait(1000000);
  }`;

export const MUTANTS: readonly Mutant[] = [
  {
    name: "takes the device of `out` for that of `in`, and the other way round",
    ...{ file: "kernel/network.c", from: "nics[r] = of[r];" },
    to: "nics[r] = of[r == ROLE_LOG ? r : 1 - r];",
    claims: ["C1", "C2", "C6"],
    deaf: true,
  },
  {
    name: "takes the device of `log` for that of `in`: the log leaves through `in`",
    ...{ file: "kernel/network.c", from: "if (same == 6 && !taken) of[r] = nics[n], taken = true;" },
    to: "if (same == 6 && !taken) of[2 - r] = nics[n], taken = true;",
    claims: ["C1", "C2", "C4", "C6"],
    deaf: true,
  },
  {
    name: "offers a buffer in the inert queues",
    ...{ file: "kernel/network.c", from: "} idle __attribute__((aligned(512)));" },
    to: "} idle __attribute__((aligned(512))) = {.table = {{0x2000, 1500, VIRTQ_DESC_F_WRITE, 0}}, .available = {.idx = 1}};",
    claims: ["C1", "C2"],
  },
  {
    name: "makes the inert queues longer than they are",
    ...{ file: "kernel/network.c", from: "set_queue(role, IDLE_SIZE," },
    to: "set_queue(role, 64,",
    claims: ["C1", "C2"],
  },
  {
    name: "puts the inert queues' available ring where the user part can write",
    ...{ file: "kernel/network.c", from: "(uint64_t)idle.table, (uint64_t)&idle.available," },
    to: "(uint64_t)idle.table, ring_address(&weir_driver_rings.in),",
    claims: ["C1", "C2"],
  },
  {
    name: "selects the inert queue last",
    ...{ file: "kernel/network.c", from: "  if ((get(role, MMIO_STATUS) & (STATUS_DRIVER_OK" },
    to: "  set(role, MMIO_QUEUE_SEL, !queue);\n  if ((get(role, MMIO_STATUS) & (STATUS_DRIVER_OK",
    claims: ["C1", "C2"],
  },
  {
    name: "lets the device of `out` write into what is sent",
    ...{ file: "user/send.c", from: "d->flags = left ? VIRTQ_DESC_F_NEXT : 0;" },
    to: "d->flags = VIRTQ_DESC_F_WRITE | (left ? VIRTQ_DESC_F_NEXT : 0);",
    claims: ["C2"],
  },
  {
    name: "rings the receive queue of `out`",
    ...{
      file: "kernel/network.c",
      from: "transport_notify(&nics[role], role == ROLE_IN ? VIRTIO_NET_RECEIVEQ : VIRTIO_NET_TRANSMITQ);",
    },
    to: "transport_notify(&nics[role], role == ROLE_LOG ? VIRTIO_NET_TRANSMITQ : VIRTIO_NET_RECEIVEQ);",
    claims: ["C2"],
  },
  {
    name: "agrees on a control queue",
    ...{ file: "kernel/network.c", from: "const uint64_t features = VIRTIO_NET_F_MAC |" },
    to: "const uint64_t features = 1 << 17 | VIRTIO_NET_F_MAC |",
    claims: ["C3"],
  },
  {
    name: "answers ARP on `out`",
    ...{ file: "user/receive.c", from: "    if (!replaying) batch_record(" },
    to: `    if (!replaying && frame[12] == 8 && frame[13] == 6) send(OUT, frame, length, 0);
    else if (!replaying) batch_record(`,
    claims: ["C4"],
  },
  {
    name: "gives a buffer back only while `out` has room",
    ...{ file: "user/receive.c", from: LEAST, to: LEAST.replace("post(", `if (${FREE}) post(`) },
    claims: ["C5", "C6"],
  },
  {
    name: "takes only as many frames as `out` has room for",
    ...{ file: "user/receive.c", from: "n < waiting && room(n)", to: `n < waiting && room(n) && (!n || ${FREE})` },
    claims: ["C5"],
  },
  {
    name: "waits for `out` when that is full",
    ...{ file: "user/send.c", from: "held && replaying && needed + leave <=", to: "held && needed + leave <=" },
    claims: ["C5", "C6"],
  },
  {
    name: "asks to be interrupted only while `out` took everything",
    ...{
      file: "user/receive.c",
      from: "flags, 0, __ATOMIC_SEQ_CST",
      to: "flags, sent[OUT].full ? 1 : 0, __ATOMIC_SEQ_CST",
    },
    claims: ["C5"],
  },
  {
    name: "stamps frames after it has sent others: the time tells how that went",
    ...{ file: "user/batch.c", from: ".time = time,", to: ".time = time + 1000 * sent[OUT].full," },
    claims: ["C5"],
  },
  {
    name: "tells the operator that `out` is full",
    ...{ file: "user/send.c", from: "    sent[which].full++;\n", to: '    if (!sent[which].full++) say("full\\n");\n' },
    claims: ["C5"],
  },
  {
    name: "changes a rule's name when asked for an address",
    ...{ file: "user/compartments.c", from: ROUND },
    to: `static void rename_rule(void) {
  uint8_t *m = memory[GUARD];
  for (uint32_t i = 0; i + 9 < size[GUARD]; i++) if (m[i] == 't' && m[i + 1] == 'e' && m[i + 2] == 'l' && m[i + 3] == 'e') m[i] = 'T';
}
${ROUND}
  if (batch.number > 100) rename_rule();`,
    claims: ["C9"],
  },
];

/** Nothing that it does is different, only when. */
export const LATE: Mutant = {
  name: "works longer on a frame that `out` does not take",
  ...{ file: "user/send.c", from: "    sent[which].full++;\n" },
  to: "    sent[which].full++;\n    for (volatile int i = 0; i < 1000; i++) {}\n",
  claims: ["C7"],
};

/** A trap in the midst of it, and then what must not follow. */
export const TRAPS = {
  closed: {
    name: "traps after 300 frames, as it does when inspect does",
    ...{ file: "user/compartments.c", from: ROUND },
    to: `${ROUND}\n  if (batch.number > 300) weir_trap(INSPECT, WEIR_TRAP_UNREACHABLE);`,
    claims: [],
  },
  open: {
    name: "forwards when inspect has trapped",
    ...{ file: "user/compartments.c", from: ROUND },
    to: `${ROUND}\n  if (batch.number > 300) ${FORWARD_ALL}`,
    claims: ["closed"],
  },
} satisfies Record<string, Mutant>;
