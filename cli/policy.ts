/** `weir policy`: check a policy, show what it comes to. */
import { Command } from "commander";
import { effectiveText, shownText } from "../diode/policy/show.ts";
import { compilePolicy, Problems, problemLine } from "../diode/policy.ts";

export function command(): Command {
  return new Command("policy")
    .summary("check, show and derive policies")
    .description("Check a policy file, show what it comes to, derive one from traffic that was seen.")
    .addCommand(check())
    .addCommand(show());
}

function check(): Command {
  return new Command("check")
    .summary("report every error and every doubtful rule")
    .description(
      "Report every error and everything doubtful in a policy: bits behind a network's prefix, rules that are never reached\n" +
        "because others match all their frames before, rules that contradict one another where they overlap.",
    )
    .argument("<policy.yaml>")
    .option("--strict", "warnings count as errors (exit code 3)")
    .addHelpText(
      "after",
      `
Each finding is one line: file:line:column: path: what is wrong, what was expected.

Examples:
  weir policy check policy.yaml
  weir policy check --strict policy.yaml && weir build -c policy.yaml

Exit codes: 0 no errors; 1 errors; 3 with --strict: warnings.`,
    )
    .action((path: string, { strict }: { strict?: boolean }) => {
      const compiled = compileOrReport(path);
      if (!compiled) return;
      for (const warning of compiled.warnings) process.stderr.write(`${problemLine(warning)} (warning)\n`);
      const { rules } = compiled.policy;
      const warnings = compiled.warnings.length;
      const found = warnings ? `${warnings} warning${warnings > 1 ? "s" : ""}` : "no warnings";
      process.stdout.write(
        `${path}: good, ${rules.length} rule${rules.length === 1 ? "" : "s"}, ${found}, sha256 ${compiled.hash}\n`,
      );
      if (strict && warnings) process.exitCode = 3;
    });
}

function show(): Command {
  return new Command("show")
    .summary("show a policy's rules, or what they come to")
    .description("Show a policy with its defaults filled in, a line for each rule.")
    .argument("<policy.yaml>")
    .option("--effective", "what each rule still decides once those before it have had their say")
    .addHelpText(
      "after",
      `
Examples:
  weir policy show policy.yaml
  weir policy show --effective policy.yaml

Exit codes: 0 shown; 1 errors in the policy.`,
    )
    .action((path: string, { effective }: { effective?: boolean }) => {
      const compiled = compileOrReport(path);
      if (compiled) process.stdout.write(effective ? effectiveText(compiled) : shownText(compiled));
    });
}

function compileOrReport(path: string) {
  try {
    return compilePolicy(path);
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    process.stderr.write(`${error.message}\n`);
    const { length } = error.problems;
    process.stderr.write(`weir: ${path}: ${length} error${length > 1 ? "s" : ""}\n`);
    process.exitCode = 1;
    return undefined;
  }
}
