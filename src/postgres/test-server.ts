// A server that has only a database: the tests of this folder run it as a process of its own, to kill it.
// node test-server.ts OPTIONS-AS-JSON; prints a JSON line when ready, and words as it drains after SIGTERM or SIGINT.
import { mendedDriver as postgres } from '../mended-driver.ts'
import { PostgresProblem, type StartPostgresOptions, startPostgres } from './start-postgres.ts'

const quiet = { info() {}, warn() {}, error() {} }
const options = JSON.parse(process.argv[2] ?? '{}') as StartPostgresOptions

try {
  const pg = await startPostgres({ ...options, log: quiet })
  const sql = postgres({
    host: pg.socketDir,
    user: pg.user,
    database: 'postgres',
    max: 1,
    fetch_types: false,
    onnotice: () => {},
  })
  let draining = false
  async function drain(): Promise<void> {
    if (draining) return
    draining = true
    // The work in flight when the signal came: it needs the database to be there still.
    await sql`select pg_sleep(0.5)`
    console.log('drained')
    await sql.end()
    await pg.stop()
    console.log('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', drain)
  process.on('SIGINT', drain)
  setInterval(() => {}, 60_000)
  console.log(JSON.stringify({ pid: pg.pid, socketDir: pg.socketDir, adopted: pg.adopted }))
} catch (error) {
  if (!(error instanceof PostgresProblem)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exit(error.exitCode)
}
