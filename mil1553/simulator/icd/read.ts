/** Interface-control files: what is on a bus, and when. */
import { MOST_WRITTEN, readText } from "../../../lib/files.ts";
import { inOrder, type Problem, Problems, readYaml } from "../../../lib/yaml.ts";
import { type Bus, modelOf } from "./model.ts";
import { checkLoad } from "./schedule.ts";
import { busSchema } from "./schema.ts";

/**
 * Reads an interface-control file.
 * @throws Problems, with every error as `file:line:column: path: what, expected what`; Error when it cannot be read.
 */
export function readBus(path: string): Bus {
  return readBusText(readText(path, MOST_WRITTEN), path);
}

/** The same from text; `file` is what messages call it. */
export function readBusText(text: string, file: string): Bus {
  const { value, source } = readYaml(text, file, busSchema);
  const problems: Problem[] = [];
  const bus = modelOf(value, source, problems);
  if (!problems.length) checkLoad(bus, source, problems);
  if (problems.length) throw new Problems(inOrder(problems));
  return bus;
}
