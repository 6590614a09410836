// REQ-DIODE-001, REQ-DIODE-013, REQ-IMAGE-004
// What an image says to whoever starts it, and is told by whoever builds it: exit codes, the manifest, the policy's container.
import { bytes, constants, enumeration, layouts, struct, structs, text, u8, u32, zero } from "../generate/declare.ts";

const INTERFACES = 8;
const PARTS = 3;
const SPARE = 256;
const KEYS = 3;

const Interface = struct("Interface", 16, "An interface, and which way it works.", {
  name: text(8, "ASCII, zeros behind"),
  direction: u8("", "Direction"),
  zero: zero(1),
  mac: bytes(6),
});

const Manifest = struct(
  "Manifest",
  8 + INTERFACES * Interface.size + 8,
  'ELF note, owner "Weir", type 1. In a runtime\'s own: in, out, log, in the order of enum weir_role.',
  {
    version: u32("MANIFEST_VERSION"),
    count: u32("interfaces that follow; 0 in an image without a policy"),
    interfaces: structs(Interface, INTERFACES),
    flags: u32("", "ManifestFlag"),
    logSilence: u32(
      "the image ends when `log` has taken nothing for so long although frames are there: MIN_LOG_SILENCE to MAX_LOG_SILENCE; 0 = never",
      "s",
    ),
  },
);

const ContainerPart = struct("ContainerPart", 8, "Where a compartment's part is.", {
  offset: u32("from the start of the container, a multiple of 8", "bytes"),
  length: u32("", "bytes"),
});

const PartKey = struct("PartKey", 40, "A key that a compartment's part has zeros for.", {
  part: u32("whose: 1 inspect, 2 guard, 3 journal"),
  offset: u32("in the part, where it belongs", "bytes"),
  key: bytes(32),
});

const Keys = struct(
  "Keys",
  24 + KEYS * PartKey.size,
  "What must not stay in the machine's memory: keys of the log and of transfers, and the tables' key of this start.\nThe user part puts the former where they belong before it hands a part on; when all are taken, the kernel part erases this page and takes it away.",
  {
    count: u32("of keys of parts"),
    isTablesGiven: u32("1: the tables have the key below; 0: the image draws one, or has that of the command line"),
    tables: bytes(16),
    keys: structs(PartKey, KEYS),
  },
);

const Container = struct(
  "Container",
  16 + PARTS * ContainerPart.size + SPARE + 8,
  "In front of the policy as it lies in an image. Behind it the parts, zeros up to multiples of 8 between and behind, then Keys.",
  {
    magic: u32("CONTAINER_MAGIC"),
    version: u32("CONTAINER_VERSION"),
    length: u32("of all, this header included", "bytes"),
    count: u32("of parts: 3"),
    parts: structs(ContainerPart, PARTS, "inspect, guard, journal, in this order"),
    spare: bytes(
      SPARE,
      "a bit for each 4 KiB page of the three linear memories, one behind the other, lowest bit first: 1 = this policy leaves it untouched, and it has no memory behind it. The image holds it against what the compartments say",
    ),
    keys: u32("from the start of the container to Keys, which begin a page and end the container", "bytes"),
    edition: u32(
      "of the policy: greater than those before it, so that an older one that was signed, too, is told from it; 0 = not said",
    ),
  },
);

const ExitCode = enumeration(
  "ExitCode",
  "isa-debug-exit makes 2 * code + 1 of them.",
  {
    DONE: [1, "replay: everything was processed and everything sent was taken", "done"],
    // The image refused to start; a line on the console says why.
    MEMORY: [10, "", "refused: too little memory for the image and its policy"],
    COMMAND_LINE: [
      11,
      "too long, or a device transport outside the addresses they may have",
      "refused: the kernel command line",
    ],
    MANIFEST: [12, "the image's manifest is not `in`, `out`, `log`", "refused: the image's manifest"],
    DEVICES: [13, "", "refused: the devices are not those of the manifest"],
    DEVICE_REFUSED: [14, "", "refused: a device lacks a feature that the image needs"],
    CLOCK: [15, "no way to learn the counter's frequency", "refused: the clock's frequency is not known"],
    POLICY_MISSING: [16, "", "refused: no policy in the image"],
    POLICY_DAMAGED: [
      17,
      "not a policy container of this version, or its lengths contradict each other",
      "refused: the policy is damaged or of another version",
    ],
    POLICY_REFUSED: [18, "", "refused: a compartment refused its part of the policy"],
    ABI: [19, "", "refused: a compartment is of another ABI version"],
    TIMER: [20, "", "refused: the timer does not end an idle"],
    // It stopped, and forwards nothing more (fail closed).
    HOSTILE_DEVICE: [
      30,
      "a device wrote into a ring what no device may",
      "stopped: a device wrote an invalid id, length or index",
    ],
    CONTRACT: [31, "a compartment broke the contract of abi.ts", "stopped: a compartment broke its contract"],
    STREAM: [32, "", "stopped: the replayed stream of records is malformed"],
    STALLED: [
      33,
      "replay: a transmit ring stayed full for WAIT_SECONDS",
      "stopped: no host takes what the replay sends",
    ],
    BAD_CALL: [34, "", "stopped: the user part made an undefined system call"],
    LOG_SILENT: [
      35,
      "the policy's `interfaces.log.stop-when-silent`: frames are lost that nobody can count",
      "stopped: the device of `log` takes nothing",
    ],
    // A compartment trapped: WebAssembly's own traps.
    INSPECT_TRAP: [41, "", "trap in inspect"],
    GUARD_TRAP: [42, "", "trap in guard"],
    JOURNAL_TRAP: [43, "", "trap in journal"],
    // The user part ...
    FAULT_TEXT: [50, "wrote to code", "trap: write to code"],
    FAULT_READ_ONLY: [
      51,
      "wrote to a page it may only read: constants, policy, receive descriptors and buffers",
      "trap: write to read-only memory",
    ],
    FAULT_EXECUTE: [52, "executed data", "trap: execution of data"],
    FAULT_NULL: [53, "touched page 0", "trap: access to page 0"],
    FAULT_STACK: [54, "ran out of stack", "trap: out of stack"],
    FAULT_PRIVILEGED: [
      55,
      "touched what is the kernel part's: its memory, a device register",
      "trap: access to memory of the kernel part",
    ],
    FAULT_UNMAPPED: [56, "touched what is not there", "trap: access to unmapped memory"],
    FAULT_INSTRUCTION: [57, "an address no address can be, too", "trap: undefined or privileged instruction"],
    FAULT_ARITHMETIC: [58, "", "trap: arithmetic"],
    FAULT_OTHER: [59, "", "trap: unexpected"],
    FAULT_KERNEL: [60, "anything at all in the kernel part", "trap in the kernel part"],
  },
  ["weir_exit", "EXIT_"],
);

export default layouts(
  "The image",
  "Exit codes, the manifest and the policy's container. Little-endian, and untrusted by whoever reads them.",
  ["ground", "c"],
  [
    ExitCode,
    constants(
      "",
      {
        MANIFEST_VERSION: 2,
        MAX_INTERFACES: INTERFACES,
        MIN_LOG_SILENCE: [15, "s: longer than a busy image, or a paused one, goes without looking (user/main.c)"],
        MAX_LOG_SILENCE: [3600, "s"],
        CONTAINER_MAGIC: [0x4c4f5057, 'the bytes "WPOL"'],
        CONTAINER_VERSION: 3,
        CONTAINER_PARTS: PARTS,
        CONTAINER_KEYS: [KEYS, "of parts, at most: the log's, and a transfer's two"],
        MAX_CONTAINER: [16 << 20, "bytes: a larger one is a mistake, and would eat the guest's memory"],
      },
      "",
    ),
    enumeration("Direction", "", { RECEIVE_ONLY: 1, TRANSMIT_ONLY: 2 }, ["weir_direction", ""]),
    Interface,
    enumeration(
      "ManifestFlag",
      "Bits of Manifest.flags.",
      { ONE_QUEUE: [1, "each NIC has the one queue that is used, and no inert one: for hosts that start it so"] },
      ["weir_manifest_flag", "MANIFEST_"],
    ),
    Manifest,
    ContainerPart,
    Container,
    PartKey,
    Keys,
  ],
);
