// The visible height: on a phone the keyboard covers a part of the page, and the composer stays above it.
import { onScopeDispose } from 'vue'

export function useSeenHeight() {
  const viewport = window.visualViewport
  if (viewport === null) return
  const show = () => {
    // With pinch zoom the viewport is small too, and the page must not follow it.
    const covered = viewport.scale === 1 && window.innerHeight - viewport.height > 60
    if (covered) document.documentElement.style.setProperty('--seen', `${viewport.height}px`)
    else document.documentElement.style.removeProperty('--seen')
    if (covered && viewport.offsetTop > 0) window.scrollTo(0, 0)
  }
  viewport.addEventListener('resize', show)
  viewport.addEventListener('scroll', show)
  onScopeDispose(() => {
    viewport.removeEventListener('resize', show)
    viewport.removeEventListener('scroll', show)
  })
}
