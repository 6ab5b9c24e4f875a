import { statSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { type Region, regions } from './domain/account.ts'

/** One setting of the deployment. This table is the manual: `docs/settings.md` and `.env.example` are generated from it. */
interface Setting<T> {
  /** Shown when the setting is not given; null: there is none, and the sentence says what happens then. */
  readonly default: string | null
  /** One sentence for the person who sets it; units named. */
  readonly about: string
  readonly secret?: true
  /** @throws Error with a reason that completes the sentence "NAME is wrong: …" */
  parse(value: string): T
}

const oneOf =
  <T extends string>(...words: readonly T[]) =>
  (value: string): T => {
    if ((words as readonly string[]).includes(value)) return value as T
    throw new Error(`it must be ${words.join(' or ')}`)
  }

const whole =
  (least: number, most: number) =>
  (value: string): number => {
    const number = /^[0-9]{1,12}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    throw new Error(`it must be a whole number from ${least} to ${most}`)
  }

const text = (value: string): string => {
  if (value.trim() !== '') return value
  throw new Error('it must not be empty')
}

const origin = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href) {
    throw new Error('it must be like https://c2m.example.com, without a path or a user')
  }
  if (url.hostname.includes('_'))
    throw new Error('its host has an underscore, which Twilio refuses in callback addresses')
  return url.origin
}

const bareOrigin = (value: string): string => {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url !== null && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin
  throw new Error('each must be like http://minio:9000, without a path')
}

const regionHosts = (value: string): Readonly<Partial<Record<Region, string>>> => {
  const hosts: Partial<Record<Region, string>> = {}
  for (const pair of value.split(',').filter((part) => part.trim() !== '')) {
    const [region, host, ...more] = pair.split('=').map((part) => part.trim())
    if (more.length > 0 || !regions.includes(region as Region) || !/^[a-z0-9.-]+(:[0-9]+)?$/.test(host ?? '')) {
      throw new Error('it must be like va=va.c2m.example.com,lo=lo.c2m.example.com')
    }
    hosts[region as Region] = host!
  }
  return hosts
}

const secretKey = (value: string): Buffer => {
  // Node skips what is no base64: a key with a slip would be taken for another key.
  const key = /^[A-Za-z0-9+/_-]{43}=?$/.test(value.trim()) ? Buffer.from(value, 'base64') : null
  if (key?.length === 32) return key
  throw new Error('it must be 32 random bytes in base64 (openssl rand -base64 32)')
}

const list = (value: string): readonly string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const postgresUrl = (value: string): string => {
  if (!/^postgres(ql)?:\/\//.test(value)) throw new Error('it must begin with postgres://')
  try {
    const { username, password, pathname } = new URL(value)
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return value
  } catch {
    throw new Error(
      'it must be like postgres://user:password@host:5432/name; in a password # is written %23, / %2F, ? %3F, @ %40, % %25',
    )
  }
}

/** Words that the library behind `trustProxy` knows besides addresses. */
const proxyWords = ['loopback', 'linklocal', 'uniquelocal']

const proxies = (value: string): readonly string[] =>
  list(value).map((proxy) => {
    const [address, bits, ...more] = proxy.split('/')
    const most = { 0: 0, 4: 32, 6: 128 }[isIP(address!)]!
    const network = bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most)
    if (proxyWords.includes(proxy) || (most > 0 && network && more.length === 0)) return proxy
    throw new Error(`"${proxy}" is no address or network like 10.0.0.7 or 10.0.0.0/8`)
  })

/** It need not be there yet: it is made when it is needed. */
const folder = (value: string): string => {
  const path = resolve(text(value))
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) return path
  throw new Error(`there is a file where the folder ${path} should be`)
}

export const settingTable = {
  HOST: { default: '127.0.0.1', about: 'Address to listen on.', parse: text },
  PORT: { default: '8080', about: 'Port to listen on; 0 takes a free one.', parse: whole(0, 65_535) },
  PUBLIC_URL: {
    default: null,
    about:
      'The address at which brands and providers reach this server. OAuth 1.0a and Twilio signatures cover it. Not given: http://HOST:PORT.',
    parse: origin,
  },
  DATA_DIR: {
    default: './data',
    about: 'Folder of the embedded database, the made secrets and sandbox.json.',
    parse: (value: string) => resolve(text(value)),
  },
  DATABASE_URL: {
    default: null,
    about: 'An outside PostgreSQL 15 or newer. Not given: the embedded PostgreSQL in DATA_DIR is used.',
    secret: true,
    parse: postgresUrl,
  },
  DATABASE_POOL_SIZE: {
    default: '10',
    about:
      'Connections of one process for single statements. It opens at most as many again for database transactions, and 17 for its queue, live pages and exports.',
    parse: whole(3, 200),
  },
  POSTGRES_RUN_AS: {
    default: 'nobody',
    about: 'Unprivileged user for the embedded PostgreSQL when the server runs as root.',
    parse: text,
  },
  C2M_SECRET_KEY: {
    default: null,
    about:
      'Key that encrypts stored secrets: 32 bytes in base64. Not given: one is made at first start in DATA_DIR/secret.key. Needed when several processes share a database.',
    secret: true,
    parse: secretKey,
  },
  OPERATOR_TOKEN: {
    default: null,
    about:
      'Token of the operator, who makes accounts. Not given: one is made at first start in DATA_DIR/operator.token.',
    secret: true,
    parse: (value: string) => {
      if (value.length >= 32) return value
      throw new Error('it must have at least 32 characters')
    },
  },
  REGION: {
    default: 'va',
    about: 'Region this deployment serves: va (North America), lo (EMEA), sy (APAC).',
    parse: oneOf(...regions),
  },
  REGION_HOSTS: {
    default: '',
    about: 'Hosts of the other regions, for the domain lookup: va=host,lo=host,sy=host.',
    parse: regionHosts,
  },
  ROLE: {
    default: 'all',
    about: 'What this process does: all, api (answers requests) or worker (sends, resolves, cleans up).',
    parse: oneOf('all', 'api', 'worker'),
  },
  PROCESSES: {
    default: 'one',
    about: 'Whether one or several processes answer requests; with several, rate limits are counted in the database.',
    parse: oneOf('one', 'several'),
  },
  SANDBOX: {
    default: null,
    about: 'The sandbox brand and its simulated phones, on or off. Not given: on, or off when DATABASE_URL is set.',
    parse: oneOf('on', 'off'),
  },
  ELIGIBILITY_DEADLINE_MS: {
    default: '1200',
    about: 'Longest time an eligibility answer may take, in milliseconds.',
    parse: whole(200, 5_000),
  },
  INVITE_DEADLINE_MS: {
    default: '5000',
    about: 'Longest time an invite waits before it answers, in milliseconds; a send that has begun goes on.',
    parse: whole(200, 15_000),
  },
  REPORTING_RATE_LIMIT: {
    default: '10',
    about: 'Requests a second that one brand may make to each endpoint of the reporting and handoff APIs.',
    parse: whole(1, 10_000),
  },
  PROVIDER_TIMEOUT_MS: {
    default: '10000',
    about: 'Longest time one request to a provider may take, in milliseconds; must stay below the lease of 20 seconds.',
    parse: whole(500, 15_000),
  },
  WEBHOOK_TIMEOUT_MS: {
    default: '15000',
    about: 'Longest time that the endpoint of an outgoing webhook may take to answer, in milliseconds.',
    parse: whole(500, 20_000),
  },
  EXPORT_FOLDER: {
    default: null,
    about:
      'Folder below which scheduled exports may be put, each brand in its own. Not given: schedules can only deliver to buckets.',
    parse: folder,
  },
  EXPORT_KEPT_HOURS: {
    default: '168',
    about: 'Hours for which the file of an export is kept in DATA_DIR/exports.',
    parse: whole(1, 8_784),
  },
  EXPORT_MAX_MB: {
    default: '10240',
    about: 'Largest file of one export, in megabytes.',
    parse: whole(1, 1_000_000),
  },
  EXPORT_PRIVATE_ORIGINS: {
    default: '',
    about:
      'Servers of buckets that may lie in a private network, such as http://minio:9000, comma-separated. All others there are refused.',
    parse: (value: string) => list(value).map(bareOrigin),
  },
  CALL_TTL_HOURS: {
    default: '24',
    about: 'Hours after eligibility within which a call may still be invited.',
    parse: whole(1, 720),
  },
  RETENTION_TRANSACTIONS_MONTHS: {
    default: '13',
    about:
      'Months for which calls, invites and their journeys are kept, with the reports made of them. A calendar month (UTC) goes as a whole, over all brands, when the last of it is so old.',
    parse: whole(2, 120),
  },
  RETENTION_MESSAGES_MONTHS: {
    default: '13',
    about: 'Months for which messages and conversations are kept; they go by calendar months as well.',
    parse: whole(2, 120),
  },
  RETENTION_EXCHANGES_DAYS: {
    default: '30',
    about: 'Days for which requests to and from providers are kept, and status callbacks; a day (UTC) goes as a whole.',
    parse: whole(1, 366),
  },
  TRUSTED_PROXIES: {
    default: '',
    about: 'Addresses or networks of proxies whose X-Forwarded-For is believed, comma-separated.',
    parse: proxies,
  },
  LOG_LEVEL: {
    default: 'info',
    about: 'How much is logged: fatal, error, warn, info, debug, trace or silent.',
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  },
  DANGEROUS_ALLOW_PRIVATE_NETWORKS: {
    default: 'off',
    about: 'on lets requests to providers and webhook endpoints reach private and loopback addresses. For tests only.',
    parse: oneOf('on', 'off'),
  },
} as const satisfies Record<string, Setting<unknown>>

type SettingName = keyof typeof settingTable
type Given = { readonly [N in SettingName]: ReturnType<(typeof settingTable)[N]['parse']> | null }

export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  readonly dataDir: string
  readonly databaseUrl: string | null
  readonly databasePoolSize: number
  readonly postgresRunAs: string
  readonly secretKey: Buffer | null
  readonly operatorToken: string | null
  readonly region: Region
  readonly regionHosts: Readonly<Partial<Record<Region, string>>>
  readonly role: 'all' | 'api' | 'worker'
  readonly processes: 'one' | 'several'
  readonly sandbox: boolean
  readonly eligibilityDeadlineMs: number
  readonly inviteDeadlineMs: number
  readonly reportingRateLimit: number
  readonly providerTimeoutMs: number
  readonly webhookTimeoutMs: number
  /** Null: schedules cannot deliver to a folder. */
  readonly exportFolder: string | null
  readonly exportKeptHours: number
  readonly exportMaxMb: number
  readonly exportPrivateOrigins: readonly string[]
  readonly callTtlHours: number
  readonly retentionTransactionsMonths: number
  readonly retentionMessagesMonths: number
  readonly retentionExchangesDays: number
  readonly trustedProxies: readonly string[]
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  readonly allowPrivateNetworks: boolean
}

/** A setting is wrong or missing: the start stops with this sentence. */
export class ConfigProblem extends Error {}

/**
 * Reads and cross-checks every setting once.
 * @param env `process.env` or a part of it; an empty value counts as not given.
 * @throws ConfigProblem naming the setting and what it must be.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(settingTable).map(([name, setting]: [string, Setting<unknown>]) => {
      const value = env[name] === undefined || env[name] === '' ? setting.default : env[name]
      if (value === null) return [name, null]
      try {
        return [name, setting.parse(value)]
      } catch (error) {
        throw new ConfigProblem(`${name} is wrong: ${(error as Error).message}.`)
      }
    }),
  ) as unknown as Given
  if (given.PROCESSES === 'several' && given.DATABASE_URL !== null && given.C2M_SECRET_KEY === null) {
    throw new ConfigProblem(
      'C2M_SECRET_KEY is missing: several processes must share one key to read the stored secrets.',
    )
  }
  if (given.ROLE !== 'all' && given.DATABASE_URL === null) {
    throw new ConfigProblem('DATABASE_URL is missing: ROLE splits the work over processes, and they need one database.')
  }
  return {
    host: given.HOST!,
    port: given.PORT!,
    publicUrl: given.PUBLIC_URL,
    dataDir: given.DATA_DIR!,
    databaseUrl: given.DATABASE_URL,
    databasePoolSize: given.DATABASE_POOL_SIZE!,
    postgresRunAs: given.POSTGRES_RUN_AS!,
    secretKey: given.C2M_SECRET_KEY,
    operatorToken: given.OPERATOR_TOKEN,
    region: given.REGION!,
    regionHosts: given.REGION_HOSTS!,
    role: given.ROLE!,
    processes: given.PROCESSES!,
    sandbox: (given.SANDBOX ?? (given.DATABASE_URL === null ? 'on' : 'off')) === 'on',
    eligibilityDeadlineMs: given.ELIGIBILITY_DEADLINE_MS!,
    inviteDeadlineMs: given.INVITE_DEADLINE_MS!,
    reportingRateLimit: given.REPORTING_RATE_LIMIT!,
    providerTimeoutMs: given.PROVIDER_TIMEOUT_MS!,
    webhookTimeoutMs: given.WEBHOOK_TIMEOUT_MS!,
    exportFolder: given.EXPORT_FOLDER,
    exportKeptHours: given.EXPORT_KEPT_HOURS!,
    exportMaxMb: given.EXPORT_MAX_MB!,
    exportPrivateOrigins: given.EXPORT_PRIVATE_ORIGINS!,
    callTtlHours: given.CALL_TTL_HOURS!,
    retentionTransactionsMonths: given.RETENTION_TRANSACTIONS_MONTHS!,
    retentionMessagesMonths: given.RETENTION_MESSAGES_MONTHS!,
    retentionExchangesDays: given.RETENTION_EXCHANGES_DAYS!,
    trustedProxies: given.TRUSTED_PROXIES!,
    logLevel: given.LOG_LEVEL!,
    allowPrivateNetworks: given.DANGEROUS_ALLOW_PRIVATE_NETWORKS === 'on',
  }
}
