// WebAssembly text -> binary in this process, for tests of what reads modules.
import wabt from "wabt";

/** @throws Error with wabt's own message when the text is wrong. */
export async function wat(text: string): Promise<Uint8Array> {
  const module = (await wabt()).parseWat("test.wat", text, { tail_call: true, reference_types: true });
  try {
    return module.toBinary({ write_debug_names: true }).buffer;
  } finally {
    module.destroy();
  }
}

/** A module with all exports of a guard, and then `more`. */
export function guardWat(more = "", memory = '(memory (export "memory") 2 2)'): string {
  const functions = [
    "abi",
    "inputAt",
    "inputSize",
    "eventsAt",
    "eventsLength",
    "framesAt",
    "framesLength",
    "measuresAt",
  ]
    .map((name) => `(func (export "${name}") (result i32) i32.const 1)`)
    .join("\n");
  return `(module ${more} ${memory} ${functions}
    (func (export "configure") (param i32) (result i32) i32.const 0)
    (func (export "spare") (param i32) (result i64) i64.const 0)
    (func (export "key") (param i64 i64))
    (func (export "tick") (result i64) i64.const 0)
    (func (export "run") (param i32 i32) (result i32) local.get 1))`;
}
