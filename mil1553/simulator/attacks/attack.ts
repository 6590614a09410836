/** What an attack of the catalogue is. */
import type { Scene } from "./scene.ts";

export const INTENSITIES = ["low", "medium", "high"] as const;
/** low hides, medium is how it is meant, high does not care to be seen. */
export type Intensity = (typeof INTENSITIES)[number];

export interface Attack {
  /** In labels and on the command line. */
  readonly name: string;
  /** What the attacker does. */
  readonly does: string;
  /** What it looks like on the bus and in a recording of it. */
  readonly looks: string;
  /** What each intensity means. */
  readonly levels: Readonly<Record<Intensity, string>>;
  /** Who described it; ../README.md has the references. */
  readonly source: string;
  /**
   * Changes the scene. Everything it does goes through the scene, which marks what it touched.
   * @throws Error when the recording has nothing that this attack could be done to.
   */
  run(scene: Scene): void;
}
