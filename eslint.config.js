import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

// Only for components: .oxlintrc.json lints everything else, by the same rules, in a tenth of the time. The import
// rules are in .dependency-cruiser.cjs, each with its reason.
export default defineConfigWithVueTs(
  { ignores: ['dist/', '.brook/', 'node_modules/', 'test/results/', '**/*.{js,mjs,cjs,ts}'] },
  tseslint.configs.strict,
  vue.configs['flat/recommended'],
  vueTsConfigs.strict,
  {
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      // Split a function that grows beyond this.
      'max-lines-per-function': ['error', { max: 80 }],
      'max-lines': ['error', { max: 300 }],
    },
  },
)
