/** Structured data elements as stored: `info` of the published examples is normalised to the platform's own `personal`. */
export interface Sdes {
  readonly ctmrinfo: Readonly<Record<string, unknown>> | null
  readonly personal: Readonly<Record<string, unknown>> | null
}
