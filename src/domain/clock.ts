/** Time as a thing passed in, so that a story can be told at any hour. Leases use the database's clock, not this one. */
export interface Clock {
  now(): Date
  /** Milliseconds that never go backwards and go on while the process is stopped; only differences mean anything. */
  monotonic(): number
}
