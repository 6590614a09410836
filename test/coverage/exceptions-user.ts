/**
 * What tests with images do not reach of the user part: a branch counts as reached only in an image that QEMU has started.
 * Reasons are of what devices, hosts and compartments never do there.
 */
import type { Group } from "./exceptions.ts";

export const USER: readonly Group[] = [
  {
    reason:
      "Devices that lie, rings that stay full, streams that are damaged: the same sources under sanitizers (appliance/runtime/test/hosted/rings.c, the fuzzer's target `rings`).",
    lines: {
      "appliance/runtime/user/batch.c": ["bool batch_fits(uint32_t n) { return batch.count"],
      "appliance/runtime/user/receive.c": [
        "static _Noreturn void hostile(const char *what) ",
        'if (n > IN_BUFFERS) hostile("returned more buffe',
        "if (!replaying) return frames < AT_ONCE && batch",
        "return batch.count + LONGEST / WEIR_RECORD_HEADE",
        "if (entry.id >= IN_BUFFERS || !posted[entry.id])",
        "if (entry.len < VIRTIO_NET_HEADER || entry.len >",
      ],
      "appliance/runtime/user/replay.c": [
        'if (record.verdict) malformed("a record that was',
        "if (length < 16) return; // nothing that carries",
        'if (n > length - 16) malformed("a frame shorter ',
        "for (frame += 16; n && !replay_ended;) {",
        "if (pending == WEIR_RECORD_HEADER && here) heade",
      ],
      "appliance/runtime/user/send.c": [
        "if (id >= SEND_BUFFERS || !r->chain[id] || r->do",
        'end(EXIT_HOSTILE_DEVICE, "stopped", names[which]',
        "if (r->held != held) held = r->held, since = clo",
        "if (clock_now() - since > WAIT_SECONDS * 1000000",
        'end(EXIT_STALLED, "stopped", names[which], "does',
        "if (needed + leave > SEND_BUFFERS - r->held && replaying",
      ],
      "appliance/runtime/virtio/transport.h": ["if (at == MMIO_STATUS && !value) for (uint32_t n"],
    },
  },
  {
    reason: "Spellings of the command line, and clocks, that the host does not give.",
    lines: {
      "appliance/runtime/user/clock.c": [
        "for (; *digits >= '0' && *digits <= '9'; digits+",
        "boot_number = boot ? decimal(boot) : 0;",
        "replaying = from && from[0] == 'f'; // frames",
      ],
      "appliance/runtime/user/main.c": [
        "if (due > now + period) due = now; // the clock ",
        "if (period == 0 || period > SECOND) period = SEC",
        "return now < due ? due - now : 1;",
      ],
      "appliance/runtime/user/text.c": ["if (used) put('\\n');", "for (uint32_t i = 0; i < length; i++) put(bytes["],
    },
  },
  {
    reason:
      "Breaches of the contract that no compartment commits, not those of appliance/runtime/test/onboard either: checked since none is believed.",
    lines: {
      "appliance/runtime/user/compartments.c": [
        "if (weir_info.policy_length < sizeof *c || c->ma",
        "if (offset > c->length || length > c->length - o",
        "if (CALL(which, abi) != WEIR_ABI_VERSION) end(EX",
        "if (CALL(which, inputSize) != WEIR_INPUT_SIZE ||",
        "const uint32_t length = CALL(which, framesLength",
        "const uint8_t *at = view(which, CALL(which, fram",
        "if ((size_t)(stop - at) < sizeof frame) broken(w",
        "const uint32_t length = CALL(which, eventsLength",
        "if (length > WEIR_INPUT_SIZE - at) broken(which,",
        "if (length) memcpy(compartment_input(JOURNAL) + ",
        "if (n > batch.count - first || batch.starts[firs",
        "const bool more = which == INSPECT && stop == fr",
        "if ((stop <= from && !more) || stop > to) broken",
      ],
    },
  },
  {
    reason: "What the record of a crash could hold if memory were damaged: looked at before it is believed.",
    lines: {
      "appliance/runtime/user/crash.c": [
        "for (uint64_t at = (pointer > low ? pointer : lo",
        "if (!weir_after_call((const uint8_t *)word)) con",
        "if (at % 8 == 0 && at <= WEIR_INPUT_SIZE - sizeo",
        "const uint32_t to = given_last.to, last = batch.",
        "say(names[to <= JOURNAL ? to : 0]);",
        "say_number(number_at(last < WEIR_VERDICTS ? batc",
        "if (!recorder_dumps || r->to - r->from > RECORDE",
        "if (size > r->to - at) return; // overwritten by",
      ],
      "appliance/runtime/user/recorder.c": ["recorder_dumps = on && !(what && what[0] == 'm')"],
    },
  },
  {
    reason:
      "Alignments and overlaps that compartments' copies do not have, and comparing, which the compiler asks for: C's own functions.",
    lines: {
      "appliance/runtime/wasm/memory.c": [
        "ONE_BY_ONE for (; n; n--) *t++ = (unsigned char)",
        "if ((size_t)((unsigned char *)to - (const unsign",
        "for (; n >= 16; n -= 16) sixteen((unsigned char ",
        "while (n--) ((unsigned char *)to)[n] = ((const u",
        "return to;",
        "int memcmp(const void *a, const void *b, size_t ",
        "for (size_t i = 0; i < n; i++) {",
        "int difference = ((const unsigned char *)a)[i] -",
        "if (difference) return difference;",
        ["}", 2],
        "return 0;",
      ],
    },
  },
];
