import type { Caller } from './domain/caller.ts'
import { type Act, may } from './domain/policy.ts'
import { Problem } from './errors.ts'

/**
 * The first line of an action that not everybody may do. It does not look at any id, so that "may not" tells nothing
 * about what exists.
 * @throws Problem `forbidden`
 */
export function demand(caller: Caller, act: Act): void {
  if (!may(caller, act)) throw new Problem('forbidden')
}
