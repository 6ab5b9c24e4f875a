/** Why the embedded PostgreSQL cannot run; the README of this folder lists each with its sentence. */
export type PostgresProblemCode =
  | 'binaries_missing'
  | 'binaries_unusable'
  | 'user_unknown'
  | 'root_not_dropped'
  | 'no_reachable_folder'
  | 'data_folder_unwritable'
  | 'wrong_owner'
  | 'wrong_mode'
  | 'not_a_data_folder'
  | 'data_missing'
  | 'data_ambiguous'
  | 'version_mismatch'
  | 'in_use'
  | 'initdb_failed'
  | 'no_socket_folder'
  | 'foreign_server'
  | 'start_failed'

/** Exit codes follow sysexits.h, so that a supervisor can tell "try again" (75) from "a person must mend it" (77, 78). */
const EXIT_CODES: Record<PostgresProblemCode, number> = {
  binaries_missing: 69,
  binaries_unusable: 69,
  user_unknown: 78,
  root_not_dropped: 77,
  no_reachable_folder: 77,
  data_folder_unwritable: 77,
  wrong_owner: 77,
  wrong_mode: 77,
  not_a_data_folder: 78,
  data_missing: 78,
  data_ambiguous: 78,
  version_mismatch: 78,
  in_use: 75,
  initdb_failed: 70,
  no_socket_folder: 77,
  foreign_server: 75,
  start_failed: 70,
}

/** The embedded PostgreSQL cannot start. `message` is one sentence that names the path, its owner and the mend. */
export class PostgresProblem extends Error {
  readonly code: PostgresProblemCode
  /** What the process should exit with when it gives up because of this. */
  readonly exitCode: number

  constructor(code: PostgresProblemCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'PostgresProblem'
    this.code = code
    this.exitCode = EXIT_CODES[code]
  }
}
