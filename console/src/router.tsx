import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { type Page, pages } from './pages.ts'
import { FirstPage } from './shell/first-page.tsx'
import { PageDoor } from './shell/page-door.tsx'
import { Shell } from './shell/shell.tsx'
import { ErrorState } from './ui/error-state.tsx'
import { NoSuchPage } from './ui/no-such-page.tsx'
import { PageSkeleton } from './ui/page-skeleton.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage })
const home = createRoute({ getParentRoute: () => root, path: '/', component: FirstPage })

const rest = Object.entries(pages).map(([path, page]) => {
  const Shown = componentOf(page)
  const route = createRoute({
    getParentRoute: () => root,
    path,
    component: () => (
      <PageDoor page={page}>
        <Shown />
      </PageDoor>
    ),
  })
  return route
})

/** A part that cannot be fetched is usually of an older build: the page is loaded anew, once. */
function componentOf({ lazy, show }: Page): ComponentType {
  if (!lazy) return show as ComponentType
  const load = show as () => Promise<ComponentType>
  return lazyRouteComponent(async () => ({ default: await load() }))
}

export const router = createRouter({
  routeTree: root.addChildren([home, ...rest]),
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 100,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
  scrollRestoration: true,
  // Filters stay as they are typed: `?state=closed`, not the router's JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== '')
    return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
  },
})
