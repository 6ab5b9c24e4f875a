import {
  IconActivity,
  IconArrowsSplit,
  IconBlockquote,
  IconChartBar,
  IconChecklist,
  IconDeviceMobile,
  IconEraser,
  IconFileExport,
  IconHandStop,
  IconHistory,
  IconKey,
  IconListSearch,
  IconMessages,
  IconPhoneCall,
  IconRocket,
  IconRoute,
  IconSend,
  IconSettings,
  IconTemplate,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { PagePath } from './paths.ts'
import type { Session } from './session.ts'
import { WorkspacePage } from './workspace/workspace-page.tsx'

type Icon = ComponentType<{ size?: number | string; stroke?: number | string }>

/** The groups of the navigation, in their order; `try` has no heading and stands on top, in the sandbox only. */
export const pageGroups = {
  try: null,
  work: 'Work',
  understand: 'Understand',
  setup: 'Set up',
  trust: 'Trust',
} as const

export interface Page {
  /** The page itself, or how to fetch its part of the console and its exported component when it is first opened. */
  readonly show: ComponentType | (() => Promise<ComponentType>)
  readonly lazy: boolean
  /** In the browser's tab and its history. */
  readonly title: string
  /** Which of the session's acts it needs; any of several; none: everybody may open it. */
  readonly acts: readonly string[]
  readonly sandboxOnly: boolean
  /** Where the navigation has it; null: it is reached from another page, whose entry then stays marked. */
  readonly entry: { readonly group: keyof typeof pageGroups; readonly label: string; readonly icon: Icon } | null
}

const page = (
  title: string,
  acts: readonly string[],
  show: ComponentType,
  entry: Page['entry'] = null,
  more: Partial<Page> = {},
): Page => ({ title, acts, show, entry, lazy: false, sandboxOnly: false, ...more })

/** A page whose code is fetched when it is opened: `() => import('./admin/…').then((part) => part.SkillsPage)`. */
const lazyPage = (
  title: string,
  acts: readonly string[],
  show: () => Promise<ComponentType>,
  entry: Page['entry'] = null,
  more: Partial<Page> = {},
): Page => ({ title, acts, show, entry, lazy: true, sandboxOnly: false, ...more })

/**
 * What each path shows. A row here and one in `paths.ts` make a page: route, navigation and permission follow from it.
 * The workspace is part of the first load, since most people open nothing else; everything else is fetched when opened.
 */
export const pages: Readonly<Record<Exclude<PagePath, '/'>, Page>> = {
  '/try': lazyPage(
    'Try it',
    [],
    () => import('./try/try-page.tsx').then((part) => part.TryPage),
    { group: 'try', label: 'Try it', icon: IconPhoneCall },
    { sandboxOnly: true },
  ),
  '/phone': lazyPage(
    'Phone',
    [],
    () => import('./try/phone-page.tsx').then((part) => part.PhonePage),
    { group: 'try', label: 'Phone', icon: IconDeviceMobile },
    { sandboxOnly: true },
  ),
  '/workspace': page('Workspace', ['workspace.read'], WorkspacePage, {
    group: 'work',
    label: 'Workspace',
    icon: IconMessages,
  }),
  '/workspace/$conversationId': page('Workspace', ['workspace.read'], WorkspacePage),
  '/live': lazyPage('Live', ['live.read'], () => import('./supervision/live-page.tsx').then((part) => part.LivePage), {
    group: 'work',
    label: 'Live',
    icon: IconActivity,
  }),
  '/reports': lazyPage(
    'Reports',
    ['reports.read'],
    () => import('./reports/reports-page.tsx').then((part) => part.ReportsPage),
    { group: 'understand', label: 'Reports', icon: IconChartBar },
  ),
  '/transactions': lazyPage(
    'Transactions',
    ['transactions.read'],
    () => import('./transactions/transactions-page.tsx').then((part) => part.TransactionsPage),
    { group: 'understand', label: 'Transactions', icon: IconListSearch },
  ),
  '/transactions/$callId': lazyPage('Transaction', ['transactions.read'], () =>
    import('./transactions/transaction-page.tsx').then((part) => part.TransactionPage),
  ),
  '/exports': lazyPage(
    'Exports',
    ['exports.read'],
    () => import('./exports/exports-page.tsx').then((part) => part.ExportsPage),
    { group: 'understand', label: 'Exports', icon: IconFileExport },
  ),
  '/eligibility': lazyPage(
    'Eligibility tester',
    ['eligibility.test'],
    () => import('./eligibility/eligibility-page.tsx').then((part) => part.EligibilityPage),
    { group: 'understand', label: 'Eligibility tester', icon: IconChecklist },
  ),
  '/set-up': lazyPage(
    'First steps',
    ['settings.change'],
    () => import('./admin/set-up/set-up-page.tsx').then((part) => part.SetUpPage),
    { group: 'setup', label: 'First steps', icon: IconRocket },
  ),
  '/handoffs': lazyPage(
    'Handoffs',
    ['handoffs.read'],
    () => import('./admin/handoffs/handoffs-page.tsx').then((part) => part.HandoffsPage),
    { group: 'setup', label: 'Handoffs', icon: IconRoute },
  ),
  '/handoffs/$handoffId': lazyPage('Handoff', ['handoffs.read'], () =>
    import('./admin/handoffs/handoff-page.tsx').then((part) => part.HandoffPage),
  ),
  '/templates': lazyPage(
    'WhatsApp templates',
    ['templates.read'],
    () => import('./admin/templates/templates-page.tsx').then((part) => part.TemplatesPage),
    { group: 'setup', label: 'Templates', icon: IconTemplate },
  ),
  '/templates/$templateId': lazyPage('Template', ['templates.read'], () =>
    import('./admin/templates/template-page.tsx').then((part) => part.TemplatePage),
  ),
  '/senders': lazyPage(
    'Senders',
    ['senders.read'],
    () => import('./admin/senders/senders-page.tsx').then((part) => part.SendersPage),
    { group: 'setup', label: 'Senders', icon: IconSend },
  ),
  '/senders/$senderId': lazyPage('Sender', ['senders.read'], () =>
    import('./admin/senders/sender-page.tsx').then((part) => part.SenderPage),
  ),
  // Everybody may read skills' names; the page is for those who configure or oversee.
  '/skills': lazyPage(
    'Skills and routing',
    ['settings.read', 'users.read'],
    () => import('./admin/skills/skills-page.tsx').then((part) => part.SkillsPage),
    { group: 'setup', label: 'Skills and routing', icon: IconArrowsSplit },
  ),
  '/skills/$skillId': lazyPage('Skill', ['settings.read', 'users.read'], () =>
    import('./admin/skills/skill-page.tsx').then((part) => part.SkillPage),
  ),
  '/texts': lazyPage(
    'Texts',
    ['settings.read', 'canned-replies.change'],
    () => import('./admin/texts/texts-page.tsx').then((part) => part.TextsPage),
    { group: 'setup', label: 'Texts', icon: IconBlockquote },
  ),
  '/people': lazyPage(
    'People',
    ['users.read'],
    () => import('./admin/people/people-page.tsx').then((part) => part.PeoplePage),
    { group: 'setup', label: 'People', icon: IconUsers },
  ),
  '/api-access': lazyPage(
    'API access',
    ['api-keys.read'],
    () => import('./admin/access/access-page.tsx').then((part) => part.AccessPage),
    { group: 'setup', label: 'API access', icon: IconKey },
  ),
  '/webhooks': lazyPage(
    'Webhooks',
    ['webhooks.read'],
    () => import('./admin/webhooks/webhooks-page.tsx').then((part) => part.WebhooksPage),
    { group: 'setup', label: 'Webhooks', icon: IconWebhook },
  ),
  '/webhooks/$endpointId': lazyPage('Webhook endpoint', ['webhooks.read'], () =>
    import('./admin/webhooks/webhook-page.tsx').then((part) => part.WebhookPage),
  ),
  '/settings': lazyPage(
    'Settings',
    ['settings.read'],
    () => import('./admin/settings/settings-page.tsx').then((part) => part.SettingsPage),
    { group: 'setup', label: 'Settings', icon: IconSettings },
  ),
  '/opt-outs': lazyPage(
    'Opt-outs',
    ['opt-outs.read'],
    () => import('./admin/opt-outs/opt-outs-page.tsx').then((part) => part.OptOutsPage),
    { group: 'trust', label: 'Opt-outs', icon: IconHandStop },
  ),
  '/data-rights': lazyPage(
    'Data rights',
    ['consumers.export', 'consumers.erase'],
    () => import('./privacy/privacy-page.tsx').then((part) => part.PrivacyPage),
    { group: 'trust', label: 'Data rights', icon: IconEraser },
  ),
  '/audit': lazyPage(
    'Audit log',
    ['audit.read'],
    () => import('./admin/audit/audit-page.tsx').then((part) => part.AuditPage),
    { group: 'trust', label: 'Audit log', icon: IconHistory },
  ),
}

/** Whether the session may open the page at all. */
export function mayOpen(session: Session, { acts, sandboxOnly }: Page): boolean {
  if (sandboxOnly && !session.sandbox) return false
  return acts.length === 0 || acts.some((act) => session.acts.includes(act))
}

/** Where somebody who asks for no page in particular begins: the first entry of the navigation that is theirs. */
export function firstPage(session: Session): string | null {
  for (const group of Object.keys(pageGroups)) {
    for (const [path, one] of Object.entries(pages)) {
      if (one.entry?.group === group && mayOpen(session, one)) return path
    }
  }
  return null
}
