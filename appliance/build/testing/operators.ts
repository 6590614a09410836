// Every numeric instruction of WebAssembly as one exported function, and arguments at which they tend to go wrong.

type Type = "i32" | "i64" | "f32" | "f64";
export interface Operator {
  name: string;
  takes: Type[];
  gives: Type;
}

function operators(): Operator[] {
  const all: Operator[] = [];
  const add = (names: string, takes: Type[], gives: Type) =>
    names.split(" ").forEach((name) => {
      all.push({ name, takes, gives });
    });
  const each = (prefix: string, names: string) => names.replace(/\S+/g, (n) => `${prefix}.${n}`);
  const floats = ["f32", "f64"] as const;
  for (const i of ["i32", "i64"] as const) {
    add(each(i, "clz ctz popcnt extend8_s extend16_s"), [i], i);
    add(each(i, "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr"), [i, i], i);
    add(each(i, "eqz"), [i], "i32");
    add(each(i, "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"), [i, i], "i32");
    for (const f of floats) {
      add(each(i, `trunc_${f}_s trunc_${f}_u trunc_sat_${f}_s trunc_sat_${f}_u`), [f], i);
      add(each(f, `convert_${i}_s convert_${i}_u`), [i], f);
    }
  }
  for (const f of floats) {
    add(each(f, "abs neg ceil floor trunc nearest sqrt"), [f], f);
    add(each(f, "add sub mul div min max copysign"), [f, f], f);
    add(each(f, "eq ne lt gt le ge"), [f, f], "i32");
  }
  add("i64.extend32_s", ["i64"], "i64");
  add("i32.wrap_i64", ["i64"], "i32");
  add("i64.extend_i32_s i64.extend_i32_u", ["i32"], "i64");
  add("f32.demote_f64", ["f64"], "f32");
  add("f64.promote_f32", ["f32"], "f64");
  add("i64.reinterpret_f64", ["f64"], "i64");
  add("f64.reinterpret_i64", ["i64"], "f64");
  add("i32.reinterpret_f32", ["f32"], "i32");
  add("f32.reinterpret_i32", ["i32"], "f32");
  return all;
}
export const OPERATORS: readonly Operator[] = operators();

/** An operator's name as an export: letters that C keeps as they are. */
export const exported = (o: Operator) => o.name.replaceAll(".", "_");

/** The module: an export for each operator. */
export function operatorsWat(): string {
  const one = (o: Operator) =>
    `(func (export "${exported(o)}") (param ${o.takes.join(" ")}) (result ${o.gives})
      ${o.takes.map((_, n) => `local.get ${n}`).join(" ")} ${o.name})`;
  return `(module (memory (export "memory") 1 1) ${OPERATORS.map(one).join("\n")})`;
}

const FLOATS = [
  0,
  0.5,
  1,
  1.5,
  2.5,
  8388609,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 52 + 1,
  2 ** 63,
  2 ** 64,
  1e-310,
  1e300,
];
const floats = (round: (x: number) => number, step: number) =>
  [...FLOATS, Infinity].flatMap((x) => [x, x * (1 - step), x * (1 + step)].flatMap((y) => [round(y), -round(y)]));
const integers = (bits: number) =>
  [0n, 1n, 2n, 7n, 31n, 63n, 0x80n, 0x8000n, 0x12345678n, 1n << 31n, 1n << 32n, 0x123456789abcdefn, 1n << 63n]
    .flatMap((x) => [x, -x, x - 1n])
    .map((x) => BigInt.asIntN(bits, x));

/** A Set has one zero: the negative one comes behind it. */
export const ARGUMENTS: Record<Type, readonly (number | bigint)[]> = {
  i32: [...new Set(integers(32))].map(Number),
  i64: [...new Set(integers(64))],
  f32: [...new Set(floats(Math.fround, 2 ** -24)), -0, Number.NaN],
  f64: [...new Set(floats((x) => x, 2 ** -53)), -0, Number.NaN],
};
