import { writeFileSync } from 'node:fs'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { makeDeps } from '../../src/deps.ts'
import { log } from '../../src/log.ts'
import { openDatabase } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { migrateQueue } from '../../src/store/migrate-queue.ts'
import { testBrand } from '../../test/test-brand.ts'
import type { BenchBrand } from '../eligibility-requests.ts'
import { exportOnDemand } from './export-on-demand.ts'
import { listening } from './listening.ts'

/**
 * The real server: its app, its wiring, its default settings and log level (the log goes where standard output goes),
 * with brands whose rate limit is out of the way.
 */
const config = readConfig({ ...process.env, SANDBOX: 'off' })
const databaseTarget = { socketDir: process.env.SOCKET_DIR!, user: process.env.PGUSER!, database: 'ours' }
const db = openDatabase(databaseTarget, { max: config.databasePoolSize, name: 'c2m bench' })
await migrate(db)
await migrateQueue(databaseTarget)
const publicUrl = `http://127.0.0.1:${config.port}`
const secretKey = Buffer.alloc(32, 7)
const deps = makeDeps({ config, publicUrl, log: log(config.logLevel), db, databaseTarget, secretKey })
await deps.accounts.start()

const brands: BenchBrand[] = []
while (brands.length < Number(process.env.BRANDS)) {
  const provider = process.env.PROVIDER_URL
  const { accountId, apiKey, app, handoffId, skills } = await testBrand(
    { deps },
    {
      settings: { rateLimit: 100_000 },
      ...(provider === undefined
        ? {}
        : { smsSecrets: { secret: 'a-secret-of-the-benchmark' }, smsSettings: { baseUrl: provider } }),
    },
  )
  brands.push({ accountId, apiKey, app, handoffId, skillId: skills.support })
}
writeFileSync(process.env.BRANDS_FILE!, JSON.stringify(brands), { mode: 0o600 })

const app = await buildApp(deps)
await app.listen({ host: '127.0.0.1', port: config.port })
exportOnDemand(databaseTarget)
listening(config.port)
