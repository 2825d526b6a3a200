const KEY = 'gateway.theme'
export type ThemeChoice = 'system' | 'light' | 'dark'
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark']

/** Light, dark, or what the system says; kept in this browser. */
class Theme {
  choice = $state<ThemeChoice>(stored())

  set(choice: ThemeChoice): void {
    this.choice = choice
    localStorage.setItem(KEY, choice)
    this.apply()
  }

  apply(): void {
    if (this.choice === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = this.choice
  }
}

function stored(): ThemeChoice {
  const value = localStorage.getItem(KEY)
  return CHOICES.find((choice) => choice === value) ?? 'system'
}

export const theme = new Theme()
