import type { SenderFinding } from '../channels/connector.ts'
import { failures, SendFailure } from '../channels/failures.ts'
import type { Exchange } from '../channels/http.ts'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { hookPath } from '../domain/hook-path.ts'
import type { Sender } from '../domain/sender.ts'
import { Problem } from '../errors.ts'
import { listTrouble } from '../store/circuits.ts'
import { recordExchange } from '../store/provider-exchanges.ts'

/**
 * Looks at one sender from all sides, as far as that goes without sending: its settings, whether the provider can call us,
 * what the provider itself says, its templates, and how the last sends went.
 * @throws Problem `forbidden`, `not-found`
 */
export async function checkSender(
  deps: Deps,
  caller: Caller,
  config: AccountConfig,
  senderId: string,
): Promise<readonly SenderFinding[]> {
  demand(caller, 'senders.change')
  const sender = config.senders.get(senderId)
  if (sender === undefined) throw new Problem('not-found')
  const connector = deps.connectors.get(sender.connector)
  if (connector === undefined)
    return [{ what: 'connector', ok: false, sentence: `This server has no connector "${sender.connector}".` }]
  const wrong = connector.checkSender(sender)
  const settings = wrong.map((sentence) => ({ what: 'settings', ok: false, sentence }))
  // With settings that cannot be right nothing is asked: the answer would only say the same in other words.
  const said = wrong.length > 0 ? [] : await askProvider(deps, sender, config.accountId)
  const trouble = (await listTrouble(deps.db, config.accountId)).get(senderId)
  return [
    ...(wrong.length > 0 ? settings : [{ what: 'settings', ok: true, sentence: 'The settings look right.' }]),
    ...(sender.enabled ? [] : [{ what: 'switch', ok: false, sentence: 'The sender is switched off.' }]),
    ...(connector.hooks === undefined ? [] : [publicAddress(deps, sender)]),
    ...said,
    ...templateFindings(config, sender),
    ...(sender.broken === null ? [] : [{ what: 'last-send', ok: false, sentence: sender.broken }]),
    ...(trouble === undefined || trouble.state === 'closed'
      ? []
      : [{ what: 'last-send', ok: false, sentence: `The last ${trouble.failures} sends failed one after the other.` }]),
  ]
}

async function askProvider(deps: Deps, sender: Sender, accountId: string): Promise<readonly SenderFinding[]> {
  const connector = deps.connectors.get(sender.connector)
  if (connector?.check === undefined) return []
  const exchanges: Exchange[] = []
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  try {
    return await connector.check(sender, http, hookUrlOf(deps, sender))
  } catch (error) {
    if (!(error instanceof SendFailure)) throw error
    const sentence = [failures[error.kind].sentence, error.advice ?? ''].join(' ').trim()
    return [{ what: 'provider', ok: false, sentence: `The provider could not be asked. ${sentence}` }]
  } finally {
    const context = { callId: null, messageId: null, senderId: sender.senderId, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(deps.db, accountId, context, exchange)
  }
}

type HookOwner = Pick<Sender, 'connector' | 'accountId' | 'senderId'>

/** Where the provider of a sender calls us. */
const hookUrlOf = (deps: Pick<Deps, 'publicUrl'>, { connector, accountId, senderId }: HookOwner): string =>
  deps.publicUrl + hookPath(connector, accountId, senderId)

/** What to enter at the provider as the address of its webhook; null: it has none. */
export const shownHookUrl = (deps: Pick<Deps, 'publicUrl' | 'connectors'>, sender: HookOwner): string | null =>
  deps.connectors.get(sender.connector)?.hooks === undefined ? null : hookUrlOf(deps, sender)

function publicAddress(deps: Deps, sender: Sender): SenderFinding {
  const url = new URL(deps.publicUrl)
  const here = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  const pretended = sender.connector.endsWith('-simulator')
  const ok = pretended || (url.protocol === 'https:' && !here)
  const sentence = ok
    ? 'The provider can call this server.'
    : `No provider can call ${url.origin}: set PUBLIC_URL to this server’s public https address.`
  return { what: 'public-address', ok, sentence }
}

function templateFindings(config: AccountConfig, sender: Sender): readonly SenderFinding[] {
  const own = [...config.templates.values()].filter(({ senderId }) => senderId === sender.senderId)
  const stopped = own.filter(({ status }) => ['rejected', 'paused', 'disabled'].includes(status))
  const approved = own.filter(({ status }) => status === 'approved').length
  return [
    ...(approved > 0 ? [{ what: 'templates', ok: true, sentence: `${approved} of its templates approved.` }] : []),
    ...stopped.map(({ name, language, status, reason }) => ({
      ...{ what: 'templates', ok: false },
      sentence: `The template ${name} (${language}) is ${status}${reason === null ? '.' : `: ${reason}`}`,
    })),
  ]
}
