import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiTypesText } from './api-types-text.ts'
import { openapiText } from './openapi-text.ts'
import { schemaText } from './schema-text.ts'
import { envExampleText, settingsText } from './settings-text.ts'

/**
 * `npm run generate` writes the files that are derived from code; `-- --check` only compares, and names what is stale.
 * They are committed, so that a reader and a reviewer see them.
 */
const root = join(import.meta.dirname, '..')
const openapi = await openapiText()
const files: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/settings.md': settingsText,
  '.env.example': envExampleText,
  'openapi.json': () => openapi,
  'console/src/api-types.ts': () => apiTypesText(openapi),
  'migrations/schema.sql': schemaText,
}

const stale: string[] = []
for (const [name, make] of Object.entries(files)) {
  const path = join(root, name)
  const text = await make()
  if ((await readFile(path, 'utf8').catch(() => '')) === text) continue
  stale.push(name)
  if (!process.argv.includes('--check')) await writeFile(path, text)
}
if (process.argv.includes('--check') && stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run: npm run generate\n`)
  process.exit(1)
}
process.stdout.write(stale.length === 0 ? 'Every generated file is up to date.\n' : `Written: ${stale.join(', ')}\n`)
process.exit(0)
