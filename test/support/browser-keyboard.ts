// A phone's keyboard, which Chromium does not have: simulated with the events that phones send.
import type { Visitor } from './browser-visitor.ts'

/** The keyboard of a phone covers everything below this height. */
export const keyboard = (visitor: Visitor, height: number): Promise<void> =>
  visitor.page.evaluate((seen) => {
    Object.defineProperty(visualViewport, 'height', { value: seen, configurable: true })
    visualViewport?.dispatchEvent(new Event('resize'))
  }, height)
