// Sets light or dark on <html> before the first paint. web/ui/theme.ts does the same later, when the theme is
// changed.
;(() => {
  let choice = null
  try {
    choice = localStorage.getItem('brook.theme')
  } catch {
    // Storage is blocked for this page (a strict browser): the system's theme applies.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.querySelector('meta[name=theme-color]').content = dark ? '#12171b' : '#fbfaf8'
})()
