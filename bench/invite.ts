import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Database } from '../src/store/db.ts'
import { appJwt } from '../test/ivr-client.ts'
import { type BenchProcess, onStage } from './bench-stage.ts'
import type { BenchBrand } from './eligibility-requests.ts'
import { closedLoop, type Measured } from './load.ts'
import { printRatios } from './ratios.ts'

/*
 * An invite accepted: the intent is committed, the provider is called within the request, what it said is committed, the IVR
 * is answered. Beside it a plain handler that makes two inserts around the same call, in alternating rounds; the provider
 * takes 20 ms in both.
 */
const connections = 64
const brandCount = 20
const servers = ['ours', 'plain'] as const
type Round = Readonly<Record<(typeof servers)[number], Measured & { readonly cpu: number }>>

/** @param options `--rounds 5`, `--seconds 3` a server and round. */
export async function benchInvite(options: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...options],
    options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } },
  })
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
  return onStage(async (stage) => {
    await stage.createDatabase('ours')
    await stage.createDatabase('plain')
    const provider = await stage.start('provider')
    const env = { PROVIDER_URL: `http://127.0.0.1:${provider.port}`, DANGEROUS_ALLOW_PRIVATE_NETWORKS: 'on' }
    const running: Record<string, BenchProcess> = {
      ours: await stage.start('ours', { ...env, BRANDS: String(brandCount) }),
      plain: await stage.start('plain-invite', env),
    }
    const brands = JSON.parse(await readFile(join(stage.folder, 'brands.json'), 'utf8')) as BenchBrand[]
    const publicUrl = `http://127.0.0.1:${running.ours!.port}`
    const tokens = await Promise.all(brands.map((brand) => appJwt({ url: publicUrl }, brand)))
    const db = stage.open('ours', 2)

    // What autovacuum does within its first seconds of such a load.
    await db`analyze`
    let most = 500
    const all: Round[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const result = {} as Record<(typeof servers)[number], Measured & { cpu: number }>
      for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
        const requests = await requestsFor(db, brands, tokens, publicUrl, Math.ceil(most * seconds * 1.5))
        const before = await running[server]!.usage()
        const measured = await closedLoop(running[server]!.port, requests, { connections, seconds })
        const cpu = ((await running[server]!.usage()).cpu - before.cpu) / measured.requests
        most = Math.max(most, measured.requestsPerSecond)
        result[server] = { ...measured, cpu }
      }
      if (round > 0) all.push(result)
      console.log(servers.map((server) => `${server} ${shown(result[server])}`).join(' | '))
    }
    const [sent] = await db<{ sent: number; claimed: number }[]>`
      select count(*) filter (where state = 'sent')::int as sent, count(*) filter (where state <> 'sent')::int as claimed from attempts`
    const acknowledged = await db<{ accepted: number }[]>`select count(*)::int as accepted from invites`
    console.log(`${acknowledged[0]!.accepted} invites stored, ${sent!.sent} sent, ${sent!.claimed} otherwise`)
    return printRatios([
      {
        what: 'invites accepted a second, ours / two inserts around the provider’s 20 ms',
        values: all.map(({ ours, plain }) => ours.requestsPerSecond / plain.requestsPerSecond),
        bar: { atLeast: 1 },
      },
    ])
  })
}

/** One invite a call, for calls that eligibility might have stored a moment ago: everybody is reachable and new. */
async function requestsFor(
  db: Database,
  brands: readonly BenchBrand[],
  tokens: readonly string[],
  publicUrl: string,
  count: number,
): Promise<Buffer[]> {
  const requests: Buffer[] = []
  const each = Math.ceil(count / brands.length)
  for (const [place, { accountId, handoffId, skillId }] of brands.entries()) {
    const calls = await db<{ callId: string }[]>`
      insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, ivr_number,
        available_channels)
      select ${accountId}, gen_random_uuid(), now(), 'bench', '+1206' || lpad((random() * 9999999)::int::text, 7, '0'),
        ${handoffId}, ${skillId}, '180000', '{sms}'
      from generate_series(1, ${each}::int) returning call_id as "callId"`
    for (const { callId } of calls) {
      const body = JSON.stringify({ callId })
      requests.push(
        Buffer.from(
          `POST /api/account/${accountId}/invite?v=2.0 HTTP/1.1\r\nHost: ${new URL(publicUrl).host}\r\n` +
            `Content-Type: application/json\r\nAuthorization: Bearer ${tokens[place]}\r\n` +
            `Content-Length: ${body.length}\r\n\r\n${body}`,
        ),
      )
    }
  }
  // Brand by brand they would all wait for the same rows.
  return requests.map((_, n) => requests[(n % brands.length) * each + Math.floor(n / brands.length)]!)
}

const shown = ({ requestsPerSecond, p50, p99, cpu }: Measured & { cpu: number }): string =>
  `${requestsPerSecond.toFixed(0)}/s p50 ${p50.toFixed(1)} p99 ${p99.toFixed(1)} cpu ${cpu.toFixed(0)} µs`
