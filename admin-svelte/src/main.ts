import { mount } from 'svelte'
import App from './app.svelte'
import { language } from './i18n/language.svelte.ts'
import { draft } from './pages/changes/draft.svelte.ts'
import { proposed } from './pages/proposals/proposed.svelte.ts'
import { router } from './router/router.svelte.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/layout.css'
import { theme } from './theme/theme.svelte.ts'
import { clock } from './widgets/clock.svelte.ts'

theme.apply()
language.apply()
router.listen()
clock.start()
draft.start()
proposed.start()
const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no #app')
mount(App, { target })
