import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildConsole } from '../scripts/build-console.ts'
import type { TestServer } from './test-server.ts'
import type { TestUser } from './test-user.ts'

export interface ConsolePage {
  readonly page: Page
  readonly context: BrowserContext
  /** What must never happen: errors in the page's own code, and anything that its policy had to stop. */
  readonly faults: string[]
  close(): Promise<void>
}

/** Opens the console as this person, who is signed in already; null: as a stranger. Without motion, so that nothing is judged half-way. */
export async function consolePage(
  browser: Browser,
  server: TestServer,
  user: TestUser | null,
  path: string,
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  await buildConsole()
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  })
  if (user !== null) {
    await context.addCookies([
      { name: 'c2m-session', value: user.sessionToken, url: server.url, httpOnly: true, sameSite: 'Strict' },
    ])
  }
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('dialog', (dialog) => {
    faults.push(`a dialog opened: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) faults.push(message.text())
  })
  await page.goto(server.url + path)
  return { page, context, faults, close: () => context.close() }
}

let axe: Promise<string> | undefined

/** What axe finds against WCAG 2.2 AA and its own best practices, each as a line; empty: nothing. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Evaluated by the debugger, which the page's policy does not bind; a script element would be refused.
  await page.evaluate(await axe)
  return page.evaluate(async () => {
    const { axe, document } = globalThis as unknown as {
      axe: {
        run(options: unknown): Promise<{
          violations: {
            id: string
            help: string
            nodes: { html: string; target: string[]; failureSummary?: string }[]
          }[]
        }>
      }
      document: { querySelector(path: string): { closest(path: string): unknown } | null }
    }
    const { violations } = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    // An open list floats at the end of the document, where it belongs to no landmark; its button or field does.
    const floats = (target: string) => document.querySelector(target)?.closest('[role=menu], [role=listbox]') != null
    return violations.flatMap(({ id, help, nodes }) =>
      nodes
        .filter(({ target }) => id !== 'region' || !floats(target[0]!))
        .map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 300)}\n  ${failureSummary ?? ''}`),
    )
  })
}
