/** What a policy may say of hosts and services: which are known, and what becomes of others. */
import { z } from "zod";
import { networks } from "../../lib/addresses.ts";
import { protocol } from "../../lib/protocols.ts";
import { described, integer, object, oneOf } from "../../lib/yaml.ts";

const service = object({
  protocol,
  address: networks(),
  port: integer(1, 65535).optional(),
});

export const policy = object({
  hosts: networks().optional(),
  action: oneOf("alert", "drop", "tighten", "quarantine", "quarantine-flow").optional(),
  services: z.array(service, { error: (issue) => `${described(issue.input)}, expected a list of services` }).optional(),
});
