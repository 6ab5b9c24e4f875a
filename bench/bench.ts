import { benchEligibility } from './eligibility.ts'
import { benchHooks } from './hooks.ts'
import { benchInvite } from './invite.ts'
import { benchLive } from './live.ts'
import { benchProcess } from './process.ts'
import { benchReports } from './reports.ts'

/** The benchmarks by name: `npm run bench -- eligibility`. Each resolves to whether every bar was reached. */
const benchmarks: Readonly<Record<string, (options: readonly string[]) => Promise<boolean>>> = {
  eligibility: benchEligibility,
  hooks: benchHooks,
  invite: benchInvite,
  live: benchLive,
  process: benchProcess,
  reports: benchReports,
}

const [name = '', ...options] = process.argv.slice(2)
const run = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined
if (run === undefined) {
  process.stderr.write(`Usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')}\n`)
  process.exit(2)
}
process.exit((await run(options)) ? 0 : 1)
