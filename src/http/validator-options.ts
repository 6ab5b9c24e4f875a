/** How bodies and queries are judged at every door: as they are, nothing converted and nothing taken away. */
export const validatorOptions = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  allErrors: false,
  allowUnionTypes: true,
} as const
