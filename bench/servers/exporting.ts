import { keepCompiled } from '../../src/keep-compiled.ts'
import { exportOnDemand } from './export-on-demand.ts'
import { listening } from './listening.ts'

/** A process that does nothing but export, so that its memory is that of an export; it begins as the server does. */
keepCompiled()
exportOnDemand({ socketDir: process.env.SOCKET_DIR!, user: process.env.PGUSER!, database: process.env.DATABASE! })
listening(0)
