// The detector's findings by number, as their words have them.
export const enum What {
  FUNCTION = 1,
  OBJECT = 2,
  VALUE = 3,
  OTHER = 4,
  RULES = 16, // and the Rule (streams.ts)
}
