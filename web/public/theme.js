// Sets the theme before the first paint; later, web/ui/theme.ts does.
;(() => {
  let choice
  try {
    choice = localStorage.getItem('brook.theme')
  } catch {
    // Blocked.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.querySelector('meta[name=theme-color]').content = dark ? '#12171b' : '#fbfaf8'
})()
