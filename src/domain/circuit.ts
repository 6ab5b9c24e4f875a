/**
 * A sender whose provider fails again and again is left out for a while, so that invites take the next channel at once
 * instead of waiting for what will not come. A row is shared by all processes.
 */
export interface Circuit {
  /** One after the other, without a good answer between. */
  readonly failures: number
  readonly failingSince: Date | null
  /** Left out until then. */
  readonly openUntil: Date | null
  /** Somebody is trying; until then nobody else does. */
  readonly probeUntil: Date | null
}

export const closedCircuit: Circuit = { failures: 0, failingSince: null, openUntil: null, probeUntil: null }

/** Failures in a row that open a circuit, all within `openedWithinMs`. */
export const openedByFailures = 5
export const openedWithinMs = 60_000
/** How long nothing is tried. */
export const openMs = 30_000
/** Longest time one try may take; the lease of an attempt is as long. */
export const probeMs = 20_000

/** Kinds of failure that are the provider's or the sender's, whoever the recipient is. */
const faultKinds: ReadonlySet<string> = new Set(['unreachable', 'unknown-outcome', 'misconfigured'])

/**
 * What one send tells about its provider.
 * @param failureKind null: accepted. A refusal of one message is a good answer: the provider works. `throttled` tells nothing.
 */
export function verdictOf(failureKind: string | null): 'works' | 'fails' | 'nothing' {
  if (failureKind === 'throttled') return 'nothing'
  return failureKind !== null && faultKinds.has(failureKind) ? 'fails' : 'works'
}

/** `open`: nothing is tried. `half-open`: one attempt may try, and its outcome decides. */
export type CircuitState = 'closed' | 'open' | 'half-open'

export function circuitState(circuit: Circuit, now: Date): CircuitState {
  if (circuit.openUntil === null) return 'closed'
  return now < circuit.openUntil ? 'open' : 'half-open'
}

/**
 * Whether an attempt may go now; in a half-open circuit the first takes the probe.
 * @returns the circuit as it then is, or the time at which to ask again.
 */
export function admit(circuit: Circuit, now: Date): { readonly circuit: Circuit } | { readonly againAt: Date } {
  switch (circuitState(circuit, now)) {
    case 'closed':
      return { circuit }
    case 'open':
      return { againAt: circuit.openUntil! }
    case 'half-open':
      if (circuit.probeUntil !== null && now < circuit.probeUntil) return { againAt: circuit.probeUntil }
      return { circuit: { ...circuit, probeUntil: new Date(now.getTime() + probeMs) } }
  }
}

/** The circuit after a send. A late failure of an attempt that began before the circuit opened does not prolong it. */
export function circuitAfter(circuit: Circuit, verdict: 'works' | 'fails', now: Date): Circuit {
  if (verdict === 'works') return closedCircuit
  const state = circuitState(circuit, now)
  if (state === 'open') return circuit
  const openUntil = new Date(now.getTime() + openMs)
  if (state === 'half-open') return { ...circuit, failures: circuit.failures + 1, openUntil, probeUntil: null }
  const since = circuit.failingSince
  const stale = since === null || now.getTime() - since.getTime() > openedWithinMs
  const failures = stale ? 1 : circuit.failures + 1
  const failingSince = stale ? now : since
  return { failures, failingSince, openUntil: failures >= openedByFailures ? openUntil : null, probeUntil: null }
}
