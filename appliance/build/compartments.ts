// The three compartments of the image: where each begins, and how much memory it has. Nothing else says these numbers.

export type CompartmentName = "inspect" | "guard" | "journal";

export interface Compartment {
  name: CompartmentName;
  /** What a trap report calls it: 1, 2, 3; 0 stands for the runtime itself. */
  id: number;
  /** AssemblyScript entry file, relative to the project's root. */
  entry: string;
  /** Size of its linear memory in 64 KiB pages; fixed, none of it is ever given back or added to. */
  pages: number;
}

/** In the order in which the image, the policy container and the manifest list them. */
export const COMPARTMENTS: readonly Compartment[] = [
  { name: "inspect", id: 1, entry: "appliance/compartments/inspect/onboard/index.ts", pages: 65 },
  { name: "guard", id: 2, entry: "appliance/compartments/guard/onboard/index.ts", pages: 23 },
  { name: "journal", id: 3, entry: "appliance/compartments/journal/onboard/index.ts", pages: 4 },
];
