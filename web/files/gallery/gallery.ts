// The gallery: pictures over the whole screen, one after another, with zoom, swipe, keys, and a line that says whose each is. The
// library is loaded with the first one that is opened, and its rules with it.
import PhotoSwipe, { type SlideData, type UIElementData } from 'photoswipe'
import base from 'photoswipe/style.css?url&no-inline'
import { watch } from 'vue'
import { useSession } from '../../account/session.ts'
import { loadStyle } from '../../ui/load-style.ts'
import { contentAddress, previewAddress } from '../../wire/files-api.ts'
import { isolate } from '../../words/isolate.ts'
import { useSay } from '../../words/say.ts'
import { t } from '../../words/words.ts'
import { sourceOf, widthsOf } from '../showing/picture-source.ts'
import type { ShownPicture } from '../showing/source.ts'
import rules from './gallery.css?url&no-inline'

/** What a browser draws in its full size; of anything else there are previews. */
const drawable = /^image\/(?:jpeg|png|webp|gif|avif)$/
/** A size for a picture that does not say its own: it is drawn within it. */
const unknown = { width: 1280, height: 960 }

function slideOf({ file }: ShownPicture): SlideData {
  const { width = unknown.width, height = unknown.height } = file
  const widths = widthsOf(file)
  const isWhole = drawable.test(file.type)
  const srcset = [
    ...widths.map((one) => `${previewAddress(file.id, one)} ${Math.min(one, width)}w`),
    ...(isWhole && width > (widths.at(-1) ?? 0) ? [`${contentAddress(file.id)} ${width}w`] : []),
  ]
  return {
    width,
    height,
    alt: wordsOf({ file, source: undefined }),
    // The one that is on the page already: it has the picture's own shape.
    msrc: sourceOf(file, 1).src,
    ...(file.animated === true
      ? { src: contentAddress(file.id) }
      : { src: previewAddress(file.id, widths.at(-1) ?? 0), srcset: srcset.join(', ') }),
  }
}

const wordsOf = ({ file }: ShownPicture): string =>
  file.alt || t('showing.picture', { name: isolate(file.name) })

/** Opens at the picture with this id, and resolves when the gallery is closed; the focus is back where it was. */
export async function openGallery(pictures: readonly ShownPicture[], id: string): Promise<void> {
  const opener = document.activeElement
  await Promise.all([loadStyle(base), loadStyle(rules)])
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  const gallery = new PhotoSwipe({
    dataSource: pictures.map(slideOf),
    index: Math.max(
      0,
      pictures.findIndex(({ file }) => file.id === id),
    ),
    bgOpacity: 1,
    loop: false,
    showHideAnimationType: isStill ? 'none' : 'fade',
    zoomAnimationDuration: isStill ? 0 : 200,
    showAnimationDuration: 150,
    hideAnimationDuration: 150,
    preload: [1, 2],
    wheelToZoom: true,
    paddingFn: ({ x }) => ({ top: 56, bottom: 64, left: x > 640 ? 64 : 0, right: x > 640 ? 64 : 0 }),
    returnFocus: false,
    closeTitle: t('close'),
    zoomTitle: t('showing.zoom'),
    arrowPrevTitle: t('showing.before'),
    arrowNextTitle: t('showing.after'),
    errorMsg: t('showing.failed'),
  })
  gallery.on('uiRegister', () => {
    gallery.ui?.registerElement(downloadOf(gallery, pictures))
    gallery.ui?.registerElement(captionOf(gallery, pictures))
  })
  gallery.on('firstUpdate', () => named(gallery))
  gallery.on('keydown', ({ originalEvent }) => zoomBy(gallery, originalEvent.key))
  return new Promise((resolve) => {
    // "Back" leaves the gallery, not the page below it without the gallery.
    const left = () => gallery.close()
    addEventListener('popstate', left)
    // Nothing stays on the screen of whoever is signed out.
    const session = useSession()
    const unwatch = watch(() => session.user?.id, left)
    gallery.on('destroy', () => {
      removeEventListener('popstate', left)
      unwatch()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
      resolve()
    })
    gallery.init()
  })
}

/** As any dialog: it has a name, and nothing below it is there. */
function named({ element, scrollWrap }: PhotoSwipe): void {
  element?.setAttribute('aria-modal', 'true')
  element?.setAttribute('aria-label', t('showing.gallery'))
  scrollWrap?.setAttribute('role', 'group')
  scrollWrap?.setAttribute('aria-label', t('showing.pictures'))
}

function zoomBy({ currSlide, options }: PhotoSwipe, key: string): void {
  const by = key === '+' || key === '=' ? 1.5 : key === '-' ? 1 / 1.5 : undefined
  if (currSlide === undefined || by === undefined) return
  const { fit, max } = currSlide.zoomLevels
  const to = Math.max(fit, Math.min(max, currSlide.currZoomLevel * by))
  currSlide.zoomTo(to, undefined, options.zoomAnimationDuration)
}

const downloadOf = (gallery: PhotoSwipe, pictures: readonly ShownPicture[]): UIElementData => ({
  name: 'download',
  order: 8,
  isButton: true,
  tagName: 'a',
  html: {
    isCustomSVG: true,
    inner:
      '<path d="M20.5 14.3 17.1 18V10h-2.2v7.9l-3.4-3.6L10 16l6 6.1 6-6.1ZM23 23H9v2h14Z" id="pswp__icn-download"/>',
    outlineID: 'pswp__icn-download',
  },
  onInit: (element) => {
    gallery.on('change', () => {
      const file = pictures[gallery.currIndex]?.file
      if (file === undefined) return
      element.setAttribute('href', contentAddress(file.id, true))
      element.setAttribute('download', file.name)
      element.setAttribute('aria-label', t('showing.save'))
      element.title = t('showing.save')
    })
  },
})

/** Whose it is, and when it was sent; heard whenever another one is shown. */
const captionOf = (gallery: PhotoSwipe, pictures: readonly ShownPicture[]): UIElementData => ({
  name: 'caption',
  order: 9,
  appendTo: 'root',
  onInit: (element) => {
    const { dayTime } = useSay()
    element.setAttribute('aria-live', 'polite')
    const line = (className: string, words: string) => {
      const made = document.createElement('p')
      made.className = className
      made.dir = 'auto'
      made.textContent = words
      return made
    }
    gallery.on('change', () => {
      const shown = pictures[gallery.currIndex]
      if (shown === undefined) return
      const { source, file } = shown
      const about = [source?.name, source && dayTime(source.at)].filter(Boolean).join(' · ')
      element.replaceChildren(
        ...[line('pswp-words', file.alt || file.name), line('pswp-about', about)].filter(
          ({ textContent }) => textContent !== '',
        ),
        ...(source?.go === undefined ? [] : [wayTo(gallery, source.go)]),
      )
    })
  },
})

function wayTo(gallery: PhotoSwipe, go: () => unknown): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'pswp-go'
  button.textContent = t('filesPage.toMessage')
  button.onclick = () => {
    gallery.close()
    go()
  }
  return button
}
