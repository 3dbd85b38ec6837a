import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'data/',
      'coverage/',
      'jest*.config.js',
      'eslint.config.mjs',
      'drizzle.config.ts',
      'web/docs/',
      'packaging/',
      // Made from openapi.json.
      'src/client/v1.d.ts',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 120 }],
      // Loaded on first use, because most threads never need it; these callers cannot await an import().
      '@typescript-eslint/no-require-imports': [
        'error',
        { allow: ['^pino-pretty$', '^\\./config$'] },
      ],
      // What is taken out of an object only to leave it behind is called _so.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { varsIgnorePattern: '^_', argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'max-len': ['error', { code: 110, ignoreUrls: true }],
    },
  },
  // What runs before anything is compiled.
  {
    ...tseslint.configs.disableTypeChecked,
    files: ['**/*.cjs'],
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  // The dashboard, with the types of browsers.
  {
    files: ['web/app/**'],
    languageOptions: {
      parserOptions: { project: './web/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  // A line for each driver, which loads it on first use.
  {
    files: ['src/drivers/index.ts'],
    rules: { '@typescript-eslint/no-require-imports': ['error', { allow: ['^\\./[a-z-]+$'] }] },
  },
  // A line for each command, which loads it alone.
  {
    files: ['src/cli/commands.ts'],
    rules: {
      '@typescript-eslint/no-require-imports': [
        'error',
        { allow: ['^\\./(loans/|remote/)?[a-z-]+$'] },
      ],
    },
  },
  {
    files: ['tests/**'],
    rules: {
      // One file per subject, however many cases that has.
      'max-lines': ['error', { max: 650 }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
