import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { runExports } from '../src/actions/run-exports.ts'
import { readConfig } from '../src/config.ts'
import { makeDeps } from '../src/deps.ts'
import { log } from '../src/log.ts'
import { openDatabase } from '../src/store/db.ts'

/*
 * A process that makes exports and nothing else, to be killed: it says `ready`, and makes the export whose turn it is when it
 * is told anything. Settings by the environment, the database by its socket's folder, user and name as arguments.
 */
const [socketDir = '', user = '', database = ''] = process.argv.slice(2)
const config = readConfig({ SANDBOX: 'off', LOG_LEVEL: 'silent', ...process.env })
const databaseTarget = { socketDir, user, database }
const deps = makeDeps({
  config,
  publicUrl: 'http://127.0.0.1',
  log: log(config.logLevel),
  db: openDatabase(databaseTarget, { max: 2, name: 'test export process' }),
  databaseTarget,
  secretKey: randomBytes(32),
})
process.stdout.write('ready\n')
await once(process.stdin, 'data')
await runExports(deps, new AbortController().signal)
process.exit(0)
