// The system opens something in the window that is there: it goes to it, and nothing is loaded anew.
import type { Router } from 'vue-router'
import { readAddress } from './link.ts'

/** Web App Launch Handler API, W3C draft. */
interface LaunchQueue {
  setConsumer: (consumer: (launch: { targetURL?: string }) => void) => void
}

export function followLaunches(router: Router): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ targetURL }) => {
    const path = pathOfLaunch(targetURL ?? '')
    if (path !== undefined) void router.push(path)
  })
}

/** Undefined: whoever starts the app again is where they were. */
export function pathOfLaunch(address: string): string | undefined {
  const target = readAddress(address)
  if (target === undefined || target.pathname === '/' || target.pathname === '/share') return undefined
  return target.pathname + target.search + target.hash
}
