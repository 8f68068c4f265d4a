// WCAG 2.5.3, Label in Name: whoever controls a computer by voice says what they see. axe's own rule also takes the
// letter of an avatar for a label, and joins what stands apart.
import type { Page } from 'playwright-core'

/** Visible texts on links, buttons and fields that are missing in their aria-label, each with that label. */
export function textsOutsideNames(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const plain = (text: string): string => text.replace(/[\u2066-\u2069]/g, '').trim()
    const isShown = (text: Element | null): boolean =>
      text !== null &&
      text.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      text.closest('[aria-hidden=true]') === null &&
      text.getBoundingClientRect().width > 1
    const textsOf = (control: Element): string[] => {
      const walker = document.createTreeWalker(control, NodeFilter.SHOW_TEXT)
      const texts: string[] = []
      while (walker.nextNode())
        if (isShown(walker.currentNode.parentElement)) texts.push(walker.currentNode.nodeValue ?? '')
      return texts.map(plain).filter((text) => text !== '')
    }
    const roles =
      'a, button, [role=button], [role=menuitem], [role=tab], [role=switch], [role=checkbox], [role=radio]'
    return [...document.querySelectorAll(roles)].flatMap((control) => {
      const name = control.getAttribute('aria-label')
      if (name === null) return []
      const missing = textsOf(control).filter(
        (text) => !plain(name).toLowerCase().includes(text.toLowerCase()),
      )
      return missing.map((text) => `"${text}" is not in "${name}"`)
    })
  })
}
