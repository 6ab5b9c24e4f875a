import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import test from 'node:test'
import { settingTable } from '../src/config.ts'
import { problems } from '../src/errors.ts'
import { testDatabase } from './test-database.ts'

const root = join(import.meta.dirname, '..')
const sources = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts')).sort()
const production = sources.filter((name) => !/(^|\/)(test-[a-z-]+|suite|.*\.test)\.ts$/.test(name))
const importPattern = /^(import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gms

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}

const imports: Import[] = (
  await Promise.all(
    production.map(async (from) =>
      [...(await readFile(join(root, 'src', from), 'utf8')).matchAll(importPattern)].map((match) => ({
        from,
        to: relative(join(root, 'src'), resolve(dirname(join(root, 'src', from)), match[3]!)),
        typeOnly: match[2] !== undefined,
      })),
    ),
  )
).flat()

/** The floor a file stands on. Arrows point only downwards (docs/adr, ARCHITECTURE.md). */
function part(file: string): string {
  const [first, second] = file.split('/')
  if (second === undefined) return first!.replace(/\.ts$/, '')
  if (first === 'channels' && file.split('/').length > 2) return `channels/${second}`
  if (first === 'jobs') return `jobs/${second.replace(/\.ts$/, '')}`
  return first!
}

/** What each part may import, besides itself. `deps:type` means as a type only. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  main: ['keep-alive', 'keep-compiled', 'serve'],
  'keep-compiled': [],
  'keep-alive': ['heap-flags'],
  'heap-flags': [],
  'on-stop-signal': [],
  serve: [
    'app',
    'config',
    'data-rights',
    'deps',
    'jobs/index',
    'local-address',
    'log',
    'made-secrets',
    'on-stop-signal',
    'postgres',
    'sandbox',
    'store',
    'welcome',
    'within',
    'write-whole-file',
  ],
  welcome: [],
  'local-address': [],
  'write-whole-file': [],
  'made-secrets': ['config'],
  sandbox: ['actions', 'channels', 'deps:type', 'domain', 'sandbox-brand', 'sandbox-file', 'store', 'welcome:type'],
  'sandbox-brand': ['actions:type', 'domain'],
  'sandbox-file': ['domain', 'store:type', 'write-whole-file'],
  app: ['deps:type', 'errors', 'http', 'log'],
  deps: ['channels', 'config:type', 'domain', 'log', 'metrics', 'store'],
  config: ['domain'],
  demand: ['domain', 'errors'],
  'demand-act': ['demand', 'domain', 'errors', 'store'],
  errors: [],
  log: [],
  metrics: [],
  domain: [],
  store: ['channels', 'domain', 'jobs/queue', 'mended-driver', 'within'],
  'jobs/places': [],
  'jobs/queue': ['store'],
  'jobs/index': ['actions', 'deps:type', 'jobs/places', 'jobs/queue', 'jobs/schedule', 'store', 'within'],
  'jobs/schedule': ['actions', 'data-rights', 'deps:type', 'jobs/queue', 'store'],
  exports: ['channels', 'deps:type', 'domain', 'reports', 'store'],
  actions: [
    'channels',
    'data-rights',
    'demand',
    'demand-act',
    'deps:type',
    'domain',
    'errors',
    'exports',
    'jobs/queue',
    'reports',
    'store',
    'webhooks',
  ],
  channels: ['domain'],
  // The form of outgoing webhooks: what is signed how, and where they may go.
  webhooks: ['channels'],
  // What a person may ask for: erasing, an archive; and what is kept to do it again after a restore.
  'data-rights': ['deps:type', 'domain', 'exports', 'jobs/queue', 'store'],
  // Copies of the embedded database, taken while it runs, and put back.
  backup: ['data-rights', 'postgres', 'store'],
  reports: ['domain', 'store'],
  http: [
    'actions',
    'channels',
    'config',
    'data-rights:type',
    'demand',
    'deps:type',
    'domain',
    'errors',
    'reports:type',
    'store',
  ],
  postgres: ['mended-driver'],
  cli: ['backup', 'config', 'data-rights', 'domain', 'errors:type', 'made-secrets', 'postgres', 'reports', 'store'],
}

/**
 * Folders that hold what several connectors of one provider share, by the end of those connectors' names; they are no
 * connectors themselves (docs/adr/0011-shared-provider-code.md).
 */
const providerFolders = { twilio: 'channels/twilio' } as const

function sharedWith(connector: string): readonly string[] {
  return Object.entries(providerFolders).flatMap(([provider, folder]) =>
    connector.endsWith(`-${provider}`) ? [folder] : [],
  )
}

test('imports point downwards', () => {
  const broken = imports.filter(({ from, to, typeOnly }) => {
    const [a, b] = [part(from), part(to)]
    if (a === b) return a === 'actions'
    if (a.startsWith('channels/')) return b !== 'channels' && b !== 'domain' && !sharedWith(a).includes(b)
    // The list of connectors is the one place that knows them all.
    if (from === 'channels/index.ts') return !b.startsWith('channels/') && b !== 'domain'
    const rule = allowed[a]
    assert.ok(rule !== undefined, `src/${from}: a new part of the house; give it a rule here and in ARCHITECTURE.md`)
    return !(rule.includes(b) || (typeOnly && rule.includes(`${b}:type`)))
  })
  assert.deepEqual(
    broken.map(({ from, to }) => `src/${from} imports src/${to}`),
    [],
  )
})

test('what connectors of one provider share is no connector', () => {
  for (const folder of Object.values(providerFolders)) {
    assert.ok(production.some((file) => file.startsWith(`${folder}/`)))
    assert.ok(!production.includes(`${folder}/index.ts`), `src/${folder} has a front door`)
    const users = new Set(
      imports.filter(({ from, to }) => part(to) === folder && part(from) !== folder).map(({ from }) => part(from)),
    )
    assert.ok(users.size > 1, `src/${folder} is shared by ${[...users].join()} alone`)
  }
})

test('actions and doors meet connectors only through deps', () => {
  const shared = /^channels\/(connector|failures|hand-over|http)\.ts$/
  const broken = imports.filter(
    ({ from, to }) => /^(actions|http|store)\//.test(from) && to.startsWith('channels/') && !shared.test(to),
  )
  assert.deepEqual(
    broken.map(({ from, to }) => `src/${from} imports src/${to}`),
    [],
  )
})

test('the database driver comes in by one door, where its fault is mended', async () => {
  for (const file of production.filter((name) => name !== 'mended-driver.ts')) {
    const text = await readFile(join(root, 'src', file), 'utf8')
    assert.ok(!/^import (?!type)[^\n]* from 'postgres'/m.test(text), `src/${file} imports postgres`)
    // Measured: a statement on a reserved connection whose backend died never settles.
    assert.ok(!/\.(reserve|begin)\(/.test(text) || file === 'store/tx-sessions.ts', `src/${file}: use atomic()`)
  }
})

test('no import cycle', () => {
  const next = new Map<string, string[]>()
  for (const { from, to, typeOnly } of imports) if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(file), `cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`)
    if (done.has(file)) return
    for (const other of next.get(file) ?? []) visit(other, [...trail, file])
    done.add(file)
  }
  for (const file of production) visit(file, [])
})

test('domain is pure: no I/O, no clock, no chance', async () => {
  for (const file of production.filter((name) => name.startsWith('domain/'))) {
    const text = await readFile(join(root, 'src', file), 'utf8')
    for (const forbidden of [
      // A hash is a pure function; chance is not.
      /from 'node:(?!util|crypto')/,
      /Date\.now|new Date\(\)/,
      /Math\.random|random(UUID|Bytes|Int|Fill)|getRandomValues|generateKey/,
      /\bfetch\(/,
      /process\.env/,
    ]) {
      assert.ok(!forbidden.test(text), `src/${file} holds ${forbidden}`)
    }
  }
})

test('files have one thing each, and names that say it', async () => {
  for (const file of sources) {
    const lines = (await readFile(join(root, 'src', file), 'utf8')).split('\n').length
    assert.ok(lines <= (file.endsWith('.test.ts') ? 500 : 400), `src/${file} has ${lines} lines`)
    assert.ok(
      !/(utils?|helpers?|common|manager|service)(\.|-|\/)/.test(file),
      `src/${file}: a name that could hold anything`,
    )
  }
})

test('SQL stays in store, reports and the database supervisor', async () => {
  const sql = /\b(db|tx|sql|session)(<[^`]*>)?`\s*(select|insert|update|delete|with)\b/
  for (const file of production.filter(
    (name) => !/^(store|reports|data-rights|backup|postgres|jobs|http\/health|cli)/.test(name),
  )) {
    assert.ok(!sql.test(await readFile(join(root, 'src', file), 'utf8')), `src/${file} holds SQL`)
  }
})

test('the console knows the server by its API alone', async () => {
  const folder = join(root, 'console/src')
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name)).sort()
  assert.ok(files.length > 20)
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8')
    if (file.endsWith('.test.ts')) continue
    for (const [, given] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
      const to = relative(folder, resolve(dirname(join(folder, file)), given!))
      assert.ok(!to.startsWith('..'), `console/src/${file} imports ${given}`)
    }
    assert.ok(!/from 'node:/.test(text), `console/src/${file} imports what no browser has`)
    assert.ok(!/dangerouslySetInnerHTML|innerHTML\s*=/.test(text), `console/src/${file} writes markup`)
    const lines = text.split('\n').length
    assert.ok(lines <= 400 || file === 'api-types.ts', `console/src/${file} has ${lines} lines`)
    assert.ok(
      !/(utils?|helpers?|common|manager|service)(\.|-|\/)/.test(file),
      `console/src/${file}: a name that could hold anything`,
    )
  }
})

test('every error code is explained in docs/errors.md, and no other', async () => {
  const page = await readFile(join(root, 'docs/errors.md'), 'utf8')
  const explained = [...page.matchAll(/^### `([a-z-]+)`/gm)].map((match) => match[1]!)
  assert.deepEqual(explained.sort(), Object.keys(problems).sort())
})

test('every setting is in docs/settings.md and .env.example', async () => {
  const page = await readFile(join(root, 'docs/settings.md'), 'utf8')
  const example = await readFile(join(root, '.env.example'), 'utf8')
  for (const name of Object.keys(settingTable)) {
    assert.ok(page.includes(`\`${name}\``), `${name} in docs/settings.md`)
    assert.ok(example.includes(`#${name}=`), `${name} in .env.example`)
  }
})

/** Tables of the deployment itself, with the reason they belong to no account. */
const deploymentTables: Readonly<Record<string, string>> = {
  schema_migrations: 'the state of the schema',
  signing_keys: 'keys that sign tokens of every brand',
  processes: 'who is running',
  secret_key: 'which key all brands’ secrets are stored with',
  rate_limits: 'counters of requests and of tries to sign in, in the form that the rate limiter’s library wants',
}

test('every table of a brand begins its primary key with account_id', async () => {
  const database = await testDatabase()
  try {
    const rows = await database.open(1)<{ name: string; first: string | null }[]>`
      select c.relname as name, (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = k.conkey[1]) as first
      from pg_class c left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`
    assert.ok(rows.length > 20)
    const loose = rows.filter((row) => row.first !== 'account_id').map((row) => row.name)
    assert.deepEqual(loose.sort(), Object.keys(deploymentTables).sort())
  } finally {
    await database.drop()
  }
})
