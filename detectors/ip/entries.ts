/** What entries about hosts and conversations have in common. */
import { z } from "zod";
import { expected, whole } from "../baseline/members.ts";

/** The form of an address, or `*` for any external one. */
export const host = z.string(expected("an address")).regex(/^([0-9a-f.:]{1,45}|\*)$/, expected("an address"));

/** Members that say which conversation an entry is about. */
export const conversation = {
  client: host,
  server: host,
  proto: whole(255),
  service: whole(65535),
  either: z.boolean().optional(),
};
