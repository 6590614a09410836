// From events.ts: the JSON schema, the types of readers, the tables of schema/README.md.
import { docComment, generatedFrom, meaning, type Output } from "../generate/text.ts";
import { type EventType, type Member, type ObjectType, time } from "./declare.ts";
import { EVENTS } from "./events.ts";

const FROM = "appliance/contract/events/events.ts";

/** Those that members are of, each once, a part before its whole. */
function objectsIn(members: Record<string, Member>, found: ObjectType[] = []): ObjectType[] {
  for (const { object } of Object.values(members)) {
    if (!object || found.includes(object)) continue;
    objectsIn(object.members, found);
    found.push(object);
  }
  return found;
}

const required = (members: Record<string, Member>) =>
  Object.entries(members).flatMap(([name, { optional }]) => (optional ? [] : [name]));

function objectSchema({ doc, members, oneOf }: ObjectType, before: Record<string, unknown> = {}) {
  const described = Object.entries(members).map(([name, member]) => {
    const description = meaning(member);
    // Beside $ref nothing counts in draft 7
    const { $ref } = member.schema;
    return [name, $ref ? { description, allOf: [{ $ref }] } : { description, ...member.schema }];
  });
  const sets = oneOf.map((names) => ({
    required: names,
    not: { anyOf: unnamed(oneOf, names).map((name) => ({ required: [name] })) },
  }));
  return {
    description: doc,
    type: "object",
    required: [...Object.keys(before), ...required(members)],
    properties: { ...before, ...Object.fromEntries(described) },
    additionalProperties: false,
    ...(sets.length && {
      anyOf: sets.map(({ required, not }) => (not.anyOf.length ? { required, not } : { required })),
    }),
  };
}

/** Members of other sets that may not be there beside these. */
const unnamed = (oneOf: ObjectType["oneOf"], names: readonly string[]) => [
  ...new Set(oneOf.flat().filter((name) => !names.includes(name))),
];

export function schemaOf(events: readonly EventType[]) {
  const stamp = { ...time("").schema, description: "record time, UTC" };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: generatedFrom(FROM),
    title: "EVE records of Weir",
    description:
      "Every member of the events that are Weir's own, and of its alerts. anomaly, flow and drop records of IP packets follow Suricata's etc/schema.json alone.",
    oneOf: events.map((one) => objectSchema(one, { timestamp: stamp, event_type: { const: one.word } })),
    definitions: Object.fromEntries(
      events.flatMap(({ members }) => objectsIn(members)).map((one) => [one.name, objectSchema(one)]),
    ),
  };
}

function interfaceOf(name: string, doc: string, members: Record<string, Member>, before: readonly string[]): string {
  const fields = Object.entries(members).flatMap(([name, member]) => [
    ...docComment(meaning(member), "  "),
    `  ${name}${member.optional ? "?" : ""}: ${member.type};`,
  ]);
  return [...docComment(doc), `export interface ${name} {`, ...before, ...fields, "}"].join("\n");
}

function types(events: readonly EventType[]): string {
  const objects = [...new Set(events.flatMap(({ members }) => objectsIn(members)))];
  return [
    `// ${generatedFrom(FROM)}\n`,
    ...objects.map(({ name, doc, members }) => interfaceOf(name, doc, members, [])),
    ...events.map(({ name, doc, members, word }) =>
      interfaceOf(name, doc, members, ["  timestamp: string;", `  event_type: ${JSON.stringify(word)};`]),
    ),
  ]
    .join("\n\n")
    .replace("\n\n\n", "\n\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|");

function table({ members }: ObjectType): string[] {
  const rows = Object.entries(members).map(
    ([name, member]) => `| ${name}${member.optional ? "?" : ""} | ${cell(member.type)} | ${cell(meaning(member))} |`,
  );
  return ["| member | type | meaning |", "| --- | --- | --- |", ...rows];
}

function readme(events: readonly EventType[]): string {
  const objects = [...new Set(events.flatMap(({ members }) => objectsIn(members)))];
  return [
    `<!-- ${generatedFrom(FROM)} -->`,
    "# Events",
    "",
    "One JSON object a line (EVE). Each has `timestamp` (record time, UTC, microseconds) and `event_type` beside what is listed",
    "here; members with `?` are not always there. [eve-weir.schema.json](eve-weir.schema.json) says the same to programs, and",
    "refuses members that are not listed. `anomaly`, `flow` and `drop` records of IP packets are as Suricata's `etc/schema.json`",
    "has them; alerts are, too, and what is ours in them is `alert.context` and `mil1553`.",
    ...events.flatMap((one) => ["", `## ${one.word}`, "", one.doc, "", ...table(one)]),
    "",
    "# Objects in them",
    ...objects.flatMap((one) => ["", `## ${one.name}`, "", one.doc, "", ...table(one)]),
    "",
  ].join("\n");
}

export default (): Output[] => [
  { path: "schema/eve-weir.schema.json", text: `${JSON.stringify(schemaOf(EVENTS), null, 2)}\n` },
  { path: "appliance/contract/generated/events.ts", text: `${types(EVENTS)}\n` },
  { path: "schema/README.md", text: readme(EVENTS) },
];
