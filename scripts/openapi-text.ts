import { randomBytes } from 'node:crypto'
import { buildApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { makeDeps } from '../src/deps.ts'
import { log } from '../src/log.ts'
import { openDatabase } from '../src/store/db.ts'

/** `openapi.json`: the API's description, from the schemas of its routes. Needs no database: nothing is asked of it. */
export async function openapiText(): Promise<string> {
  const config = readConfig({ SANDBOX: 'on', OPERATOR_TOKEN: '-'.repeat(32), LOG_LEVEL: 'silent' })
  const target = { socketDir: '/nonexistent' }
  const db = openDatabase(target, { max: 1, name: 'openapi' })
  const deps = makeDeps({
    config,
    publicUrl: 'http://127.0.0.1:8080',
    log: log('silent'),
    db,
    databaseTarget: target,
    secretKey: randomBytes(32),
  })
  const app = await buildApp(deps)
  await app.ready()
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`
  await app.close()
  return text
}
