// Sizes of the content detector's tables: powers of two, but for what is known.
export const STREAMS: u32 = 64; // of publishers (GOOSE, Sampled Values)
export const LEARNED_SAYINGS: u32 = 1024; // functions and objects of conversations, while learning
export const LEARNED_PROFILES: u32 = 64; // layouts of messages, while learning
export const KNOWN_SAYINGS: u32 = 2048; // that a baseline can hold
export const KNOWN_PROFILES: u32 = 256;
export const POSITIONS: u32 = 52; // octets of a message that are looked at: BODY of its body, two of its length
export const BODY: u32 = 50;
export const RECORDS: u32 = 2560; // of a section, 16 bytes each
