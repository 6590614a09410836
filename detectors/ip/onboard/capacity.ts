// Sizes of the IP detectors' tables, powers of two but for what is known.

export const HOSTS: u32 = 1024;
export const CONVERSATIONS: u32 = 2048;
export const LEARNED_HOSTS: u32 = 512; // followed while learning
export const LEARNED_CONVERSATIONS: u32 = 1024;
export const KNOWN_HOSTS: u32 = 1024; // that a baseline can hold, over all of its sections
export const KNOWN_CONVERSATIONS: u32 = 1536;
