/** The catalogue: every attack that can be injected. A new one needs its entry in one of the lists below. */
import type { Attack } from "./attack.ts";
import { COMMANDS } from "./commands.ts";
import { DATA } from "./data.ts";
import { MODES } from "./modes.ts";
import { TERMINALS } from "./terminals.ts";

export const ATTACKS: readonly Attack[] = [...COMMANDS, ...TERMINALS, ...DATA, ...MODES];

/** @throws Error with the names there are */
export function attackNamed(name: string): Attack {
  const found = ATTACKS.find((attack) => attack.name === name);
  if (!found) throw new Error(`${name} is no attack, expected one of ${ATTACKS.map((a) => a.name).join(", ")}`);
  return found;
}

/** The catalogue as text, for people. */
export function catalogueText(): string {
  return ATTACKS.map(
    ({ name, does, looks, levels, source }) =>
      `${name}\n  ${does}\n  Seen: ${looks}\n  low: ${levels.low}; medium: ${levels.medium}; high: ${levels.high}\n  Source: ${source}\n`,
  ).join("\n");
}
