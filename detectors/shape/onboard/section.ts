// The model as a section of the policy: checked as hostile input, then copied. Layout: model.ts.
import { BOUND } from "../../onboard/numeric";
import { DESCRIPTION, HEAD_SIZE, PROTOCOLS, SERVICES, WEIGHTS, descriptions, head, keys } from "./model";

const LARGEST: f64 = 1e6; // of a weight: any score made of such ones is finite

export function forgetModel(): void {
  memory.fill(head, 0, HEAD_SIZE);
}

/** Takes a model from a section. False, and no model, when it is malformed. */
export function configure(at: usize, bytes: u32): bool {
  forgetModel();
  if (bytes < HEAD_SIZE) return false;
  const p = load<u32>(at),
    s = load<u32>(at, 4);
  if (p == 0 || p > PROTOCOLS || s > SERVICES) return false;
  if (bytes != HEAD_SIZE + 8 * s + DESCRIPTION * (p + s)) return false;
  const limit = load<f64>(at, 8);
  if (!(limit >= 1 && limit <= BOUND)) return false;
  for (let b: u32 = 0; b < 6; ++b) {
    if (!within(at + 16 + ((<usize>b) << 2), 0)) return false;
  }
  for (let i: u32 = 0; i < 8; ++i) {
    const index = <u32>load<u8>(at + i, 40);
    if (i < PROTOCOLS ? index >= p : index != 0) return false;
  }
  for (let c: u32 = 0; c < s; ++c) {
    const key = load<u64>(at + HEAD_SIZE + ((<usize>c) << 3));
    if (key >> 48 < 1 || key >> 48 > 3 || (key & 255) >= PROTOCOLS) return false;
  }
  const from = at + HEAD_SIZE + ((<usize>s) << 3);
  for (let c: u32 = 0; c < p + s; ++c) {
    const described = from + <usize>(c * DESCRIPTION);
    for (let i: u32 = 0; i < WEIGHTS; ++i) {
      // inverse deviations, and the diagonals of W which strangest() divides by, are above 0
      if (!within(described + ((<usize>i) << 2), (i >= 57 && i < 114) || onDiagonal(i) ? 1e-6 : -LARGEST)) return false;
    }
  }
  memory.copy(head, at, HEAD_SIZE);
  memory.copy(keys, at + HEAD_SIZE, (<usize>s) << 3);
  memory.copy(descriptions, from, <usize>((p + s) * DESCRIPTION));
  return true;
}

// @ts-ignore: decorator
@inline function within(at: usize, least: f64): bool {
  const x = <f64>load<f32>(at);
  return x >= least && x <= LARGEST;
}

/** Whether weight i is on the diagonal of a triangle. */
function onDiagonal(i: u32): bool {
  if (i < 114) return false;
  const t = (i - 114) % 55;
  for (let r: u32 = 0, d: u32 = 0; d <= t; ++r, d += r + 1) if (d == t) return true;
  return false;
}
