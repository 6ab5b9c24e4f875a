import { Type } from 'typebox'
import { allowedOriginsOf } from '../domain/device.ts'

/** The setting of an in-app sender whose app is, or also is, a page in a browser. */
export const appPages = {
  allowedOrigins: Type.Optional(
    Type.String({
      title: 'Pages',
      description: 'Origins whose pages are this app, like https://shop.example.com, separated by commas.',
    }),
  ),
}

/** What is wrong with it, as sentences for the administrator. */
export function checkAppPages(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const wrong = [...allowedOriginsOf(settings)].some(
    (origin) => !URL.canParse(origin) || new URL(origin).origin !== origin || origin === 'null',
  )
  return wrong ? ['The pages must be origins like https://shop.example.com, without a path.'] : []
}
