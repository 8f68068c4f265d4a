// Parts of the page that nobody sees until they are opened: their code is loaded once the page has nothing else to do, or
// when one of them is wanted before that.
import { defineAsyncComponent, type Component } from 'vue'
import { waitMs } from '../wire/back-off.ts'

/** On a page that is always busy. */
const atLatestMs = 3_000

const whenRested = (): Promise<void> =>
  new Promise((resolve) => {
    // Limit: Safari has no idle callbacks.
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: atLatestMs })
    else setTimeout(resolve, 300)
  })

const partOf = <Of extends Component>(
  load: () => Promise<{ default: Of }>,
  before: () => Promise<void>,
): Of =>
  defineAsyncComponent({
    loader: () => before().then(load),
    onError: (_error, retry, _fail, attempts) => void setTimeout(retry, waitMs(attempts)),
  }) as unknown as Of

/** Is on the page from the start, and not seen: a dialog, which opens as soon as it is there. */
export const latePart = <Of extends Component>(load: () => Promise<{ default: Of }>): Of =>
  partOf(load, whenRested)

/** Is drawn only once it is wanted. */
export const wantedPart = <Of extends Component>(load: () => Promise<{ default: Of }>): Of =>
  partOf(load, () => Promise.resolve())
