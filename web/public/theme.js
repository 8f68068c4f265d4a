// Sets the theme before the first paint; web/ui/theme.ts does so later.
;(() => {
  let choice = null
  try {
    choice = localStorage.getItem('brook.theme')
  } catch {
    // Storage is blocked.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.querySelector('meta[name=theme-color]').content = dark ? '#12171b' : '#fbfaf8'
})()
