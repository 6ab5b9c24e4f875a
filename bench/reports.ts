import { parseArgs } from 'node:util'
import { doctor } from '../src/reports/doctor.ts'
import { migrate } from '../src/store/migrate.ts'
import { type BenchStage, onStage } from './bench-stage.ts'
import { besideExport, memoryOfExport } from './export-cost.ts'
import { type GeneratedCalls, generateCalls } from './generated-calls.ts'
import { printRatios, type Ratio } from './ratios.ts'
import { analyticsRatios, pageRatios } from './report-queries.ts'

/*
 * Reports over ten million calls, and over a tenth of them beside it, so that growth too is a ratio of neighbours in time.
 * Half an hour and 25 GB of disk; `--millions 1` for a quick look, in which the raw rows are few, and the bar of what is
 * gained over them is lowered with them.
 */
const secretKey = Buffer.alloc(32, 7)

/** @param options `--millions 10`, `--rounds 5`, `--only analytics,pages,export`. */
export async function benchReports(options: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      millions: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: 'analytics,pages,export' },
    },
  })
  const millions = Number(values.millions)
  const rounds = Number(values.rounds)
  const only = values.only.split(',')
  return onStage(async (stage) => {
    const large = await filled(stage, 'ours', millions * 1_000_000)
    const small = only.includes('analytics') ? await filled(stage, 'small', millions * 100_000) : null
    const ratios: Ratio[] = []
    if (small !== null) {
      await examine(stage, 'small')
      ratios.push(...(await analyticsRatios(stage, { large, small, rounds, gain: 100 * Math.min(1, millions / 10) })))
    }
    if (only.includes('pages')) ratios.push(...(await pageRatios(stage, large, rounds)))
    if (only.includes('export')) {
      ratios.push(await besideExport(stage, large, rounds))
      ratios.push(await memoryOfExport(stage, large))
    }
    return printRatios(ratios)
  })
}

async function filled(stage: BenchStage, name: string, calls: number): Promise<GeneratedCalls> {
  const began = performance.now()
  await stage.createDatabase(name)
  const db = stage.open(name, 2)
  await migrate(db)
  const made = await generateCalls(db, calls, secretKey)
  const patient = stage.patient(name)
  await patient`vacuum analyze`
  const [size] = await patient<{ mb: number }[]>`select (pg_database_size(current_database()) / 1048576)::int as mb`
  const seconds = (performance.now() - began) / 1000
  console.log(`${name}: ${calls.toLocaleString('en')} calls in ${seconds.toFixed(0)} s, ${size!.mb} MB`)
  return made
}

/** What was generated must be what the server would have made: otherwise nothing measured on it means anything. */
async function examine(stage: BenchStage, name: string): Promise<void> {
  const found = await doctor(stage.open(name, 1))
  if (found.length > 0) throw new Error(`The doctor finds faults: ${JSON.stringify(found[0])}`)
  console.log(`${name}: the doctor finds nothing`)
}
