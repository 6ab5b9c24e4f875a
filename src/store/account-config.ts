import type { AccountConfig, AccountSettings, ApiKey, AppInstall, Privilege, Region } from '../domain/account.ts'
import { type AutoTexts, noTexts } from '../domain/auto-text.ts'
import type { Channel } from '../domain/channel.ts'
import type { Handoff, HandoffChannel } from '../domain/handoff.ts'
import type { OpeningHours } from '../domain/opening-hours.ts'
import type { Routing } from '../domain/routing.ts'
import type { Sender } from '../domain/sender.ts'
import type { Skill } from '../domain/skill.ts'
import type { ManagedTemplate } from '../domain/template.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

interface ConfigRow {
  account_id: string
  title: string
  region: Region
  enabled: boolean
  config_version: string
  internal_user: boolean
  internal_app: boolean
  settings: {
    channels: Channel[]
    device_check: boolean
    default_skill_id: string | null
    rate_limit: number
    quiet_hours: AccountSettings['quietHours']
    consumer_cap: AccountSettings['consumerCap']
    opt_out_scope: 'channel' | 'all'
    texts: Partial<AutoTexts>
    waiting_after_minutes: number
    close_after_minutes: number | null
    agent_capacity: number
  } | null
  skills: {
    skill_id: string
    name: string
    enabled: boolean
    engaged: boolean
    routing: Routing
    offer_seconds: number
    priority: number
    hours: OpeningHours | null
    texts: Partial<AutoTexts>
    survey_on: boolean
    close_after_minutes: number | null
  }[]
  senders: {
    sender_id: string
    connector: string
    channel: Channel
    address: string
    title: string
    settings: Record<string, unknown>
    secrets: string | null
    enabled: boolean
    broken: string | null
  }[]
  handoffs: {
    handoff_id: string
    title: string
    enabled: boolean
    lookback_minutes: number
    channels: HandoffChannel[]
    skills: string[] | null
    route_all_within_lookback: boolean
    open_conversation: 'refuse' | 'continue'
    invite_ttl_seconds: number
  }[]
  templates: {
    template_id: string
    name: string
    language: string
    status: ManagedTemplate['status']
    body: string
    header: ManagedTemplate['header']
    footer: string | null
    buttons: ManagedTemplate['buttons']
    category: ManagedTemplate['category']
    samples: ManagedTemplate['samples']
    sender_id: string | null
    provider_template_id: string | null
    reason: string | null
  }[]
  api_keys: {
    app_key: string
    title: string
    secret: string
    access_token: string
    access_token_secret: string
    privileges: Privilege[]
    enabled: boolean
  }[]
  stops: { skill_id: string | null; channel: Channel | null }[]
  tells_calls: boolean
  app_installs: {
    client_id: string
    title: string
    secret_hash: string
    privileges: Privilege[]
    internal: boolean
    enabled: boolean
  }[]
}

/** The context a sealed secret is bound to; see `Cipher.encrypt`. */
export const secretContext = {
  sender: (accountId: string, senderId: string) => `sender/${accountId}/${senderId}`,
  apiKey: (accountId: string, appKey: string, part: 'secret' | 'token') => `api-key/${accountId}/${appKey}/${part}`,
  signingKey: (kid: string) => `signing-key/${kid}`,
  device: (accountId: string, deviceId: string) => `device/${accountId}/${deviceId}`,
  webhook: (accountId: string, endpointId: string) => `webhook/${accountId}/${endpointId}`,
}

/** One brand's configuration in one round trip, secrets decrypted; null when there is no such account. */
export async function loadAccountConfig(db: DbOrTx, cipher: Cipher, accountId: string): Promise<AccountConfig | null> {
  const [row] = await db<ConfigRow[]>`
    select a.account_id, a.title, a.region, a.enabled, a.config_version,
      exists(select from users u where u.account_id = a.account_id and u.role = 'internal' and u.enabled) as internal_user,
      exists(select from app_installs i where i.account_id = a.account_id and i.internal and i.enabled) as internal_app,
      (select to_jsonb(s) from settings s where s.account_id = a.account_id) as settings,
      coalesce((select jsonb_agg(to_jsonb(k) || jsonb_build_object(
          'engaged', exists(select from engagements e where e.account_id = k.account_id and e.skill_id = k.skill_id)) order by k.name)
        from skills k where k.account_id = a.account_id), '[]') as skills,
      coalesce((select jsonb_agg(to_jsonb(s) - 'secrets' || jsonb_build_object('secrets', encode(s.secrets, 'base64')))
        from senders s where s.account_id = a.account_id), '[]') as senders,
      coalesce((select jsonb_agg(to_jsonb(h)) from handoffs h where h.account_id = a.account_id), '[]') as handoffs,
      coalesce((select jsonb_agg(to_jsonb(t)) from templates t where t.account_id = a.account_id), '[]') as templates,
      coalesce((select jsonb_agg(to_jsonb(k) || jsonb_build_object('secret', encode(k.secret, 'base64'),
          'access_token_secret', encode(k.access_token_secret, 'base64')))
        from api_keys k where k.account_id = a.account_id), '[]') as api_keys,
      coalesce((select jsonb_agg(to_jsonb(i)) from app_installs i where i.account_id = a.account_id), '[]') as app_installs,
      coalesce((select jsonb_agg(to_jsonb(s)) from stops s where s.account_id = a.account_id), '[]') as stops,
      webhook_wanted(a.account_id, 'call.attempted') as tells_calls
    from accounts a where a.account_id = ${accountId}`
  return row === undefined ? null : accountConfigOf(row, cipher)
}

function accountConfigOf(row: ConfigRow, cipher: Cipher): AccountConfig {
  const accountId = row.account_id
  const open = (sealed: string, context: string) => cipher.decrypt(Buffer.from(sealed, 'base64'), context)
  const skills = row.skills.map(
    (k): Skill => ({
      skillId: k.skill_id,
      name: k.name,
      enabled: k.enabled,
      engaged: k.engaged,
      routing: k.routing,
      offerSeconds: k.offer_seconds,
      priority: k.priority,
      hours: k.hours,
      texts: { ...noTexts, ...k.texts },
      surveyOn: k.survey_on,
      closeAfterMinutes: k.close_after_minutes,
    }),
  )
  return {
    accountId,
    title: row.title,
    region: row.region,
    enabled: row.enabled,
    version: BigInt(row.config_version),
    internalUser: row.internal_user,
    internalApp: row.internal_app,
    settings: row.settings && {
      channels: row.settings.channels,
      deviceCheck: row.settings.device_check,
      defaultSkillId: row.settings.default_skill_id,
      rateLimit: row.settings.rate_limit,
      quietHours: row.settings.quiet_hours,
      consumerCap: row.settings.consumer_cap,
      optOutScope: row.settings.opt_out_scope,
      texts: { ...noTexts, ...row.settings.texts },
      waitingAfterMinutes: row.settings.waiting_after_minutes,
      closeAfterMinutes: row.settings.close_after_minutes,
      agentCapacity: row.settings.agent_capacity,
    },
    skills: new Map(skills.map((skill) => [skill.skillId, skill])),
    skillsByName: new Map(skills.map((skill) => [skill.name, skill])),
    senders: new Map(
      row.senders.map((s): [string, Sender] => [
        s.sender_id,
        {
          accountId,
          senderId: s.sender_id,
          connector: s.connector,
          channel: s.channel,
          address: s.address,
          title: s.title,
          settings:
            s.secrets === null
              ? s.settings
              : { ...s.settings, ...JSON.parse(open(s.secrets, secretContext.sender(accountId, s.sender_id))) },
          enabled: s.enabled,
          broken: s.broken,
        },
      ]),
    ),
    handoffs: new Map(
      row.handoffs.map((h): [string, Handoff] => [
        h.handoff_id,
        {
          handoffId: h.handoff_id,
          title: h.title,
          enabled: h.enabled,
          lookbackMinutes: h.lookback_minutes,
          channels: h.channels,
          skills: h.skills,
          routeAllWithinLookback: h.route_all_within_lookback,
          openConversation: h.open_conversation,
          inviteTtlSeconds: h.invite_ttl_seconds,
        },
      ]),
    ),
    templates: new Map(
      row.templates.map((t): [string, ManagedTemplate] => [
        t.template_id,
        {
          templateId: t.template_id,
          name: t.name,
          language: t.language,
          status: t.status,
          body: t.body,
          header: t.header,
          footer: t.footer,
          buttons: t.buttons,
          category: t.category,
          samples: t.samples,
          senderId: t.sender_id,
          providerTemplateId: t.provider_template_id,
          reason: t.reason,
        },
      ]),
    ),
    apiKeys: new Map(
      row.api_keys.map((k): [string, ApiKey] => [
        k.app_key,
        {
          appKey: k.app_key,
          title: k.title,
          secret: open(k.secret, secretContext.apiKey(accountId, k.app_key, 'secret')),
          accessToken: k.access_token,
          accessTokenSecret: open(k.access_token_secret, secretContext.apiKey(accountId, k.app_key, 'token')),
          privileges: k.privileges,
          enabled: k.enabled,
        },
      ]),
    ),
    tellsCalls: row.tells_calls,
    stops: row.stops.map((s) => ({ skillId: s.skill_id, channel: s.channel })),
    appInstalls: new Map(
      row.app_installs.map((i): [string, AppInstall] => [
        i.client_id,
        {
          clientId: i.client_id,
          title: i.title,
          secretHash: i.secret_hash,
          privileges: i.privileges,
          enabled: i.enabled,
          internal: i.internal,
        },
      ]),
    ),
  }
}
