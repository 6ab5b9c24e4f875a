import type { AccountConfig } from './account.ts'
import { type Channel, channelLabels } from './channel.ts'
import { type Handoff, type HandoffChannel, inviteTtlSeconds, lookbackMinutes, sendersOf } from './handoff.ts'
import type { Sender } from './sender.ts'
import { skillUsable } from './skill.ts'
import { type Variant, variantFaults } from './variant.ts'

/** A handoff as an administrator writes it: a sender is named by its id or address, a template by its id or name. */
export interface HandoffDraft {
  readonly title: string
  readonly enabled: boolean
  readonly lookbackMinutes: number
  readonly channels: readonly HandoffChannelDraft[]
  readonly skills: readonly string[] | null
  readonly routeAllWithinLookback: boolean
  readonly openConversation: 'refuse' | 'continue'
  readonly inviteTtlSeconds: number
}

/** A channel's own words are replaced by those of its first variant when it has variants. */
export type HandoffChannelDraft =
  | {
      readonly channel: 'sms'
      readonly sender: string
      readonly text: string
      readonly variants?: readonly (Variant & { readonly text: string })[]
      readonly optOutLine: string
      /** IVR number to sender. */
      readonly senderByIvrNumber: Readonly<Record<string, string>>
    }
  | {
      readonly channel: 'wa'
      readonly sender: string
      readonly template: string
      readonly variants?: readonly (Variant & { readonly template: string })[]
    }
  | {
      readonly channel: 'inapp'
      readonly senders: readonly string[]
      readonly title: string
      readonly text: string
      readonly variants?: readonly (Variant & { readonly title: string; readonly text: string })[]
    }

export interface HandoffCheck {
  /** What stops it from being saved, each a sentence; empty: nothing. */
  readonly faults: readonly string[]
  /** What an administrator should know though it is saved. */
  readonly warnings: readonly string[]
  readonly handoff: Handoff
}

/** The original recommends to stay within this (reference: API handoff, SMS row). */
export const advisedSmsLength = 140
/** Twilio's cap on one message, opt-out line included. */
const longestSms = 1600
const longestPushTitle = 100
const longestPush = 1000
const mostApps = 3
const mostIvrNumbers = 100

/** Judges a draft by the rules of design section 8 against what the account has, and names everything by its id. */
export function checkHandoff(handoffId: string, draft: HandoffDraft, config: AccountConfig): HandoffCheck {
  const faults: string[] = []
  const warnings: string[] = []
  const title = draft.title.trim()
  if (title === '') faults.push('The title must not be empty.')
  if (/[<>]/.test(title)) faults.push('The title must not contain < or >.')
  if ([...config.handoffs.values()].some((other) => other.title === title && other.handoffId !== handoffId)) {
    faults.push('A handoff with this title exists already.')
  }
  between(faults, 'The lookback', draft.lookbackMinutes, lookbackMinutes, 'minutes (1 hour to 30 days)')
  between(faults, 'The invite time to live', draft.inviteTtlSeconds, inviteTtlSeconds, 'seconds')

  const named = draft.channels.map((channel) => channel.channel)
  if (named.length === 0) faults.push('A handoff needs at least one channel.')
  if (new Set(named).size < named.length) faults.push('Each channel can be named once.')
  if (named.includes('inapp') && named.some((channel) => channel !== 'inapp')) {
    faults.push('In-app excludes the other channels: give it a handoff of its own.')
  }
  for (const skill of draft.skills ?? []) {
    if (!config.skillsByName.has(skill)) faults.push(`There is no skill "${skill}".`)
    else if (!skillUsable(config.skillsByName.get(skill)))
      warnings.push(`The skill "${skill}" is not switched on for deflection, so calls that name it are refused.`)
  }
  if (draft.skills !== null && draft.skills.length === 0) {
    faults.push('The list of skills is empty: name at least one, or leave it out to allow all.')
  }

  const channels = draft.channels.map((channel) => resolve(channel, config, faults, warnings))
  for (const channel of channels) {
    if (config.settings !== null && !config.settings.channels.includes(channel.channel)) {
      warnings.push(`${channelLabels[channel.channel]} is switched off in the account's settings.`)
    }
    for (const senderId of sendersOf(channel, null)) {
      const sender = config.senders.get(senderId)
      if (sender?.enabled === false || (sender?.broken ?? null) !== null) {
        warnings.push(`The ${channelLabels[channel.channel]} sender "${sender?.title}" is disabled or does not work.`)
      }
    }
  }
  return {
    faults,
    warnings,
    handoff: { ...draft, handoffId, title, channels, skills: draft.skills && [...new Set(draft.skills)] },
  }
}

/** The handoff as a draft again, so that a change of one part can be judged with the rest. */
export function draftOf(handoff: Handoff): HandoffDraft {
  const { handoffId: _id, ...rest } = handoff
  return { ...rest, channels: handoff.channels.map(channelDraftOf) }
}

function channelDraftOf(channel: HandoffChannel): HandoffChannelDraft {
  switch (channel.channel) {
    case 'sms': {
      const { senderId, ...rest } = channel
      return { ...rest, sender: senderId }
    }
    case 'wa': {
      const { senderId, templateId, variants, ...rest } = channel
      const drafted = variants?.map(({ templateId: template, ...variant }) => ({ ...variant, template }))
      return {
        ...rest,
        sender: senderId,
        template: templateId,
        ...(drafted === undefined ? {} : { variants: drafted }),
      }
    }
    case 'inapp': {
      const { senderIds, ...rest } = channel
      return { ...rest, senders: senderIds }
    }
  }
}

function resolve(
  draft: HandoffChannelDraft,
  config: AccountConfig,
  faults: string[],
  warnings: string[],
): HandoffChannel {
  const senderId = (name: string) => {
    const sender = senderNamed(name, draft.channel, config)
    if (sender === undefined) faults.push(`There is no sender "${name}" (name it by its id or its address).`)
    else if (sender.channel !== draft.channel) {
      faults.push(`The sender "${sender.title}" is not of the channel ${channelLabels[draft.channel]}.`)
    }
    return sender?.senderId ?? name
  }
  const label = channelLabels[draft.channel]
  faults.push(...variantFaults(label, draft.variants ?? []))
  switch (draft.channel) {
    case 'sms': {
      const { sender, variants = [], ...rest } = draft
      const told = variants.length === 0 ? [{ text: draft.text }] : variants
      for (const one of told)
        checkSmsText(`The ${label} text${ofVariant(one)}`, one.text, draft.optOutLine, faults, warnings)
      const ivrNumbers = Object.entries(draft.senderByIvrNumber)
      if (ivrNumbers.length > mostIvrNumbers) faults.push(`At most ${mostIvrNumbers} IVR numbers can have a sender.`)
      for (const [ivrNumber] of ivrNumbers) {
        if (ivrNumber.trim() === '' || ivrNumber.length > 32) faults.push('An IVR number has 1 to 32 characters.')
      }
      return {
        ...rest,
        text: told[0]!.text,
        ...(variants.length === 0 ? {} : { variants }),
        senderId: senderId(sender),
        senderByIvrNumber: Object.fromEntries(ivrNumbers.map(([ivrNumber, name]) => [ivrNumber, senderId(name)])),
      }
    }
    case 'wa': {
      const variants = (draft.variants ?? []).map(({ template, ...variant }) => {
        return { ...variant, templateId: templateId(template, config, faults) }
      })
      return {
        channel: 'wa',
        senderId: senderId(draft.sender),
        templateId: variants[0]?.templateId ?? templateId(draft.template, config, faults),
        ...(variants.length === 0 ? {} : { variants }),
      }
    }
    case 'inapp': {
      const { variants = [] } = draft
      const told = variants.length === 0 ? [{ title: draft.title, text: draft.text }] : variants
      const senderIds = draft.senders.flatMap((name) => appNamed(name, config) ?? [senderId(name)])
      const apps = new Set(senderIds.map((id) => config.senders.get(id)?.address ?? id))
      if (apps.size < 1 || apps.size > mostApps) faults.push(`In-app needs 1 to ${mostApps} apps.`)
      if (new Set(senderIds).size < senderIds.length) faults.push('Each app can be named once.')
      for (const one of told) {
        text(faults, `The in-app title${ofVariant(one)}`, one.title, longestPushTitle)
        text(faults, `The in-app text${ofVariant(one)}`, one.text, longestPush)
      }
      const { title, text: words } = told[0]!
      return { channel: 'inapp', senderIds, title, text: words, ...(variants.length === 0 ? {} : { variants }) }
    }
  }
}

const ofVariant = (told: object) => ('name' in told ? ` of the variant "${told.name}"` : '')

function checkSmsText(what: string, words: string, optOutLine: string, faults: string[], warnings: string[]): void {
  text(faults, what, words, longestSms)
  const length = words.length + (optOutLine === '' ? 0 : 1 + optOutLine.length)
  if (length > longestSms) faults.push(`${what} and its opt-out line exceed ${longestSms} characters together.`)
  if (words.length > advisedSmsLength)
    warnings.push(`${what} has ${words.length} characters; more than ${advisedSmsLength} go out in several parts.`)
}

/** The id of a template named by id or name, which must be approved. */
function templateId(named: string, config: AccountConfig, faults: string[]): string {
  const template = [...config.templates.values()].find((one) => one.templateId === named || one.name === named)
  if (template === undefined) faults.push(`There is no template "${named}".`)
  else if (template.status !== 'approved') faults.push(`The template "${template.name}" is not approved.`)
  return template?.templateId ?? named
}

/** An app named by its address stands for its senders, one a push service; null: no such app, or a single sender's id. */
function appNamed(name: string, config: AccountConfig): readonly string[] | null {
  if (config.senders.has(name)) return null
  const senders = [...config.senders.values()].filter(({ channel, address }) => channel === 'inapp' && address === name)
  return senders.length === 0 ? null : senders.map(({ senderId }) => senderId)
}

/** By id, else by address: one number can be the sender of two channels, so the channel's own goes first. */
function senderNamed(name: string, channel: Channel, config: AccountConfig): Sender | undefined {
  const byAddress = [...config.senders.values()].filter((sender) => sender.address === name)
  return config.senders.get(name) ?? byAddress.find((sender) => sender.channel === channel) ?? byAddress[0]
}

function text(faults: string[], what: string, value: string, most: number): void {
  if (value.trim() === '') faults.push(`${what} must not be empty.`)
  if (value.length > most) faults.push(`${what} must not exceed ${most} characters.`)
}

function between(
  faults: string[],
  what: string,
  value: number,
  range: { least: number; most: number },
  unit: string,
): void {
  if (!Number.isInteger(value) || value < range.least || value > range.most) {
    faults.push(`${what} must be ${range.least} to ${range.most} ${unit}.`)
  }
}
